import { createMemoryNetwork } from '../../src/transport/memory.js'
import { record, type Recorder } from './recorder.js'
import { describeTransportContract } from './transport-contract.js'
import { createPeer, type World } from './world.js'

const openMemoryWorld = async (): Promise<World> => {
  const network = createMemoryNetwork({ random: Math.random })
  const recorders = new Map<string, Recorder>()
  return {
    signaling: [],
    join: async (peerId, options = {}) => {
      const recorder = record(network.transport(), { topic: 'contract', peerId, signaling: [], ...options })
      recorders.set(peerId, recorder)
      await network.settle()
      return createPeer(peerId, async (method, given) => {
        if (method === 'told') return [...recorder.told]
        const call = recorder[method] as (...given: readonly unknown[]) => unknown
        return call(...given)
      })
    },
    until: async (what, condition) => {
      for (let round = 0; round < 10; round++) {
        if (await condition()) return
        await network.settle()
      }
      throw new Error(`Not though all was delivered: ${what}`)
    },
    settle: () => network.settle(),
    cut: async (a, b) => network.closeLink(a.id, b.id),
    stopSignaling: async () => network.setSignaling('unreachable'),
    startSignaling: async () => network.setSignaling('reachable'),
    leftovers: async () => 0,
    close: async () => {},
  }
}

describeTransportContract('memory', openMemoryWorld, {
  passwords: 'it has no signaling that anybody could read',
  addresses: 'it has none',
  makingRoom: 'who comes later finds no place, as a test may want it',
})
