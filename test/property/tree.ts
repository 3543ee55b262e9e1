import type { Element, Group, Id, Place, Write } from './oracle.js'

/** What the keys that are set hold. */
export type Tree = ReadonlyMap<string, Place>

/** Every list that can be seen, or that is in conflict with something that can. */
export function* listsIn(tree: Tree): Generator<Group> {
  for (const group of groupsIn(tree)) if (group.top.says.is === 'list') yield group
}

/** Every entry that the tree rests on. */
export function idsIn(tree: Tree): Set<Id> {
  const ids = new Set<Id>()
  for (const { entries, elements, hidden, tallies, baselines } of groupsIn(tree)) {
    const moves = [...elements, ...hidden].flatMap(element => element.moves)
    for (const { id } of [...entries, ...moves, ...tallies, ...baselines]) ids.add(id)
  }
  return ids
}

export function* groupsIn(tree: Tree): Generator<Group> {
  for (const { winner, rivals } of placesIn(tree)) yield* [winner, ...rivals]
}

export function* placesIn(tree: Tree): Generator<Place> {
  const places = [...tree.values()]
  for (const place of places) {
    yield place
    for (const { fields, elements, hidden } of [place.winner, ...place.rivals])
      places.push(...fields.values(), ...[...elements, ...hidden].map(element => element.place))
  }
}

/** A tree as text: what is where, in what order, and which entries say so. */
export function outline(tree: Tree, names: ReadonlyMap<Id, Id> = new Map()): string {
  const idsOf = (entries: readonly Write[]) => entries.map(({ id }) => names.get(id) ?? id).sort()
  const ofElement = ({ place }: Element) => ofPlace(place)
  const ofGroup = ({ entries, value, fields, elements, hidden, tallies, baselines }: Group): unknown => [
    idsOf(entries),
    entries[0]?.says.is === 'scalar' ? value : [...fields].map(([name, place]) => [name, ofPlace(place)]),
    elements.map(ofElement),
    hidden.map(ofElement),
    [idsOf(tallies), idsOf(baselines)],
  ]
  const ofPlace = ({ winner, rivals }: Place): unknown => [ofGroup(winner), rivals.map(ofGroup)]
  return JSON.stringify([...tree].map(([key, place]) => [key, ofPlace(place)]))
}
