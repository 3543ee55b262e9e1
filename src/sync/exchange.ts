import { diffUpdate, encodeStateVector, mergeUpdates, parseUpdateMeta } from 'yjs'
import { encodeMessage, readStateVector, type PeerMessage } from '../wire/peer-messages.js'
import type { Arrival, Connection, OpenConnection, Waiting } from './connection.js'
import { unreachedBy, type LinksOf } from './forwarding.js'
import { messageCost } from './gate.js'
import type { Receipt, Replica, TextPart } from './replica.js'

/** Updates that wait, per link. More are forgotten, and had again by asking for state when those are in. */
const maxWaiting = 16
const maxWaitingBytes = 1024 * 1024
/** How long an update waits for what it builds on, on its way over another link, before its sender is asked. */
export const patienceMs = 500
/** Asks for state over one link are at least this far apart. */
const askEveryMs = 2000
/** A link that has not brought its state for this long is asked again: the question, or the answer, was lost. */
const askAgainMs = 4000
/** How long a link waits for entries that only another link may bring, before it is taken without them. */
export const withheldMs = 3000

export type DataMessage = Extract<PeerMessage, { type: 'sync-step-1' | 'sync-step-2' | 'update' | 'check' }>

export type ExchangeOptions = {
  readonly replica: Replica
  readonly now: () => number
  readonly linksOf: LinksOf
  open(): readonly OpenConnection[]
  onSynced(connection: OpenConnection): void
  /** This peer holds our writes up to this clock. */
  onAck(peerId: string, clock: number): void
  /** Their writes up to this clock arrived here, and we have no link to say so. */
  onFarWrites(peerId: string, clock: number): void
}

/** How state and writes travel between replicas (SPEC SYNC). All that it sends is queued, for the end of the turn. */
export type Exchange = {
  /** Asks for what is lacking here. */
  ask(connection: Connection): void
  receive(connection: OpenConnection, message: DataMessage): void
  /** Sends this replica's new writes to everybody. */
  sendLocal(): void
  /** Offers to compare states; nothing follows when they are equal. */
  check(connection: OpenConnection): void
  /** Asks again for what updates have waited for too long, and in the end takes what there is. */
  hurry(): void
  /** A link is down: what waited for entries that only it might bring may be taken from others. */
  unlinked(): void
}

