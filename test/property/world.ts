import * as Y from 'yjs'
import { SessionError } from '../../src/errors.js'
import type { Limits } from '../../src/store/limits.js'
import { encodedState, openReplica, type TestReplica } from '../support/replicas.js'
import { checkReplica } from './agreement.js'
import { clockOf, readUpdate } from './document-reader.js'
import { Draft } from './draft.js'
import { applyEdit } from './edits.js'
import { lostWithoutNeed } from './losses.js'
import { judge } from './judge.js'
import { fold, type Id, type Json, type Write } from './oracle.js'
import { Replay } from './replay.js'
import { same } from './rewrite.js'
import type { KeyEdit, Manner, Script, Step } from './script.js'
import { commit, outline, type Transaction } from './transaction.js'

/** Something under way: an update, or several as one, or a whole state. */
type Message = {
  readonly bytes: Uint8Array
  readonly carries: readonly Transaction[]
  readonly needs: readonly Id[]
  readonly isState: boolean
}

const message = (bytes: Uint8Array, carries: readonly Transaction[]): Message => {
  return { bytes, carries, needs: readUpdate(bytes).needs, isState: false }
}

/** A replica of the store, and beside it the set of transactions that it holds: all that the model of it is. */
export type Peer = TestReplica & {
  readonly holds: Set<Transaction>
  readonly inbox: Message[]
  readonly replays: Replay[]
  /** Its own writes that came to an end in one step, lost and cleared away: of these it cannot be told. */
  readonly clearedUnseen: Set<Id>
}

/** What happened in a run, counted, so that a test can tell that something did. */
export type Counts = Map<string, number>

const startMs = 1_760_000_000_000

/** A room without a network: replicas that write, and messages that arrive when, where and as often as a script says. */
export class World {
  readonly peers: Peer[] = []
  readonly counts: Counts
  readonly #limits: Partial<Limits>
  readonly #messages: Message[] = []

  constructor(replicas: Script['replicas'], counts: Counts = new Map(), limits: Partial<Limits> = roomy) {
    this.counts = counts
    this.#limits = limits
    for (const { writer, skewMs } of replicas) this.join(writer, skewMs)
  }

