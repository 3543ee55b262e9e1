import type { SessionError } from '../../src/errors.js'
import { defaultLimits, type Limits } from '../../src/store/limits.js'
import { openStore, type OpenStore } from '../../src/store/session-store.js'
import type { TextPart } from '../../src/store/texts.js'
import { createRandom } from './random.js'
import type { ConflictEvent } from '../../src/store/conflicts.js'
import type { Schemas } from '../../src/store/schema.js'

/** A wall clock that stands still until it is moved. */
export type WallClock = { nowMs: number }

/** One replica of a store, with what it was told, and everything it wrote as it went onto the wire. */
export type TestReplica = OpenStore & {
  readonly name: string
  readonly updates: Uint8Array[]
  /** What was typed with each of the updates. */
  readonly textUpdates: (readonly TextPart[])[]
  /** The codes of `problems`. */
  readonly errors: string[]
  readonly problems: SessionError[]
  readonly conflictEvents: ConflictEvent[]
  readonly wallClock: WallClock
}

/** A replica under a fixed writer number, so that who wins a tie is known. */
export function openReplica(
  name: string,
  writer: number,
  { limits, schema = {}, nowMs = 1_000_000 }: { limits?: Partial<Limits>; schema?: Schemas; nowMs?: number } = {},
): TestReplica {
  const errors: string[] = []
  const problems: SessionError[] = []
  const updates: Uint8Array[] = []
  const textUpdates: (readonly TextPart[])[] = []
  const conflictEvents: ConflictEvent[] = []
  const wallClock = { nowMs }
  const open = openStore({
    peerId: name,
    writer,
    limits: { ...defaultLimits, ...limits },
    schema,
    clock: { now: () => wallClock.nowMs, monotonic: () => wallClock.nowMs, schedule: () => () => undefined },
    random: createRandom(writer),
    onError: error => {
      errors.push(error.code)
      problems.push(error)
    },
  })
  open.replica.onLocalChange(() => {
    const update = open.replica.takeLocalUpdate()
    const texts = open.replica.texts.takeLocalUpdates()
    if (!update) return
    updates.push(update)
    textUpdates.push(texts)
  })
  open.onConflict(conflict => conflictEvents.push(conflict))
  return { ...open, name, updates, textUpdates, errors, problems, conflictEvents, wallClock }
}

/** Gives each replica everything the others wrote, in full, until all know all. */
export function exchange(...replicas: readonly TestReplica[]): void {
  for (let round = 0; round < 2; round++)
    for (const from of replicas)
      for (const to of replicas) {
        if (from === to) continue
        const update = from.replica.updateSince(to.replica.stateVector())
        if (!update) throw new Error('a replica gave a state vector that another could not read')
        const texts = from.replica.texts.updatesSince(to.replica.texts.stateVectors())
        const receipt = to.replica.receive(update, () => true, undefined, texts)
        if (receipt.outcome === 'refused' || receipt.outcome === 'waiting')
          throw new Error(`${to.name} did not take the state of ${from.name}: ${JSON.stringify(receipt)}`)
      }
}

/** The document as a joiner would get it. */
export function encodedState({ replica }: TestReplica): Uint8Array {
  const state = replica.updateSince(new Uint8Array([0]))
  if (!state) throw new Error('an empty state vector must be readable')
  return state
}
