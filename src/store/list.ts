import type { Draft, Spot } from './draft.js'
import type { Body, Element, ListBody, Place } from './fold.js'
import { checkWhole, mismatch, type KeyEditor } from './key-editor.js'
import { arrange, moveTo, removeElement, removeSurplus } from './list-write.js'
import { toMembers } from './member-name.js'
import { isArray, type Json } from './value.js'

/**
 * A list whose elements keep who they are: concurrent pushes and inserts all survive, a moved element stays one
 * (SPEC LIST, MERGE4 to MERGE7). Indices are those that this peer sees. Every call throws `type-mismatch` while the
 * key holds another kind of value, and `invalid-option` for an index that is not there.
 */
export type List<Item = Json> = {
  /** Empty if the key is not set. */
  readonly items: readonly Item[]
  push(...items: Item[]): void
  insert(index: number, ...items: Item[]): void
  remove(index: number, count?: number): void
  /** Puts the element at `from` to index `to`, counted without it. */
  move(from: number, to: number): void
}

export type ListOptions = {
  /** The most elements there may be: the oldest go. It is a field of the list, so it holds for everybody (SPEC LIST2). */
  readonly max?: number
}

export function createList(editor: KeyEditor, { max }: ListOptions = {}): List {
  if (max !== undefined) checkWhole('max', max, 1, Number.MAX_SAFE_INTEGER)

  const listIn = (body: Body): ListBody => {
    if (body.is !== 'list') throw mismatch(editor.key, 'list', body)
    return body
  }
  const elements = (place: Place | undefined) => (place ? listIn(place.winner.body).elements : [])

  const insert = (index: number | null, items: readonly Json[]) =>
    editor.edit((draft, spot, place) => {
      const before = elements(place)
      const at = index ?? before.length
      checkWhole('index', at, 0, before.length)
      if (items.length === 0) return
      const list = place ? listIn(place.winner.body) : newList(draft, spot)
      const slots: Slot[] = before.map(element => ({ element, item: element.place.winner.value }))
      slots.splice(at, 0, ...items.map(item => ({ element: null, item })))
      write(draft, list, slots)
    })

  const write = (draft: Draft, list: ListBody, slots: readonly Slot[]) => {
    removeSurplus(draft, list)
    arrange(
      draft,
      list,
      slots.map(({ element }) => element),
      slots.map(({ item }) => item),
    )
    bound(draft, list)
  }

  const bound = (draft: Draft, list: ListBody) => {
    if (max === undefined || list.max?.winner.value === max) return
    for (const entry of list.max?.entries ?? []) draft.remove(entry)
    draft.append(list.containers, { on: 'field', name: 'max' }, { is: 'scalar', scalar: max })
  }

  return {
    get items() {
      const place = editor.place()
      if (place) listIn(place.winner.body)
      return place && isArray(place.winner.value) ? place.winner.value : []
    },
    push: (...items) => insert(null, toMembers(items)),
    insert: (index, ...items) => insert(index, toMembers(items)),
    remove: (index, count = 1) =>
      editor.edit((draft, _, place) => {
        const before = elements(place)
        checkWhole('index', index, 0, before.length)
        checkWhole('count', count, 0, before.length - index)
        if (!place || count === 0) return
        const list = listIn(place.winner.body)
        removeSurplus(draft, list)
        for (const element of before.slice(index, index + count)) removeElement(draft, element)
        bound(draft, list)
      }),
    move: (from, to) =>
      editor.edit((draft, _, place) => {
        const before = elements(place)
        checkWhole('from', from, 0, before.length - 1)
        checkWhole('to', to, 0, before.length - 1)
        const moved = before[from]
        if (!place || !moved || from === to) return
        const order: (Element | null)[] = before.filter(element => element !== moved)
        order.splice(to, 0, null)
        const list = listIn(place.winner.body)
        removeSurplus(draft, list)
        moveTo(draft, list, order, moved)
        bound(draft, list)
      }),
  }
}

/** A place in the list as it shall be: an element that is there, or a new item. */
type Slot = { readonly element: Element | null; readonly item: Json }

function newList(draft: Draft, { containers, field }: Spot): ListBody {
  const { container } = draft.append(containers, field, { is: 'container', kind: 'list' })
  return {
    is: 'list',
    containers: container ? [container] : [],
    isMadeByHandle: true,
    elements: [],
    surplus: [],
    max: undefined,
    strays: [],
  }
}
