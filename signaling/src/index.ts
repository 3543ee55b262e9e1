export { systemClock, type Clock } from './clock.js'
export { createSignalingServer, type SignalingServer } from './server.js'
export type { SignalingOptions } from './settings.js'
