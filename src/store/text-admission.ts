import * as Y from 'yjs'

/** The one root of a text's document. */
export const textName = 'text'

/** What a document may take at the most for local edits (SPEC TEXT6), and of what others send (SPEC TEXT5). */
export const maxHistoryBytes = 256 * 1024
export const maxDocumentBytes = 16 * maxHistoryBytes
/** What all documents together may take for local edits: all of them travel in one answer to who asks for state. */
export const maxTextsBytes = 16 * maxHistoryBytes

/**
 * Why no honest peer could have sent this as an update of a text, or null (SPEC TEXT5). Depends on the bytes alone.
 * What was deleted may have been anything: it is not seen.
 */
export function textFault(update: Uint8Array): string | null {
  let decoded: ReturnType<typeof Y.decodeUpdate>
  try {
    decoded = Y.decodeUpdate(update)
  } catch {
    return 'not a Yjs update of a text'
  }
  const ends = new Map<number, number>()
  let last = 0
  for (const struct of decoded.structs) {
    const { client, clock } = struct.id
    // Yjs would take only the last of several parts of one client, and an empty struct breaks its search for places.
    if (struct.length === 0 || clock !== (ends.get(client) ?? clock) || (ends.has(client) && client !== last))
      return 'a text in several parts, or with nothing in one'
    if (!Number.isSafeInteger(clock + struct.length)) return 'a clock out of range'
    ends.set((last = client), clock + struct.length)
    if (struct instanceof Y.Item && !isPlaced(struct)) return 'what cannot be in a text'
  }
  return null
}

function isPlaced({ id, origin, rightOrigin, parent, parentSub, content }: Y.Item): boolean {
  const isLater = (other: Y.ID | null) => other?.client === id.client && other.clock >= id.clock
  if (isLater(origin) || isLater(rightOrigin)) return false
  if (content instanceof Y.ContentDeleted) return true
  const isTyped =
    content instanceof Y.ContentString || content instanceof Y.ContentFormat || content instanceof Y.ContentEmbed
  // What follows or precedes something has its parent, which is not written then.
  const isInText = (parent as unknown) === textName || (parent === null && (origin ?? rightOrigin) !== null)
  return isTyped && isInText && parentSub === null
}
