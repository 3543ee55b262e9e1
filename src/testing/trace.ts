import type { Faults } from './faults.js'

/** Something that happened, `at` milliseconds after the network began. Peers are named by their ids. */
export type TraceEvent = { readonly at: number } & (
  | { readonly type: 'join'; readonly peer: string; readonly room: string }
  | { readonly type: 'leave' | 'crash' | 'disconnect' | 'connect' | 'sleep' | 'wake'; readonly peer: string }
  | { readonly type: 'partition'; readonly groups: readonly (readonly string[])[] }
  | { readonly type: 'heal' }
  | { readonly type: 'faults'; readonly faults: Faults }
  | { readonly type: 'advance'; readonly ms: number }
  /** At `from` a link to `to` opened or ended. */
  | { readonly type: 'link' | 'unlink'; readonly from: string; readonly to: string }
  | MessageEvent
)

type MessageEvent = {
  readonly type: 'sent' | 'arrived' | 'dropped' | 'duplicated' | 'overtaken' | 'delayed'
  readonly from: string
  readonly to: string
  /** Which message of SPEC WIRE2, and its length. */
  readonly message: string
  readonly bytes: number
}

type WithoutTime<Event> = Event extends TraceEvent ? Omit<Event, 'at'> : never

/** Writes down what happens. */
export type Note = (event: WithoutTime<TraceEvent>) => void
