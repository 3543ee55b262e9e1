import { SessionError } from '../../src/errors.js'
import type { Limits } from '../../src/store/limits.js'
import { encodedState, openReplica, type TestReplica } from '../support/replicas.js'
import { checkReplica } from './agreement.js'
import { countTransaction, countTree, type Counts } from './counts.js'
import { clockOf } from './document-reader.js'
import { Draft } from './draft.js'
import { judge } from './judge.js'
import { mergeMessages, missingFor, seenIn, stateMessage, updateMessage, type Message } from './message.js'
import { fold, type Id, type Json } from './oracle.js'
import { perform } from './perform.js'
import { Replay } from './replay.js'
import { same } from './rewrite.js'
import type { KeyEdit, Manner, Script, Step } from './script.js'
import { StampRule } from './stamp-rule.js'
import { commit, type Transaction } from './transaction.js'
import { outline } from './tree.js'

/** A replica of the store, and beside it the set of transactions that it holds: all that the model of it is. */
export type Peer = TestReplica & {
  readonly holds: Set<Transaction>
  readonly inbox: Message[]
  readonly replays: Replay[]
  readonly stamps: StampRule
  /** Its own writes that came to an end in one step, lost and cleared away: of these it cannot be told. */
  readonly clearedUnseen: Set<Id>
}

const startMs = 1_760_000_000_000
const roomy = { maxValueBytes: 2 ** 20, maxTotalBytes: 2 ** 24 }

/**
 * A room without a network: replicas that write, and messages that arrive when, where and as often as a script says.
 * Whatever happens is done by the store and by the model, and the two are held against each other after every step.
 */
export class World {
  readonly peers: Peer[] = []
  readonly counts: Counts
  readonly #limits: Partial<Limits>
  readonly #messages: Message[] = []
  /** Every state that a replica was ever in, by its state vector. */
  readonly #states = new Map<string, string>()

  constructor({ replicas }: Pick<Script, 'replicas'>, counts: Counts = new Map(), limits: Partial<Limits> = roomy) {
    this.counts = counts
    this.#limits = limits
    for (const { writer, skewMs } of replicas) this.join(writer, skewMs)
  }

