import type { Clock } from '../clock.js'
import { decodeMessage, encodeMessage, type TextPart } from '../wire/peer-messages.js'
import { failure, oncePerKind } from './failure.js'
import type { CopyLife, RoomCopy, StoredCopy } from './persistence.js'

/** What a keeper needs of a replica. The one of the store and of sync is one. */
export type KeptReplica = {
  stateVector(): Uint8Array
  updateSince(stateVector: Uint8Array): Uint8Array | null
  receive(
    update: Uint8Array,
    takes: (writer: number) => boolean,
    bound?: undefined,
    texts?: readonly TextPart[],
  ): { readonly outcome: 'applied' | 'known' | 'waiting' } | { readonly outcome: 'refused'; readonly reason: string }
  readonly texts: {
    stateVectors(): readonly TextPart[]
    updatesSince(stateVectors: readonly TextPart[]): readonly TextPart[]
  }
}

export type KeeperOptions = {
  readonly copy: Pick<RoomCopy, 'append' | 'touch'>
  readonly replica: KeptReplica
  readonly clock: Clock
  /** How the peer lives, now. */
  readonly life: () => CopyLife
  /** Told of stored parts that could not be used, once per kind. */
  readonly onFailure: (cause: unknown) => void
}

/** Keeps the copy of one replica up to date, from when it is made until `stop`. */
export type Keeper = {
  /** Feeds what was stored into the replica, which judges it. What it refuses, or cannot place, is left out and told. */
  load(stored: StoredCopy): void
  /** To be called at the end of each turn. Stores what is new, soon; costs two comparisons where nothing is. */
  onTurn(): void
  /** Stores what is new, and that the peer is alive, before it returns: for a page that may be going away. */
  flush(): void
  /** Nothing is stored any more, what is due included. Idempotent. */
  stop(): void
}

/** Between two writes to the copy, at least: what a page that is killed has written last may be missing by so much. */
const pauseMs = 200
/** Between two signs of life, at the most. */
const touchMs = 3000

/** The state vector of who holds nothing. */
const nothing = new Uint8Array([0])

export const createKeeper = ({ copy, replica, clock, life, onFailure }: KeeperOptions): Keeper => {
  const tell = oncePerKind(onFailure)
  let stage: 'running' | 'stopped' = 'running'
  /** What the copy has, up to these. */
  let stored: { readonly log: Uint8Array; readonly texts: readonly TextPart[] } = { log: nothing, texts: [] }
  /** What was stored of each text last. A text's state vector does not cover deletions: its update always has them all. */
  let lastTexts: ReadonlyMap<string, Uint8Array> = new Map()
  let lived: CopyLife | null = null
  let writtenAt = -Infinity
  let cancelWrite: (() => void) | null = null
  let cancelTouch = () => {}

  const isNew = () =>
    !isEqual(replica.stateVector(), stored.log) || !areEqual(replica.texts.stateVectors(), stored.texts)

  const write = () => {
    cancelWrite?.()
    cancelWrite = null
    writtenAt = clock.monotonic()
    const { log, texts } = stored
    const update = replica.updateSince(log)
    if (!update) return
    const parts = replica.texts.updatesSince(texts)
    // After that was asked: a text that others are told of may be typed into under another client.
    stored = { log: replica.stateVector(), texts: replica.texts.stateVectors() }
    const news = parts.filter(({ key, bytes }) => !isEqual(bytes, lastTexts.get(key)))
    lastTexts = new Map(parts.map(({ key, bytes }) => [key, bytes]))
    copy.append(encodePart(update, news), snapshot)
  }

  const snapshot = () => encodePart(replica.updateSince(nothing) ?? new Uint8Array(), replica.texts.updatesSince([]))

  const touch = () => {
    cancelTouch()
    cancelTouch = clock.schedule(touch, touchMs)
    lived = life()
    copy.touch(lived)
  }

  touch()

  return {
    load: ({ parts }) => {
      let left = parts.flatMap(bytes => {
        const part = decodePart(bytes)
        if (!part) tell(failure('DataError', 'A part of the copy is malformed.'))
        return part ? [part] : []
      })
      // Chains may build on each other.
      for (let before = Infinity; left.length > 0 && left.length < before;) {
        before = left.length
        left = left.filter(({ update, texts }) => {
          const receipt = replica.receive(update, () => true, undefined, texts)
          if (receipt.outcome === 'refused')
            tell(failure('DataError', `A part of the copy was refused: ${receipt.reason}`))
          return receipt.outcome === 'waiting'
        })
      }
      if (left.length > 0) tell(failure('DataError', 'Something is missing in the copy.'))
    },
    onTurn: () => {
      if (stage === 'stopped') return
      const { sessionId, connectedAt } = life()
      // Never yet connected is told by a time that is none.
      if (sessionId !== lived?.sessionId || connectedAt < lived.connectedAt) touch()
      if (cancelWrite || !isNew()) return
      const waitMs = writtenAt + pauseMs - clock.monotonic()
      if (waitMs <= 0) write()
      else cancelWrite = clock.schedule(write, waitMs)
    },
    flush: () => {
      if (stage === 'stopped') return
      if (isNew()) write()
      touch()
    },
    stop: () => {
      stage = 'stopped'
      cancelWrite?.()
      cancelTouch()
    },
  }
}

/** A part is what an update is between peers: one format, one reader that is used to strangers. */
const encodePart = (update: Uint8Array, texts: readonly TextPart[]) => encodeMessage({ type: 'update', update, texts })

const decodePart = (bytes: Uint8Array) => {
  const message = decodeMessage(bytes)
  return message?.type === 'update' ? message : null
}

const isEqual = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  one.length === other?.length && one.every((byte, index) => byte === other[index])

const areEqual = (some: readonly TextPart[], others: readonly TextPart[]): boolean =>
  some.length === others.length &&
  some.every(({ key, bytes }, index) => key === others[index]?.key && isEqual(bytes, others[index].bytes))
