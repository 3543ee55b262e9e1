/** Names that people can say: for a room that nobody has named, and for a guest who has not said theirs. */

const moods =
  'amber brisk calm candid cosy deft early gentle glad hazy keen kind late mellow quiet ruddy snug sunny warm wry'
const animals =
  'badger crane dormouse egret ferret finch gecko hare heron lynx marten newt otter owl plover robin seal stoat tern wren'
const places =
  'alcove attic bank bay cabin cove dale dell fen ford glade grove heath hill hollow isle lane moor nook pier'

const pick = (words: string): string => {
  const list = words.split(' ')
  return list[Math.floor(Math.random() * list.length)] ?? words
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** For instance `gentle-otter-cove`: 8,000 of them, plenty for rooms that last an afternoon. */
export const randomRoomName = (): string => [moods, animals, places].map(pick).join('-')

/** For instance `Gentle Otter`. */
export const randomPersonName = (): string => [moods, animals].map(pick).map(capital).join(' ')
