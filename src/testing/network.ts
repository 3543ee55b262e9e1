import type { Clock } from '../clock.js'
import { createMemoryPersistence, type MemoryPersistence, type MemoryTab } from '../persistence/memory.js'
import { joinRoom, type AnyRoom, type Room } from '../room.js'
import type { JoinOptions } from '../room-options.js'
import type { JsonSchema, SchemaFrom, Schemas } from '../store/schema.js'
import { createMemoryNetwork, promisesRun } from '../transport/memory.js'
import type { Transport } from '../transport/transport.js'
import { checkFaults, type Faults } from './faults.js'
import { createLine, type Line } from './line.js'
import { createManualClock } from './manual-clock.js'
import { createNap, type Nap } from './nap.js'
import { createRandom } from './random.js'
import { seeThrough } from './see-through.js'
import { settlePromises } from './settle-promises.js'
import type { Note, TraceEvent } from './trace.js'

/** What `joinRoom` takes. The network takes the place of `transport`, `signaling` and `password`. */
export type TestJoinOptions = Partial<JoinOptions> & {
  readonly room: string
  /**
   * For a room that is to find what another has left, the same `createMemoryPersistence()`: each has a tab of its own
   * there. With `indexeddb` each room is in a browser of its own.
   */
  readonly persist?: JoinOptions['persist']
  /** How far this room's wall clock is ahead, in milliseconds; a function is asked each time, for one that jumps. */
  readonly skewMs?: number | (() => number)
}

export type TestNetworkOptions = {
  /** Repeats everything that happens by chance. Default 1. */
  readonly seed?: number
  /** Wraps the transport that each room is given: to read along, or to change what it sends and is sent. */
  readonly tap?: (transport: Transport) => Transport
}

/**
 * Real rooms in one process, over a network that a test drives: nothing arrives and no time passes unless it is told
 * to. The same seed and the same calls give the same trace, peer ids included.
 */
export type TestNetwork = {
  readonly seed: number
  /** What happened, in order. */
  readonly trace: readonly TraceEvent[]
  /** The clock of all rooms, moved by `advance` alone. */
  readonly clock: Clock
  /**
   * Joins as `joinRoom` does, and delivers by itself what that needs: what passes between the newcomer and the first
   * peer that answers. During a partition it joins the first group. Only if all that is on the way does not do, as
   * under faults, it settles, and moves the clock.
   * @throws SessionError as `joinRoom`
   */
  join<S extends Schemas>(options: TestJoinOptions & { readonly schema: S }): Promise<Room<SchemaFrom<S>>>
  join<S = JsonSchema>(options: TestJoinOptions): Promise<Room<S>>
  /**
   * Acts at once: links between these groups close, without a goodbye, and what is on the way between them is lost.
   * Rooms in no group are in the first, and so is the signaling server, which the others cannot reach. A call replaces
   * the partition before.
   */
  partition(...groups: readonly (readonly AnyRoom[])[]): Promise<void>
  /** Acts at once: network and signaling are back, and who is not linked is dialled. Settle to have it delivered. */
  heal(): Promise<void>
  /**
   * Acts at once: this room is no more, without a goodbye. What it had sent still arrives; others notice within 5
   * seconds of the clock. Every call on it throws `left`.
   */
  crash(room: AnyRoom): Promise<void>
  /**
   * Acts at once: the machine of this room sleeps. Its timers stand and what arrives waits; others close its links when
   * they miss it, and the signaling server its socket after a minute. Its monotonic clock `runs` or, as on some
   * machines, `stops`.
   */
  sleep(room: AnyRoom, options?: { readonly monotonic?: 'runs' | 'stops' }): Promise<void>
  /** Acts at once: it is awake again, and all that waited happens. */
  wake(room: AnyRoom): Promise<void>
  /** Delivers one message, be it of a peer or of signaling; false if nothing was on the way. */
  deliver(): Promise<boolean>
  /** Delivers until nothing is on the way. No time passes: what is delayed waits for `advance`. */
  settle(): Promise<void>
  /** Lets time pass: runs timers, and delivers what is sent meanwhile. */
  advance(ms: number): Promise<void>
  /**
   * What befalls messages that are sent from now on; a call replaces the one before. `faults({})` makes the network
   * whole again: what is late sets out, and links that lost something are dialled anew. With `faults({ drop: 0 })`
   * nothing more is lost, and it is left to the rooms and the clock to find out what was.
   * @throws SessionError `invalid-option`
   */
  faults(faults: Faults): Promise<void>
}

