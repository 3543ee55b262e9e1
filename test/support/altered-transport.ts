/** Transports that tell something else than what happens. */

import type { Transport, TransportProblem } from '../../src/transport/transport.js'

/** As with servers that tell no members. */
export const withoutMembers = (transport: Transport): Transport => ({
  name: transport.name,
  join: (options, listener) => transport.join(options, { ...listener, onMembers: () => {} }),
})

/** As where a plain y-webrtc client is in the topic. */
export const withUnnamed = (transport: Transport): Transport => ({
  name: transport.name,
  join: (options, listener) =>
    transport.join(options, { ...listener, onMembers: peerIds => listener.onMembers(peerIds, 1) }),
})

/** Tells of a problem as soon as it has joined. */
export const alsoTelling = (transport: Transport, problem: TransportProblem): Transport => ({
  name: transport.name,
  join: (options, listener) => {
    queueMicrotask(() => listener.onProblem(problem))
    return transport.join(options, listener)
  },
})

/** Meets nobody that it can link to. */
export const withProblem = (problem: TransportProblem, members: readonly string[]): Transport => ({
  name: 'memory',
  join: (_, listener) => {
    queueMicrotask(() => {
      listener.onSignaling('connected')
      listener.onMembers(members, 0)
      listener.onProblem(problem)
    })
    return { disconnect: () => {}, connect: () => {}, drop: () => {}, leave: () => {} }
  },
})
