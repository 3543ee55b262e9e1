import type { Group, Id, Place } from './oracle.js'
import type { Tree } from './tree.js'

/**
 * No accepted write disappears unless something that saw it took its place: which of these entries went without
 * need, going by nothing but the values before and after one `set` of a key.
 */
export function lostWithoutNeed(before: Tree, after: Tree, gone: ReadonlySet<Id>): Id[] {
  const places = new Map([...spots(after)].map(({ path, place }) => [path, place]))
  return [...spots(before)].flatMap(({ path, place, group, isKey, isElement }) => {
    const ids = group.entries.map(({ id }) => id).filter(id => gone.has(id))
    const now = places.get(path)
    if (ids.length === 0 || !now) return []
    const isWinner = group === place.winner
    // An element can be removed and another inserted under its key, where MERGE9 has it that it is not the same.
    const isOther = isElement && now.entries.every(({ id }) => !place.entries.some(entry => entry.id === id))
    const isSameKind = isContainer(group) && now.winner.top.says.is === group.top.says.is
    if (isWinner && isSameKind && !isOther) return ids
    const isOverwritten = JSON.stringify(now.winner.value) !== JSON.stringify(place.winner.value)
    const isSettled = isKey && place.rivals.length > 0
    return isOverwritten || isSettled ? [] : ids
  })
}

const isContainer = ({ top }: Group): boolean => top.says.is !== 'scalar'

type Spot = {
  readonly path: string
  readonly place: Place
  readonly group: Group
  readonly isKey: boolean
  readonly isElement: boolean
}

/** Every group that can be seen or is in conflict with one that can. What hangs below a rival goes with it. */
function* spots(tree: Tree): Generator<Spot> {
  const places = [...tree].map(([key, place]) => ({
    path: JSON.stringify([key]),
    place,
    isKey: true,
    isElement: false,
  }))
  for (const { path, place, isKey, isElement } of places) {
    for (const group of [place.winner, ...place.rivals]) yield { path, place, group, isKey, isElement }
    const { top, fields, elements } = place.winner
    // The base of a counter is written anew also where it is that number already (COUNTER3).
    for (const [name, inner] of top.says.is === 'counter' ? [] : fields)
      places.push({ path: `${path}.${name}`, place: inner, isKey: false, isElement: false })
    for (const { key, place: inner } of elements)
      places.push({ path: `${path}[${key}]`, place: inner, isKey: false, isElement: true })
  }
}