  join(writer: number, skewMs = 0): Peer {
    const open = openReplica(`peer-${writer}`, writer, { nowMs: startMs + skewMs, limits: this.#limits })
    const replays = [new Replay(open.store)]
    const peer: Peer = { ...open, holds: new Set(), inbox: [], replays, clearedUnseen: new Set() }
    this.peers.push(peer)
    return peer
  }

  get transactions(): readonly Transaction[] {
    return [...new Set(this.peers.flatMap(({ holds }) => [...holds]))]
  }

  play(step: Step): void {
    switch (step.do) {
      case 'write':
        return this.write(this.#peer(step.who), step.how, step.edits)
      case 'deliver': {
        const to = this.#peer(step.to)
        const fresh = this.#messages.filter(({ carries }) => carries.some(one => !to.holds.has(one)))
        return this.#deliverPicked(to, fresh, step.pick)
      }
      case 'repeat':
        return this.#deliverPicked(this.#peer(step.to), this.#messages, step.pick)
      case 'batch': {
        const picked = step.picks.flatMap(pick => this.#messages[pick % Math.max(this.#messages.length, 1)] ?? [])
        if (picked.length < 2) return
        const bytes = Y.mergeUpdates(picked.map(({ bytes }) => bytes))
        this.#count('batches')
        return this.receive(this.#peer(step.to), message(bytes, [...new Set(picked.flatMap(({ carries }) => carries))]))
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
  write(peer: Peer, how: Manner, edits: readonly KeyEdit[]): void {
    const seen = seenIn(peer.holds)
    const draft = new Draft(seen, peer.replica.writer)
    const before = peer.updates.length
    const fault = runEdits(peer, draft, how, edits)
    const [update, ...more] = peer.updates.slice(before)
    if (more.length > 0) throw new Error('MERGE13: more than one update')
    const tree = fold(seen.values())
    const verdicts = judge(tree, draft.tree, peer.store.usage.limits)
    // Several edits may come to nothing and still leave something behind: an element moved there and back.
    const isNothing = outline(draft.tree) === outline(tree)
    const told = `${JSON.stringify({ how, edits })} by ${peer.name}`
    if (fault instanceof SessionError) {
      const { code, details } = fault
      if (!verdicts.some(verdict => same({ ...verdict }, { code, details } as Json)) && !(isNothing && edits.length > 1))
        throw new Error(`LIMIT: ${JSON.stringify({ code, details })} and not ${JSON.stringify(verdicts)}: ${told}`)
      this.#count(code)
    } else if (verdicts.length > 0 && !fault) throw new Error(`LIMIT: ${JSON.stringify(verdicts)}: ${told}`)
    if (!update || fault || (isNothing && edits.length === 1)) {
      if (update) throw new Error(`MERGE11: nothing was to be written: ${told}`)
      if (!isNothing && !fault) throw new Error(`nothing was written: ${told}`)
      this.#count(fault ? 'transactions that threw' : 'writes that changed nothing')
      return this.check(peer)
    }
    const transaction = commit(draft, seen, new Set(peer.holds), update)
    peer.holds.add(transaction)
    this.#messages.push(message(update, [transaction]))
    this.#countTransaction(transaction, seen)
    this.check(peer)
  }

  /** Everything written so far to everyone, each transaction by itself, in an order of no meaning. */
  deliverAll(): void {
    const all = this.transactions.map(one => message(one.update, [one])).toReversed()
    for (const peer of this.peers)
      for (const one of all) if (one.carries.some(carried => !peer.holds.has(carried))) this.receive(peer, one)
    for (const peer of this.peers) if (peer.inbox.length > 0) throw new Error(`GATE3: ${peer.name} waits for ever`)
  }

  sync(from: Peer, to: Peer): void {
    const bytes = from.replica.updateSince(to.replica.stateVector())
    if (bytes) this.receive(to, { ...message(bytes, [...from.holds]), isState: true })
  }

  /** Hands in a message, and after it, as long as anything is taken, those that wait. */
  receive(to: Peer, incoming: Message): void {
    this.#take(to, incoming)
    for (let next = this.#readyFor(to); next; next = this.#readyFor(to)) {
      to.inbox.splice(to.inbox.indexOf(next), 1)
      this.#take(to, next)
      this.#count('updates that had waited')
    }
  }

  #readyFor = (to: Peer) => to.inbox.find(one => missingFor(to, one).length === 0)

  #take(to: Peer, incoming: Message): void {
    const { carries, bytes } = incoming
    const before = encodedState(to)
    const fresh = carries.filter(one => !to.holds.has(one))
    const missing = missingFor(to, incoming)
    const receipt = to.replica.receive(bytes, () => true)
    const expected = fresh.length === 0 ? 'known' : missing.length > 0 ? 'waiting' : 'applied'
    if (receipt.outcome !== expected)
      throw new Error(`GATE3: ${JSON.stringify(receipt)} and not ${expected} (${carries.map(({ name }) => name).join()})`)
    this.#count(receipt.outcome)
    if (receipt.outcome === 'waiting') to.inbox.push(incoming)
    if (receipt.outcome === 'applied') {
      const live = seenIn(to.holds)
      for (const one of fresh) to.holds.add(one)
      const after = seenIn(to.holds)
      for (const [id, { writer }] of live)
        if (writer === to.replica.writer && !after.has(id)) to.clearedUnseen.add(id)
      // What came as a state is passed on by state vector.
      if (!incoming.isState) this.#messages.push(message(receipt.update, carries))
      this.check(to)
    } else if (Buffer.compare(encodedState(to), before) !== 0) throw new Error(`GATE1: ${expected}, and yet taken`)
  }

  check(peer: Peer): void {
    checkReplica(peer, seenIn(peer.holds), encodedState(peer), this.counts)
  }

  #peer(index: number): Peer {
    const peer = this.peers[index % this.peers.length]
    if (!peer) throw new Error('a room without replicas')
    return peer
  }

  #deliverPicked(to: Peer, messages: readonly Message[], pick: number): void {
    const picked = messages[pick % Math.max(messages.length, 1)]
    if (picked) this.receive(to, picked)
  }

  #countTransaction({ writes, deletes }: Transaction, seen: ReadonlyMap<Id, Write>): void {
    this.#count('transactions')
    if (writes.length === 0) this.#count('transactions that only delete')
    if (writes.some(({ slot }) => slot.is === 'move')) this.#count('moves')
    if (writes.some(({ containers }) => (containers?.length ?? 0) > 1)) this.#count('writes into united containers')
    if (deletes.some(id => seen.get(id)?.says.is !== 'scalar')) this.#count('containers removed')
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }
}

const roomy = { maxValueBytes: 2 ** 20, maxTotalBytes: 2 ** 24 }

/** What is live for who holds these: everything written in them, but for what was deleted in them. */
export function seenIn(transactions: ReadonlySet<Transaction>): ReadonlyMap<Id, Write> {
  const deleted = new Set([...transactions].flatMap(({ deletes }) => deletes))
  const writes = [...transactions].flatMap(one => one.writes)
  return new Map(writes.filter(({ id }) => !deleted.has(id)).map(write => [write.id, write]))
}

/** GATE3: what an update leaves a gap before, or builds on, and that is neither in it nor here. */
function missingFor({ holds }: Peer, { carries, needs }: Message): string[] {
  const all = [...holds, ...carries]
  const isCovered = (id: Id): boolean => {
    const [writer, clock] = clockOf(id)
    return all.some(one => one.writer === writer && clock >= one.span[0] && clock < one.span[1])
  }
  const fresh = carries.filter(one => !holds.has(one))
  const before = fresh.flatMap(({ writer, span: [from] }) => (from > 0 ? [`${writer}:${from - 1}`] : []))
  return [...before, ...needs].filter(id => !isCovered(id))
}

class Refusal extends Error {}

/** What the transaction threw, null if it went through. */
function runEdits(peer: Peer, draft: Draft, how: Manner, edits: readonly KeyEdit[]): Refusal | SessionError | null {
  try {
    performEdits(peer, draft, how, edits)
    return null
  } catch (error) {
    if (error instanceof Refusal || error instanceof SessionError) return error
    throw error
  }
}

function performEdits({ store }: Peer, draft: Draft, how: Manner, edits: readonly KeyEdit[]): void {
  const run = ({ key, path, edit }: KeyEdit) => {
    const current = store.get(key)
    if (JSON.stringify(current) !== JSON.stringify(draft.value(key)))
      throw new Error(`MERGE13: reads inside see own writes: ${key} is ${JSON.stringify(current)}`)
    const next = applyEdit(current, path, edit)
    const before = draft.tree
    const live = new Map(draft.live)
    draft.set(key, next)
    const lost = lostWithoutNeed(before, draft.tree, new Set([...live.keys()].filter(id => !draft.live.has(id))))
    if (lost.length > 0) throw new Error(`a write is lost without need: ${lost.join()}`)
    return next
  }
  const set = (edit: KeyEdit) => store.set(edit.key, run(edit))
  const [first, ...rest] = edits
  if (!first) return
  const refuse = () => {
    throw new Refusal()
  }
  switch (how) {
    case 'set':
      return set(first)
    case 'update':
      return store.update(first.key, () => run(first))
    case 'transact':
      return store.transact(() => edits.forEach(set))
    case 'throw':
      return store.transact(() => {
        edits.forEach(set)
        refuse()
      })
    case 'nested':
      return store.transact(() => {
        set(first)
        const takeBack = draft.savepoint()
        try {
          store.transact(() => {
            rest.forEach(set)
            refuse()
          })
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          takeBack()
        }
      })
  }
}
