import type { Faults } from '../../src/testing/index.js'
import type { Actor, Store } from './actor.js'
import { askForDelivery, type Delivery } from './delivery.js'
import { createFollower } from './follower.js'
import type { Program } from './program.js'
import { snapshotOf, type Snapshot, type WriteRecord } from './record.js'
import { createStage, type Stage } from './stage.js'

/** Programs begin with up to 8, and one more joins at the end. */
const maxPresent = 9

/** More than a goodbye may take. */
const farewellMs = 1000

/** The rooms of a program, everything that was done in them, and how often what was. */
export class World {
  readonly stage: Stage
  readonly actors: Actor[] = []
  readonly records: WriteRecord[] = []
  readonly deliveries: Delivery[] = []
  readonly counts = new Map<string, number>()
  /** Whether messages were lost or mixed up, or somebody vanished: then it takes time to bring everybody together. */
  needsTime = false
  step = 0
  #isPartitioned = false
  readonly #leaving: Promise<void>[] = []

  constructor({ seed, limits }: Program) {
    this.stage = createStage({ seed, limits })
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  /** Who is in the room, linked or not. */
  get present(): Actor[] {
    return this.actors.filter(({ state }) => state === 'here' || state === 'disconnected')
  }

  actor(who: number): Actor {
    const { present } = this
    const actor = present[who % present.length]
    if (!actor) throw new Error('nobody is left')
    return actor
  }

  /** One more, unless there are many. */
  async join(skewMs: number): Promise<Actor | null> {
    if (this.present.length >= maxPresent) return null

    const clock = { skewMs }
    const name = nameOf(this.actors.length)
    const room = await this.stage.join(name, () => clock.skewMs)
    const told = { followers: [], errors: [], conflictEvents: [] }
    const actor: Actor = { name, room, clock, ...told, joinedAt: this.step, state: 'here' }
    room.on('error', error => actor.errors.push(error))
    room.on('conflict', conflict => {
      this.count(`conflict events: ${conflict.rule}`)
      actor.conflictEvents.push(conflict)
    })
    this.actors.push(actor)
    this.follow(actor)
    if (this.records.length > 0) this.count('late joins')
    return actor
  }

  follow(actor: Actor): void {
    actor.followers.push(createFollower(actor.room.store))
  }

  /** Lets an actor write, and notes what its store was before and after. */
  write(actor: Actor, operation: string, args: unknown, edit: (store: Store) => unknown): void {
    const { store } = actor.room
    const before = snapshotOf(store)
    let error: unknown = null
    let result: unknown
    try {
      result = edit(store)
    } catch (thrown) {
      error = thrown
      this.count(`thrown: ${thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)}`)
    }
    const after = snapshotOf(store)
    this.#countState(after)
    this.records.push({ step: this.step, operation, args, actor, before, after, error, result })
  }

  async leave(actor: Actor): Promise<void> {
    if (this.present.length < 2) return
    actor.state = 'left'
    this.count('leaves')
    // With messages that are late, it takes time to say goodbye.
    this.#leaving.push(actor.room.leave())
    await this.stage.deliver()
  }

  async crash(actor: Actor): Promise<void> {
    if (this.present.length < 2) return
    actor.state = 'crashed'
    this.count('crashes')
    this.needsTime = true
    await this.stage.crash(actor.room)
  }

  disconnect(actor: Actor): void {
    if (actor.state !== 'here') return
    actor.state = 'disconnected'
    this.count('disconnects')
    actor.room.disconnect()
  }

  connect(actor: Actor): void {
    if (actor.state !== 'disconnected') return
    actor.state = 'here'
    actor.room.connect()
  }

  async partition(sides: readonly number[]): Promise<void> {
    const { present } = this
    const groups = [0, 1, 2].map(side => present.filter((_, i) => sides[i % sides.length] === side))
    const filled = groups.filter(group => group.length > 0)
    if (filled.length < 2) return
    this.count('partitions')
    this.#isPartitioned = true
    await this.stage.partition(...filled.map(group => group.map(({ room }) => room)))
  }

  async heal(): Promise<void> {
    if (this.#isPartitioned) this.count('heals')
    this.#isPartitioned = false
    await this.stage.heal()
  }

  async faults(faults: Faults): Promise<void> {
    const isFaulty = Object.values(faults).some(value => value !== 0)
    if (isFaulty) this.count('faults')
    this.needsTime ||= isFaulty
    await this.stage.faults(faults)
  }

  /** The encoded state of a room, null if it is alone. */
  stateOf(actor: Actor): Promise<Uint8Array | null> {
    return this.stage.stateOf(
      actor.room,
      this.present.map(({ room }) => room),
    )
  }

  settle(): Promise<void> {
    return this.stage.settle()
  }

  advance(ms: number): Promise<void> {
    return this.stage.advance(ms)
  }

  /** Everybody leaves. */
  async close(): Promise<void> {
    for (const actor of this.present) {
      actor.state = 'left'
      this.#leaving.push(actor.room.leave())
    }
    await this.stage.advance(farewellMs)
    await Promise.all(this.#leaving)
  }

  awaitDelivery(actor: Actor, to: 'all' | 'any'): void {
    if (actor.state !== 'here') return
    this.deliveries.push(askForDelivery(this, actor, to))
  }

  #countState({ conflicts, usage }: Snapshot): void {
    if (usage.overLimit) this.count('over a limit')
    for (const found of Object.values(conflicts)) for (const _ of found) this.count('conflicts seen')
  }
}

const letters = 'abcdefghijklmnopqrstuvwxyz'
const nameOf = (index: number): string =>
  index < letters.length
    ? letters.charAt(index)
    : `${letters.charAt(index % letters.length)}${Math.floor(index / letters.length)}`
