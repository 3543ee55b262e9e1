/** Colours that tell people apart, as angles on the colour wheel. */

/** From an id alone: the colour that its owner gets if it is free. */
export const hueFrom = (peerId: string): number => {
  let hash = 2166136261
  for (const char of peerId) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619)
  return (hash >>> 0) % 360
}

/** Closer than this, two colours are taken for one. */
const leastApart = 32
/** The golden angle: each step lands far from all before. */
const stepAside = 137.5
const mostSteps = 24

/**
 * For people in the order they came: who came first keeps the own colour, who would look like somebody steps aside.
 * It follows from the ids, so every screen paints the same.
 */
export const sharedHues = (peerIds: readonly string[]): ReadonlyMap<string, number> => {
  const hues = new Map<string, number>()
  for (const peerId of peerIds) {
    const candidates = Array.from({ length: mostSteps }, (_, step) => (hueFrom(peerId) + step * stepAside) % 360)
    const room = (hue: number) => Math.min(360, ...[...hues.values()].map(other => angleBetween(hue, other)))
    const free = candidates.find(hue => room(hue) >= leastApart)
    hues.set(peerId, free ?? candidates.sort((a, b) => room(b) - room(a))[0] ?? 0)
  }
  return hues
}

const angleBetween = (a: number, b: number): number => {
  const apart = Math.abs(a - b) % 360
  return Math.min(apart, 360 - apart)
}
