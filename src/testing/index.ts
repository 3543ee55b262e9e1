export { createNetwork, type TestJoinOptions, type TestNetwork, type TestNetworkOptions } from './network.js'
export type { AnyRoom } from '../room.js'
export type { Faults } from './faults.js'
export type { TraceEvent } from './trace.js'