export const createExchange = (options: ExchangeOptions): Exchange => {
  const { replica, now } = options

  /** What is held in full, as a link is told: its peer reads an acknowledgement in it. */
  const stateVectorFor = ({ phase, wholeUpTo }: Connection): Uint8Array => {
    const stateVector = replica.stateVector()
    const clocks = readStateVector(stateVector)
    if (wholeUpTo === null || phase.name !== 'open' || !clocks) return stateVector
    return encodeStateVector(new Map(clocks).set(phase.hello.writer, wholeUpTo))
  }

  const ask = (connection: Connection) => {
    connection.askedAt = now()
    connection.isOverfull = false
    const stateVector = stateVectorFor(connection)
    connection.outbox.queue(encodeMessage({ type: 'sync-step-1', stateVector, texts: replica.texts.stateVectors() }))
  }

  const check = (connection: OpenConnection) =>
    connection.outbox.queue(encodeMessage({ type: 'check', stateVector: stateVectorFor(connection) }))

  const send = (connections: readonly OpenConnection[], update: Uint8Array, texts: readonly TextPart[]) => {
    const message = encodeMessage({ type: 'update', update, texts })
    for (const connection of connections) {
      // Those that were not sent our state yet find it there; those whose link is full, or who would take no more
      // from an honest peer, get it after a check.
      if (!connection.phase.hasOurs) continue
      connection.isBehind ||= connection.outbox.isCongested || !connection.allowance.take(messageCost)
      if (!connection.isBehind) connection.outbox.queue(message)
    }
  }

  const heldOf = (writer: number) => readStateVector(replica.stateVector())?.get(writer) ?? null

  const linked = (writer: number) => options.open().find(({ phase }) => phase.hello.writer === writer)

  /** The owner rule: entries of a writer that we are linked to are taken from that link only. */
  const othersOf = (connection: OpenConnection) =>
    new Set(options.open().flatMap(other => (other === connection ? [] : [other.phase.hello.writer])))

  const judge = (connection: OpenConnection, { update, texts }: Arrival): Receipt => {
    const others = othersOf(connection)
    return replica.receive(update, id => !others.has(id), connection.phase.hello, texts)
  }

  const receiveUpdate = (connection: OpenConnection, arrival: Arrival) => {
    const { isState, texts } = arrival
    const receipt = judge(connection, arrival)
    switch (receipt.outcome) {
      case 'applied':
        settle(connection, isState, texts, receipt)
        retry(receipt.clocks)
        break
      case 'known':
        if (receipt.isTextNews) spread(connection)
        if (isState) markSynced(connection)
        break
      case 'waiting':
        wait(connection, { ...arrival, missing: receipt.missing })
        break
      case 'refused':
        connection.gate.blame(receipt.reason)
        return
    }
    if (receipt.outcome === 'waiting') return
    if (isState) {
      connection.lacksTexts = 'nothing'
      connection.wholeUpTo = null
    } else if (texts.length > 0 && replica.texts.isWaiting) lackTexts(connection)
  }

  const lackTexts = (connection: OpenConnection) => {
    if (connection.lacksTexts === 'asked') return
    connection.lacksTexts = 'something'
    // Who typed it deleted it before we came, and sends it no more. Its sender has it.
    if (!replica.texts.waitsForDead) return
    connection.lacksTexts = 'asked'
    ask(connection)
  }

  /** Texts came later than the log that they belong to. Who had that log from here, and believes it whole, lacks them too. */
  const spread = (from: OpenConnection) => {
    for (const connection of options.open())
      if (connection !== from && connection.phase.hasOurs) answer(connection, noState, [])
  }

  const wait = (connection: OpenConnection, waiting: Waiting) => {
    if (connection.waiting.length === 0) connection.waitingSince = now()
    const bytes = connection.waiting.reduce((sum, other) => sum + bytesOf(other), bytesOf(waiting))
    const fits = connection.waiting.length < maxWaiting && bytes <= maxWaitingBytes
    if (!fits && connection.waiting.length > 0) {
      connection.isOverfull = true
      return
    }
    connection.waiting.push(waiting)
    if (waiting.missing.some(writer => linked(writer))) retryTogether()
  }

  const retryAll = (isDue: (waiting: Waiting) => boolean) => {
    for (const connection of options.open())
      for (const waiting of connection.waiting) {
        if (!connection.waiting.includes(waiting) || !isDue(waiting)) continue
        connection.waiting = connection.waiting.filter(other => other !== waiting)
        receiveUpdate(connection, waiting)
      }
  }

  /** Tries what waited for one of these writers. */
  const retry = (clocks: ReadonlyMap<number, number>) => {
    retryAll(({ missing }) => missing.some(writer => clocks.has(writer)))
    retryTogether()
  }

  /**
   * What comes over several links can each build on the other: A overwrote what B wrote and B what A wrote, and
   * each one's entries are taken from its own link. Neither fits alone; together they do, once every entry that
   * one of them knows of has come over its own link. Taking the rest sooner would show deletions whose writes
   * are still on the way.
   */
  const retryTogether = () => {
    const group = options.open().filter(({ waiting }) => waiting.length > 0)
    if (group.length < 2) return
    const known = readStateVector(replica.stateVector()) ?? new Map<number, number>()
    const merged = mergeUpdates(
      group.flatMap(connection => connection.waiting.map(({ update }) => without(update, othersOf(connection)))),
    )
    const reach = parseUpdateMeta(merged).to
    const isComplete = group
      .flatMap(({ waiting }) => waiting)
      .every(({ update }) =>
        [...parseUpdateMeta(update).to].every(
          ([writer, clock]) => clock <= Math.max(reach.get(writer) ?? 0, known.get(writer) ?? 0),
        ),
      )
    if (isComplete) takeTogether(group, merged)
  }

  const takeTogether = (group: readonly OpenConnection[], merged: Uint8Array) => {
    const texts = group.flatMap(({ waiting }) => waiting.flatMap(each => each.texts))
    const receipt = replica.receive(merged, () => true, undefined, texts)
    if (receipt.outcome !== 'applied') return
    const states = group.filter(({ waiting }) => waiting.some(({ isState }) => isState))
    for (const connection of group) {
      connection.waiting = []
      settle(connection, states.includes(connection), texts, receipt)
    }
    retry(receipt.clocks)
  }

  /** Takes what a link brought, less the entries that their own links withhold. */
  const giveUpWaiting = (connection: OpenConnection) => {
    const others = othersOf(connection)
    const { waiting } = connection
    const held = heldOf(connection.phase.hello.writer) ?? 0
    connection.waiting = []
    for (const { update } of waiting)
      replica.expect(new Map([...parseUpdateMeta(update).to].filter(([writer]) => others.has(writer))))
    for (const { update, isState } of waiting)
      receiveUpdate(connection, { update: without(update, others), texts: [], isState })
    // Texts without all of their log might hold what nobody seems to have typed.
    if (!waiting.some(({ texts }) => texts.length > 0)) return
    connection.lacksTexts = 'something'
    connection.wholeUpTo ??= held
  }

  const settle = (
    connection: OpenConnection,
    isState: boolean,
    texts: readonly TextPart[],
    { update, clocks }: Extract<Receipt, { outcome: 'applied' }>,
  ) => {
    for (const [writer, clock] of clocks) {
      const owner = linked(writer)
      const peerId = replica.peerOf(writer)
      if (owner) owner.ackDue = clock
      else if (peerId !== null) options.onFarWrites(peerId, clock)
    }
    const from = connection.link.peerId
    const others = options.open()
    const unreached = (authors: readonly (string | null)[]) => {
      const neighbours = others.map(({ link }) => link.peerId)
      const peers = unreachedBy({ neighbours, from, authors, linksOf: options.linksOf })
      return others.filter(({ link }) => peers.includes(link.peerId))
    }
    if (isState) {
      markSynced(connection)
      // Two parts of the room may just have met: what is in, the others here may lack as well.
      for (const other of unreached([from])) if (other.phase.hasOurs) check(other)
    } else {
      send(
        unreached([...clocks.keys()].map(writer => linked(writer)?.link.peerId ?? replica.peerOf(writer))),
        update,
        texts,
      )
    }
  }

  const markSynced = (connection: OpenConnection) => {
    connection.phase.isSynced = true
    // Some of it came over other links since we asked, and the acks that went there may not be believed any more.
    connection.ackDue = heldOf(connection.phase.hello.writer)
    options.onSynced(connection)
  }

  /** Their state vector says which of our writes they hold. Null if it is none. */
  const readTheirs = (connection: OpenConnection, stateVector: Uint8Array) => {
    const theirs = readStateVector(stateVector)
    if (theirs === null) connection.gate.blame('not a state vector')
    else options.onAck(connection.link.peerId, theirs.get(replica.writer) ?? 0)
    return theirs
  }

  const readTexts = (connection: OpenConnection, texts: readonly TextPart[] = []) => {
    if (texts.every(({ bytes }) => readStateVector(bytes) !== null)) return texts
    connection.gate.blame('not a state vector of a text')
    return []
  }

  /** Once a turn and only where there is room, or who asks and asks would have memory filled here. */
  const answer = (connection: OpenConnection, stateVector: Uint8Array, texts: readonly TextPart[]) => {
    if (connection.isAnswered || connection.outbox.isCongested) {
      connection.isBehind = true
      return
    }
    connection.isAnswered = true
    const update = replica.updateSince(stateVector)
    if (update)
      connection.outbox.queue(encodeMessage({ type: 'sync-step-2', update, texts: replica.texts.updatesSince(texts) }))
    connection.phase.hasOurs = true
    connection.isBehind = false
  }

  return {
    ask,
    check,
    sendLocal: () => {
      const update = replica.takeLocalUpdate()
      const texts = replica.texts.takeLocalUpdates()
      if (update) send(options.open(), update, texts)
    },
    receive: (connection, message) => {
      switch (message.type) {
        case 'sync-step-1':
          if (readTheirs(connection, message.stateVector))
            answer(connection, message.stateVector, readTexts(connection, message.texts))
          break
        case 'check': {
          const theirs = readTheirs(connection, message.stateVector)
          const ours = readStateVector(replica.stateVector())
          if (!theirs || !ours) return
          // A check is small, and tells nothing of texts.
          if (isAhead(ours, theirs)) answer(connection, message.stateVector, [])
          if (isAhead(theirs, ours)) ask(connection)
          break
        }
        case 'sync-step-2': {
          const { waiting, waitingSince } = connection
          // It holds all that its sender's updates brought so far.
          connection.waiting = []
          connection.isOverfull = false
          receiveUpdate(connection, { update: message.update, texts: message.texts ?? [], isState: true })
          // Having been asked again does not make it any newer.
          if (waiting.length > 0 && connection.waiting.length > 0) connection.waitingSince = waitingSince
          break
        }
        case 'update':
          receiveUpdate(connection, { update: message.update, texts: message.texts ?? [], isState: false })
          break
      }
    },
    hurry: () => {
      for (const connection of options.open()) {
        if (connection.isBehind && !connection.outbox.isCongested) {
          connection.isBehind = false
          check(connection)
        }
        if (connection.waiting.length === 0) {
          // What was missing may have come over other links meanwhile.
          if (connection.wholeUpTo === null && !replica.texts.isWaiting) connection.lacksTexts = 'nothing'
          const askedMs = now() - connection.askedAt
          if (askedMs >= askAgainMs && !connection.phase.isSynced) ask(connection)
          else if (askedMs >= askEveryMs && connection.lacksTexts !== 'nothing') ask(connection)
          continue
        }
        const waitedMs = now() - connection.waitingSince
        // And those who alone may bring what it waits for: it may have been lost on their links.
        const owners = connection.waiting.flatMap(({ missing }) => missing.flatMap(writer => linked(writer) ?? []))
        if (waitedMs >= patienceMs)
          for (const asked of new Set([connection, ...owners])) if (now() - asked.askedAt >= askEveryMs) ask(asked)
        const isWithheld = connection.waiting.some(({ missing }) => missing.some(writer => linked(writer)))
        if (waitedMs >= withheldMs && isWithheld) giveUpWaiting(connection)
      }
    },
    unlinked: () => {
      retryAll(() => true)
      retryTogether()
    },
  }
}

/** The state vector of who holds nothing. */
const noState = encodeStateVector(new Map())

const bytesOf = ({ update, texts }: Arrival): number =>
  texts.reduce((sum, { bytes }) => sum + bytes.length, update.length)

/** The update less the entries of these writers. */
const without = (update: Uint8Array, writers: ReadonlySet<number>): Uint8Array =>
  diffUpdate(update, encodeStateVector(new Map([...writers].map(writer => [writer, Number.MAX_SAFE_INTEGER]))))

const isAhead = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean =>
  [...a].some(([writer, clock]) => clock > (b.get(writer) ?? 0))