  join(writer: number, skewMs = 0): Peer {
    const open = openReplica(`peer-${writer}`, writer, { nowMs: startMs + skewMs, limits: this.#limits })
    const model = { holds: new Set<Transaction>(), inbox: [], replays: [new Replay(open.store)] }
    const peer: Peer = { ...open, ...model, stamps: new StampRule(open.wallClock), clearedUnseen: new Set() }
    this.peers.push(peer)
    return peer
  }

  get transactions(): readonly Transaction[] {
    return [...new Set(this.peers.flatMap(({ holds }) => [...holds]))]
  }

  play(steps: readonly Step[]): void {
    for (const step of steps) this.#playStep(step)
  }

  #playStep(step: Step): void {
    switch (step.do) {
      case 'write':
        return this.write(this.#peer(step.who), step.how, step.edits)
      case 'clash':
        this.deliverAll()
        for (const [who, edit] of step.edits.entries())
          this.write(this.#peer(who), 'set', [{ key: step.key, path: step.path, edit }])
        return
      case 'deliver': {
        const to = this.#peer(step.to)
        const fresh = this.#messages.filter(({ carries }) => carries.some(one => !to.holds.has(one)))
        for (const one of pickFrom(fresh, [step.pick])) this.receive(to, one)
        return
      }
      case 'repeat':
        for (const one of pickFrom(this.#messages, [step.pick])) this.receive(this.#peer(step.to), one)
        return
      case 'batch': {
        const picked = pickFrom(this.#messages, step.picks)
        if (picked.length > 0) this.receive(this.#peer(step.to), mergeMessages(picked))
        return this.#count('batches')
      }
      case 'sync':
        return this.sync(this.#peer(step.from), this.#peer(step.to))
      case 'gather':
        return this.deliverAll()
      case 'clock':
        this.#peer(step.who).wallClock.nowMs += step.byMs
        return
      case 'observe': {
        const { replays, store } = this.#peer(step.who)
        replays.push(new Replay(store))
      }
    }
  }

  /** Lets the store and a draft of the same make the same edits, and holds one against the other. */
  write(peer: Peer, how: Manner, intended: readonly KeyEdit[]): void {
    const edits = how === 'set' || how === 'update' ? intended.slice(0, 1) : intended
    const seen = seenIn(peer.holds)
    const draft = new Draft(seen, peer.replica.writer, peer.stamps.next)
    const written = peer.updates.length
    const fault = perform(peer.store, draft, how, edits, answer => this.#count(`answered ${answer}`))
    const [update, ...more] = peer.updates.slice(written)
    const fail = (why: string) => {
      throw new Error(`${why}: ${JSON.stringify({ how, edits })} by ${peer.name}`)
    }
    if (more.length > 0) fail('MERGE13: more than one update')

    const before = fold(seen.values())
    const verdicts = judge(before, draft.tree, peer.store.usage.limits)
    const isNothing = outline(draft.tree) === outline(before)
    // What comes to nothing may still leave something behind: an element moved there and back, or hidden at once.
    const mayBeSomething = isNothing && (edits.length > 1 || draft.added.length > 0)
    if (fault instanceof SessionError) {
      const { code, details } = fault
      const isExpected = verdicts.some(verdict => same({ ...verdict }, { code, details } as Json))
      if (!isExpected && !mayBeSomething)
        fail(`LIMIT: ${code} ${JSON.stringify(details)}, not ${JSON.stringify(verdicts)}`)
      this.#count(code)
    } else if (verdicts.length > 0 && !fault) fail(`LIMIT: not ${JSON.stringify(verdicts)}`)
    if (update && (fault || (isNothing && !mayBeSomething))) fail('MERGE11: something was written')
    if (!update && !fault && !isNothing) fail('nothing was written')
    if (!update) this.#count(fault ? 'transactions that threw' : 'writes that changed nothing')
    else {
      const transaction = commit(draft, seen, new Set(peer.holds), update, edits.length === 1)
      peer.stamps.checkGiven(transaction.writes)
      peer.holds.add(transaction)
      this.#messages.push(updateMessage(update, [transaction]))
      countTransaction(this.counts, transaction, seen)
    }
    this.check(peer)
  }

  /** Everything written so far to everyone, each transaction by itself, in an order of no meaning. */
  deliverAll(): void {
    const all = this.transactions.toReversed()
    for (const peer of this.peers) for (const one of all) if (!peer.holds.has(one)) this.deliver(peer, [one])
    for (const peer of this.peers) if (peer.inbox.length > 0) throw new Error(`GATE3: ${peer.name} waits for ever`)
  }

  /** One transaction, or several as one update. */
  deliver(to: Peer, transactions: readonly Transaction[]): void {
    this.receive(to, mergeMessages(transactions.map(one => updateMessage(one.update, [one]))))
  }

  /** All that waits at a peer as one update: what is merged with a gap, and what fills the gap, wait for each other. */
  retryTogether(to: Peer): void {
    const waiting = to.inbox.splice(0)
    if (waiting.length > 0) this.receive(to, mergeMessages(waiting))
  }

  sync(from: Peer, to: Peer): void {
    const bytes = from.replica.updateSince(to.replica.stateVector())
    if (bytes) this.receive(to, stateMessage(bytes, [...from.holds]))
  }

  /** Hands in a message, and after it, as long as anything is taken, those that wait. */
  receive(to: Peer, incoming: Message): void {
    this.#take(to, incoming)
    const nextReady = () => to.inbox.find(one => missingFor(to.holds, one).length === 0)
    for (let next = nextReady(); next; next = nextReady()) {
      to.inbox.splice(to.inbox.indexOf(next), 1)
      this.#take(to, next)
      this.#count('updates that had waited')
    }
  }

  #take(to: Peer, incoming: Message): void {
    const { carries, bytes, isState } = incoming
    const [state, before] = [encodedState(to), seenIn(to.holds)]
    const fresh = carries.filter(one => !to.holds.has(one))
    const missing = new Set(missingFor(to.holds, incoming).map(id => clockOf(id)[0]))
    const receipt = to.replica.receive(bytes, () => true)
    const expected = fresh.length === 0 ? 'known' : missing.size > 0 ? 'waiting' : 'applied'
    this.#count(expected)
    if (receipt.outcome !== expected) throw new Error(`GATE3: ${JSON.stringify(receipt)} and not ${expected}`)
    if (receipt.outcome === 'waiting') {
      if (!same([...receipt.missing].sort(), [...missing].sort()))
        throw new Error(`GATE3: ${receipt.missing.join()} are missing, not ${[...missing].join()}`)
      to.inbox.push(incoming)
    }
    if (receipt.outcome !== 'applied') {
      if (Buffer.compare(encodedState(to), state) !== 0) throw new Error(`GATE1: ${expected}, and yet taken`)
      return
    }
    for (const one of fresh) to.holds.add(one)
    const after = seenIn(to.holds)
    to.stamps.adopt([...after.values()].filter(({ id }) => !before.has(id)))
    for (const [id, { writer }] of before) if (writer === to.replica.writer && !after.has(id)) to.clearedUnseen.add(id)
    // What came as a state is passed on by state vector.
    if (!isState) this.#messages.push(updateMessage(receipt.update, carries))
    this.check(to)
  }

  check(peer: Peer): void {
    const seen = seenIn(peer.holds)
    const tree = fold(seen.values())
    checkReplica(peer, seen, tree, encodedState(peer))
    countTree(this.counts, tree)
    const state = hex(encodedState(peer))
    const vector = hex(peer.replica.stateVector())
    if ((this.#states.get(vector) ?? state) !== state) throw new Error('DATA4: one state vector, and two states')
    this.#states.set(vector, state)
    if (peer.store.usage.overLimit) this.#count('over a limit')
  }

  #peer(index: number): Peer {
    const peer = this.peers[index % this.peers.length]
    if (!peer) throw new Error('a room without replicas')
    return peer
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const pickFrom = <T>(items: readonly T[], picks: readonly number[]): T[] =>
  picks.flatMap(pick => items[pick % Math.max(items.length, 1)] ?? [])
