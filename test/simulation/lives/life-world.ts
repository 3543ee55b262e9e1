import type { Room } from '../../../src/room.js'
import type { Write } from '../../../src/session/delivery.js'
import { createMemoryPersistence, createNetwork, type TestNetwork } from '../../../src/testing/index.js'
import type { Person, Stay } from './person.js'
import { windowMs, type LifeProgram, type LifeStep } from './program.js'

/** What is counted in slightly different moments here and there. */
const slackMs = 3000
/** Longer than a copy may be used, whatever was going on when it was written last. */
const copyMs = windowMs + 10_000

type Token = {
  readonly key: string
  readonly write: Write | null
  readonly by: Stay
  /** Stays that have said that they hold it. */
  readonly ackedBy: Set<Stay>
  /** Nobody is in the room any more who holds it, and no copy. */
  isOver: boolean
}

/** Plays a program of lives, and knows independently of the code what must and must not be where. */
export class LifeWorld {
  readonly faults: string[] = []
  readonly counts = new Map<string, number>()
  readonly #network: TestNetwork
  readonly #people: readonly Person[]
  readonly #tokens: Token[] = []
  readonly #leaving: Promise<void>[] = []
  #lookedAt = 0

  constructor({ seed, keeps }: LifeProgram) {
    this.#network = createNetwork({ seed })
    this.#people = keeps.map((keepsCopy, index) => ({
      name: String.fromCodePoint(97 + index),
      storage: keepsCopy ? createMemoryPersistence() : null,
      skewMs: 0,
      stay: null,
      kept: new Map(),
      isClockSet: false,
    }))
  }

  get #stays(): Stay[] {
    return this.#people.flatMap(({ stay }) => stay ?? [])
  }

  async play({ steps }: LifeProgram): Promise<void> {
    for (const step of steps) {
      await this.#step(step)
      this.#look(step.does)
    }
    await this.#gather()
  }

  /** Nothing is left running. */
  async close(): Promise<void> {
    for (const { room } of this.#stays) this.#leaving.push(room.leave())
    await this.#network.advance(2000)
    await Promise.all(this.#leaving)
  }

  #now(): number {
    return this.#network.clock.monotonic()
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  async #step(step: LifeStep): Promise<void> {
    if ('who' in step) {
      const person = this.#people[step.who % this.#people.length]
      return person && this.#stepOf(person, step)
    }
    const network = this.#network
    switch (step.does) {
      case 'settle':
        return network.settle()
      case 'pass':
        return network.advance(step.ms)
      case 'deliver':
        for (let left = step.count; left > 0 && (await network.deliver()); left--);
        return
      case 'heal':
        return network.heal()
      case 'partition': {
        const groups = [0, 1].map(side =>
          this.#people.flatMap(({ stay }, index) => (stay && step.sides[index] === side ? [stay.room] : [])),
        )
        this.#count('partitions')
        return network.partition(...groups)
      }
    }
  }

  async #stepOf(person: Person, step: Extract<LifeStep, { readonly who: number }>): Promise<void> {
    const { stay } = person
    if (step.does === 'join') return stay ? undefined : this.#join(person)
    if (step.does === 'jump') return this.#jump(person, step.byMs)
    if (!stay) return
    switch (step.does) {
      case 'leave':
        // A page that is asleep does nothing.
        if (stay.asleepSince !== null) return
        this.#count('leaves')
        person.stay = null
        person.kept.clear()
        this.#leaving.push(stay.room.leave())
        return
      case 'crash':
        return this.#crash(person, stay)
      case 'reload': {
        const expected = this.#expectAfterReload(person, stay)
        await this.#crash(person, stay)
        await this.#join(person)
        const { store } = person.stay?.room ?? stay.room
        for (const key of expected) if (!store.has(key)) this.faults.push(`${person.name} reloaded and lost ${key}`)
        this.#count(expected.length > 0 ? 'reloads with a copy' : 'reloads')
        return
      }
      case 'write':
        return this.#write(stay)
      case 'disconnect':
        if (stay.asleepSince !== null) return
        stay.isDisconnected = true
        return stay.room.disconnect()
      case 'connect':
        if (stay.asleepSince !== null) return
        stay.isDisconnected = false
        return stay.room.connect()
      case 'sleep':
        stay.asleepSince ??= this.#now()
        this.#count('sleeps')
        return this.#network.sleep(stay.room, step)
      case 'wake':
        return this.#wake(stay)
    }
  }

  async #join(person: Person): Promise<void> {
    const room = await this.#network.join({
      room: 'lives',
      name: person.name,
      skewMs: () => person.skewMs,
      resumeWindowMs: windowMs,
      joinTimeoutMs: 1000,
      limits: { maxKeys: 1000, maxTotalBytes: 1024 * 1024 },
      ...(person.storage && { persist: person.storage }),
    })
    const stay: Stay = {
      room,
      ends: [],
      endsSeen: 0,
      errors: [],
      connectedAt: this.#now(),
      cutOffAt: Infinity,
      jumpedMs: 0,
      isInDoubt: false,
      asleepSince: null,
      isDisconnected: false,
      shown: new Map(),
    }
    room.on('session-ended', end => stay.ends.push(end))
    room.on('error', ({ code, message }) => stay.errors.push(`${code}: ${message}`))
    person.stay = stay
    person.isClockSet = false
    this.#count('joins')
  }

  async #crash(person: Person, stay: Stay): Promise<void> {
    this.#count('crashes')
    person.stay = null
    if (person.storage) for (const key of stay.shown.keys()) person.kept.set(key, this.#now() + copyMs)
    await this.#network.crash(stay.room)
  }

  /** What a page that loads anew at once must find: all that it showed a second ago, unless it may have left by then. */
  #expectAfterReload(person: Person, stay: Stay): readonly string[] {
    const awayMs = stay.cutOffAt === Infinity ? 0 : this.#now() - stay.connectedAt + stay.jumpedMs
    const isUnsure = person.isClockSet || stay.isInDoubt || stay.asleepSince !== null
    if (!person.storage || isUnsure || awayMs > windowMs - slackMs) return []
    return [...stay.shown].flatMap(([key, since]) => (this.#now() - since >= 1000 ? [key] : []))
  }

  #jump(person: Person, byMs: number): void {
    person.skewMs += byMs
    person.isClockSet = true
    const { stay } = person
    if (!stay || byMs < 0) return
    stay.jumpedMs += byMs
    if (stay.cutOffAt === Infinity && stay.jumpedMs > windowMs - slackMs) stay.isInDoubt = true
    this.#count('clocks set forward')
  }

  #write(stay: Stay): void {
    if (stay.asleepSince !== null) return
    const key = `t${this.#tokens.length}`
    stay.room.store.set(key, true)
    this.#tokens.push({ key, write: stay.room.store.lastWrite, by: stay, ackedBy: new Set(), isOver: false })
  }

  async #wake(stay: Stay): Promise<void> {
    if (stay.asleepSince === null) return
    const sleptMs = this.#now() - stay.asleepSince
    stay.asleepSince = null
    const before = stay.ends.length
    await this.#network.wake(stay.room)
    await this.#network.advance(6000)
    // Cut off before it slept, and still so, it has not come back yet.
    if (stay.isDisconnected || !isConnected(stay.room) || stay.cutOffAt !== Infinity) return
    if (sleptMs > windowMs + slackMs + 20_000 && stay.ends.length === before)
      this.faults.push(`who slept for ${sleptMs} ms has not left`)
    if (sleptMs < windowMs - slackMs && !stay.isInDoubt && stay.jumpedMs === 0 && stay.ends.length > before)
      this.faults.push(`who slept for ${sleptMs} ms only has left`)
  }

  /** Compares everything with what it must be, after each step. */
  #look(after: string): void {
    const now = this.#now()
    for (const { stay } of this.#people) {
      if (!stay || stay.asleepSince !== null) continue
      this.#lookForReturn(stay)
      const visible = new Set(stay.room.store.keys())
      for (const key of visible) if (!stay.shown.has(key)) stay.shown.set(key, now)
      for (const key of stay.shown.keys()) if (!visible.has(key)) stay.shown.delete(key)
      for (const token of this.#tokens)
        if (token.isOver && visible.has(token.key)) this.faults.push(`${token.key} came back after it was over`)
    }
    this.#lookedAt = now
    for (const token of this.#tokens) {
      const heldBy = token.write?.heldBy ?? []
      for (const stay of this.#stays) if (heldBy.includes(stay.room.self.id)) token.ackedBy.add(stay)
      if (after === 'settle' && !this.#isSomewhere(token.key)) token.isOver = true
    }
  }

  #isSomewhere(key: string): boolean {
    const isHeld = this.#stays.some(stay => stay.asleepSince !== null || stay.room.store.has(key))
    return isHeld || this.#people.some(({ kept }) => (kept.get(key) ?? -Infinity) > this.#now())
  }

  /** Who was cut off past the window has left when it is back, and nobody else has. */
  #lookForReturn(stay: Stay): void {
    const now = this.#now()
    const wasEnded = stay.ends.length > stay.endsSeen
    if (!isConnected(stay.room)) {
      if (stay.cutOffAt === Infinity) stay.cutOffAt = now
      return
    }
    if (stay.cutOffAt !== Infinity) {
      // As far as it was seen: within one step time may have passed before and after.
      const awayMs = this.#lookedAt - stay.cutOffAt
      if (awayMs > windowMs + slackMs && !wasEnded) this.faults.push(`who was cut off for ${awayMs} ms is still in`)
      this.#count(wasEnded ? 'stale comebacks' : 'comebacks in time')
    }
    const isUnsure = stay.isInDoubt || stay.jumpedMs > 0
    if (wasEnded && !isUnsure && now - stay.connectedAt < windowMs - slackMs)
      this.faults.push(`who was cut off for ${now - stay.connectedAt} ms has left`)
    // Who has left is not connected yet as somebody new.
    stay.endsSeen = stay.ends.length
    stay.connectedAt = now
    stay.cutOffAt = Infinity
    if (!stay.isInDoubt || wasEnded) stay.jumpedMs = 0
    if (wasEnded) stay.isInDoubt = false
  }

  /** All come together, and must be one room. */
  async #gather(): Promise<void> {
    const network = this.#network
    await network.heal()
    for (const stay of this.#stays) {
      if (stay.asleepSince !== null) {
        stay.asleepSince = null
        await network.wake(stay.room)
      }
      stay.room.connect()
    }
    this.#look('gather')
    await network.advance(30_000)
    await network.settle()
    this.#look('settle')
    const stays = this.#stays
    const [first, ...others] = stays
    if (!first) return
    for (const { room } of others) {
      if (room.sessionId !== first.room.sessionId) this.faults.push('not all are in one session')
      if (JSON.stringify(room.store.getAll()) !== JSON.stringify(first.room.store.getAll()))
        this.faults.push('not all have the same')
    }
    for (const { room, errors } of stays) {
      if (room.peers.length !== stays.length - 1) this.faults.push(`somebody knows ${room.peers.length} peers`)
      const expected = others.length > 0 ? 'synced' : 'alone'
      if (room.status.sync !== expected) this.faults.push(`the status is ${room.status.sync}, not ${expected}`)
      if (others.length > 0 && room.store.pending > 0) this.faults.push(`${room.store.pending} writes are pending`)
      this.faults.push(...errors)
    }
    this.#lookForLosses(first.room)
  }

  /** No write is lost that somebody holds who has stayed all the time. */
  #lookForLosses({ store }: Room): void {
    const hasStayed = (stay: Stay) => stay.ends.length === 0 && this.#stays.includes(stay)
    for (const { key, by, ackedBy } of this.#tokens) {
      if (store.has(key) || ![by, ...ackedBy].some(hasStayed)) continue
      this.faults.push(`${key} is lost, though somebody has it who is here`)
    }
    this.#count('ends')
  }
}

const isConnected = ({ status: { signaling, links } }: Room): boolean =>
  signaling === 'connected' || links.some(({ state }) => state !== 'connecting')