export const createNetwork = ({ seed = 1, tap = transport => transport }: TestNetworkOptions = {}): TestNetwork => {
  // Streams of their own: a message more draws nothing from what decides about the next room.
  const seeds = createRandom(seed)
  const createStream = () => createRandom(Math.floor(seeds() * 2 ** 32))
  const memory = createMemoryNetwork({ random: createStream() })
  const laneRandom = createStream()
  const faultRandom = createStream()
  const clock = createManualClock()
  const trace: TraceEvent[] = []
  /** By the ids that their rooms have, and had. */
  const lines = new Map<string, Line>()
  const machines = new Map<string, Machine>()
  let faults: Faults = {}

  const note: Note = event => void trace.push({ at: clock.monotonic(), ...event })

  const step = () => memory.deliver() || ([...lines.values()].some(line => line.release()) && memory.deliver())
  const drain = async () => {
    do await promisesRun()
    while (step())
  }
  const settle = async () => {
    do {
      await settlePromises()
      await drain()
      await settlePromises()
    } while (step())
  }
  const advance = async (ms: number) => {
    note({ type: 'advance', ms })
    await settlePromises()
    await clock.advance(ms, drain)
    await settle()
  }

  const idsOf = (group: readonly AnyRoom[]) => group.map(({ self }) => self.id)

  return {
    seed,
    trace,
    clock,
    join: async <S = JsonSchema>({ skewMs = 0, persist, ...options }: TestJoinOptions) => {
      const random = createStream()
      const nap = createNap(clock)
      const tab = tabOf(persist)
      const line = createLine({
        transport: memory.transport(),
        clock,
        random: faultRandom,
        faults: () => faults,
        note,
        nap,
        onJoin: peerId => {
          lines.set(peerId, line)
          machines.set(peerId, { nap, tab })
        },
      })
      const joining = joinRoom<S>({
        clock: skew(nap.clock, skewMs),
        random,
        ...options,
        ...(persist !== undefined && { persist: tab ?? persist }),
        signaling: [],
        transport: tap(line.transport),
      })
      // What it kept is found first.
      if (persist !== undefined) await settlePromises()
      return seeThrough(joining, line, { memory, clock, random: laneRandom, settle, advance })
    },
    partition: async (...groups) => {
      const ids = groups.map(idsOf)
      note({ type: 'partition', groups: ids })
      memory.partition(ids)
      await promisesRun()
    },
    heal: async () => {
      note({ type: 'heal' })
      memory.heal()
      await promisesRun()
    },
    crash: async room => {
      const { id } = room.self
      note({ type: 'crash', peer: id })
      machines.get(id)?.tab?.crash()
      memory.kill(id)
      const left = room.leave()
      machines.get(id)?.nap.wake()
      lines.get(id)?.end()
      lines.delete(id)
      await left
    },
    sleep: async (room, { monotonic = 'runs' } = {}) => {
      note({ type: 'sleep', peer: room.self.id })
      machines.get(room.self.id)?.nap.sleep(monotonic)
    },
    wake: async room => {
      note({ type: 'wake', peer: room.self.id })
      const sleptMs = machines.get(room.self.id)?.nap.wake() ?? 0
      // A signaling server takes a socket away that is silent.
      if (sleptMs >= socketPatienceMs) lines.get(room.self.id)?.redial()
      await promisesRun()
    },
    deliver: async () => {
      await promisesRun()
      const isDelivered = step()
      await promisesRun()
      return isDelivered
    },
    settle,
    advance,
    faults: async given => {
      checkFaults(given)
      note({ type: 'faults', faults: given })
      faults = given
      if (Object.keys(given).length === 0) for (const line of lines.values()) line.mend()
      await promisesRun()
    },
  }
}

const tabOf = (persist: JoinOptions['persist']): MemoryTab | undefined => {
  if (persist === 'indexeddb') return createMemoryPersistence().tab()
  return persist && 'tab' in persist ? (persist as MemoryPersistence).tab() : undefined
}

/** As the server of `hearth-signaling` has it (SPEC SIG23). */
const socketPatienceMs = 60_000

/** What a room runs on. */
type Machine = { readonly nap: Nap; readonly tab: MemoryTab | undefined }

const skew = (clock: Clock, skewMs: number | (() => number)): Clock => ({
  now: () => clock.now() + (typeof skewMs === 'number' ? skewMs : skewMs()),
  monotonic: () => clock.monotonic(),
  schedule: (run, delayMs) => clock.schedule(run, delayMs),
})
