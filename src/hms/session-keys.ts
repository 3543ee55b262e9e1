import type { List } from '../store/list.js'
import type { Members } from '../store/members.js'

/** A message that everybody keeps before their eyes. */
export type PinnedMessage = {
  /** The id of the message: pinned twice, by whomever, it is there once. */
  readonly id: string
  /** What is shown; of somebody else's message, as the original has it, `Name: what they said`. */
  readonly text: string
  /** The name of who pinned it: a name can still be read when its owner has left. */
  readonly pinnedBy: string
  /** The user id of who wrote it. */
  readonly authorId?: string
}

/** Whether messages may be sent, and who said so. */
export type ChatState = {
  /** False while the chat is paused. */
  readonly enabled: boolean
  /** Spelled as on the Web; Flutter and Android write `peerID` and `userID`, so one of the two had to go. */
  readonly updatedBy: { readonly peerId: string; readonly userId?: string; readonly userName: string }
  /** Milliseconds since 1970, by the clock of who wrote it. */
  readonly updatedAt: number
}

/** A question with one vote for each voter. The original keeps polls elsewhere, so the shape is ours. */
export type Poll = {
  readonly q: string
  readonly options: readonly string[]
  /** The option that each voter chose, by user id: a field for each, so that votes cast at once all count. */
  readonly votes: Readonly<Record<string, string>>
}

/** A mark on the board; X begins. */
export type Mark = 'X' | 'O'

/**
 * The original has a 3x3 matrix of strings and rewrites it with each move. Two who fill one cell of that at once have a
 * row of four; cells that are fields have one winner.
 */
export type TicTacToe = {
  /** By place, row by row: `0` to `8`. A cell that is empty is not there. */
  readonly cells: Readonly<Record<string, Mark>>
  /** The user ids of those who play. */
  readonly players: Readonly<Partial<Record<Mark, string>>>
}

/**
 * The keys that apps of this kind share, and what is in them: the names and shapes of the original wherever they merge.
 * Lists and members read as JSON arrays. For the type of a room: `joinRoom<SessionKeys & { mine: string }>`.
 */
export type SessionKeys = {
  /**
   * The peer in the centre: `Peer.id`, as the Web and iOS have it (on Android and Flutter it is the id of a track,
   * which nobody else can resolve). An app may put a user id there, if all of its pages do.
   */
  spotlight: string
  /** At most three, the newest. */
  pinnedMessages: List<PinnedMessage>
  /** The user ids of those whose messages nobody is shown: ids that survive a reload, which a peer id does not. */
  chatPeerBlacklist: Members<string>
  /** The ids of the messages that were hidden. */
  chatMessageBlacklist: Members<string>
  chatState: ChatState
  poll: Poll
  ticTacToe: TicTacToe
}
