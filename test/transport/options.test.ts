import { build } from 'esbuild'
import { afterEach, expect, test, vi } from 'vitest'
import type { TransportListener } from '../../src/transport/transport.js'
import { webrtc } from '../../src/transport/webrtc.js'
import { yWebrtc } from '../../src/transport/y-webrtc.js'
import { createFakeNetwork, joinRaw, mainServer } from './fake-network.js'

afterEach(() => vi.unstubAllGlobals())

const listener: TransportListener = {
  onLink: () => ({ onMessage: () => {}, onDrain: () => {}, onClose: () => {} }),
  onDial: () => {},
  onSignaling: () => {},
  onMembers: () => {},
  onProblem: () => {},
}

for (const transport of [webrtc(), yWebrtc()]) {
  test(`[LINK24] ${transport.name} connects with the ICE servers and the policy asked for, and no others`, async () => {
    const network = createFakeNetwork()
    const { clock, random, signaling } = network
    vi.stubGlobal('WebSocket', signaling.WebSocket)
    const configurations: RTCConfiguration[] = []
    const refusing = function (configuration: RTCConfiguration): void {
      configurations.push(configuration)
      throw new Error('seen enough')
    }
    const iceServers = [{ urls: 'turn:turn.example', username: 'ana', credential: 'secret' }]
    const given = { clock, random, topic: 'fake', peerId: 'a', signaling: [mainServer] }
    const runtime = {
      RTCPeerConnection: refusing as unknown as typeof RTCPeerConnection,
      WebSocket: signaling.WebSocket,
    }
    const raw = await joinRaw(network, 'raw')
    for (const asked of [{ iceServers, iceTransportPolicy: 'relay' as const }, {}]) {
      const session = transport.join({ ...given, ...runtime, ...asked }, listener)
      await vi.waitFor(async () => {
        await clock.advance(20)
        expect(raw.heard.length).toBeGreaterThan(0)
      })
      await raw.publish({ type: 'announce', from: 'raw', transport: transport.name })
      await clock.advance(100)
      session.leave()
      raw.heard.length = 0
    }
    const [first, ...others] = configurations
    expect(first).toMatchObject({ iceServers, iceTransportPolicy: 'relay' })
    expect(others.at(-1)?.iceServers ?? []).toEqual([])
  })
}

test('[LINK33] nothing of y-webrtc is in the bundle of the main entry', async () => {
  const entry = new URL('../../src/index.ts', import.meta.url).pathname
  const { metafile } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', metafile: true })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs.some(path => path.includes('src/transport/webrtc.ts'))).toBe(true)
  expect(inputs.filter(path => /y-webrtc|simple-peer|wrtc/.test(path.replace(/webrtc\.ts$/, '')))).toEqual([])
})
