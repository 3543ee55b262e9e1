import { onTestFinished } from 'vitest'
import { createSignalingServer, type SignalingOptions, type SignalingServer } from '../../src/index.js'
import { connect, type Client } from './client.js'
import { createManualClock, type ManualClock } from './manual-clock.js'

/** A server on a free port, on a clock that stands still, closed when the test is over. */
export type ServerUnderTest = {
  readonly server: SignalingServer
  readonly clock: ManualClock
  /** Faults that the server told of. No test but the one that provokes them sees any. */
  readonly faults: unknown[]
  /** Opens this many sockets. */
  readonly open: <Count extends number>(count: Count) => Promise<Tuple<Count>>
}

type Tuple<Count extends number, Items extends Client[] = []> = Items['length'] extends Count
  ? Items
  : Tuple<Count, [...Items, Client]>

export const serve = async (options: SignalingOptions = {}): Promise<ServerUnderTest> => {
  const clock = createManualClock()
  const faults: unknown[] = []
  const onError = (error: unknown): void => void faults.push(error)
  const server = await createSignalingServer({ port: 0, clock, onError, closeTimeoutMs: 200, ...options })
  onTestFinished(() => server.close())
  return {
    server,
    clock,
    faults,
    open: async count => {
      const clients = await Promise.all(Array.from({ length: count }, () => connect(server.url)))
      return clients as Tuple<typeof count>
    },
  }
}
