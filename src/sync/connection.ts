import type { Hello } from '../wire/peer-messages.js'
import type { Budget } from './budget.js'
import type { Gate } from './gate.js'
import type { TextPart } from './replica.js'
import type { Outbox, SyncLink } from './outbox.js'

/** The life of a link, as sync sees it. */
export type Phase =
  /** Our hello is out; theirs is awaited. */
  | { readonly name: 'greeting' }
  /** Each knows the other. `hasOurs`: they were sent our state. `isSynced`: theirs is in. */
  | { readonly name: 'open'; readonly hello: Hello; hasOurs: boolean; isSynced: boolean }
  /** Their hello was turned down. The link stays for a moment, mute, so that ours arrives and tells them why. */
  | { readonly name: 'refused'; readonly until: number; readonly end: 'drop' | 'reset' }
  | { readonly name: 'closed' }

/** What a link brought: of the log, and what was typed with it. */
export type Arrival = {
  readonly update: Uint8Array
  readonly texts: readonly TextPart[]
  readonly isState: boolean
}

/** An update that builds on something of `missing` writers that is not here yet. */
export type Waiting = Arrival & { readonly missing: readonly number[] }

export type Connection = {
  readonly link: SyncLink
  readonly outbox: Outbox
  readonly gate: Gate
  /** For what is sent, but the bytes of updates. */
  readonly allowance: Budget
  readonly openedAt: number
  phase: Phase
  /** When anything last came over the link. */
  heardAt: number
  pingedAt: number
  /** The `heardAt` that it was given for a sleep of this peer, and not by what came. */
  excusedAt: number
  /** When it was last asked for its state. */
  askedAt: number
  waiting: Waiting[]
  waitingSince: number
  /** More came than may wait, and was dropped: it is in their state, once what waits is in. */
  isOverfull: boolean
  /**
   * Whether something typed was let go, or builds on what is not here: to be had by asking for their state, which
   * may wait a while, as it may be on its way over another link. `asked` is that it could not.
   */
  lacksTexts: 'nothing' | 'something' | 'asked'
  /** What there was of their writer's log when something typed was let go: no more of it is held in full. Else null. */
  wholeUpTo: number | null
  /** The clock of their writer to acknowledge at the end of this turn. */
  ackDue: number | null
  /** Something was held back because the link was full, or had too much of it. */
  isBehind: boolean
  /** Another link ended, and what it still had to bring may be here: to be checked once this link is in sync. */
  isCheckDue: boolean
  /** It was sent state in this turn. */
  isAnswered: boolean
}

export type OpenConnection = Connection & { readonly phase: Extract<Phase, { name: 'open' }> }

export const isOpen = (connection: Connection): connection is OpenConnection => connection.phase.name === 'open'
