import { afterAll, beforeAll } from 'vitest'
import { openLab, type Lab } from '../support/lab.js'
import { openChromiumWorld } from './chromium-world.js'
import { describeTransportContract } from './transport-contract.js'

let opened: Lab
beforeAll(async () => {
  opened = await openLab(new URL('./contract-page.ts', import.meta.url).pathname)
})
afterAll(() => opened.close())

describeTransportContract('y-webrtc', () => openChromiumWorld('y-webrtc', opened))
