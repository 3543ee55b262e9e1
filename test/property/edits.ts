import type { Json } from './oracle.js'
import { idOfItem, isObject } from './rewrite.js'

/** What an app does to a value: reads it, makes another of it, and sets that. Numbers are taken modulo what is there. */
export type Edit =
  | { readonly edit: 'replace'; readonly value: Json }
  | { readonly edit: 'remove' }
  | { readonly edit: 'field'; readonly name: string; readonly value: Json }
  | { readonly edit: 'fields'; readonly values: { readonly [name: string]: Json } }
  | { readonly edit: 'push' | 'unshift'; readonly items: readonly Json[] }
  | { readonly edit: 'insert'; readonly at: number; readonly items: readonly Json[] }
  | { readonly edit: 'take'; readonly at: number; readonly count: number }
  | { readonly edit: 'move'; readonly from: number; readonly to: number }
  | { readonly edit: 'reverse' | 'sort' }
  | { readonly edit: 'duplicate'; readonly at: number }
  | { readonly edit: 'by-id'; readonly id: string | number; readonly name: string; readonly value: Json }

/** Applies an edit some steps down in a value. undefined removes the key. */
export function applyEdit(value: Json | null, path: readonly number[], edit: Edit): Json | undefined {
  const [step, ...rest] = path
  if (step === undefined) return applyHere(value, edit)
  if (Array.isArray(value) && value.length > 0) {
    const items = value as readonly Json[]
    const at = step % items.length
    const inner = applyEdit(items[at] ?? null, rest, edit)
    return items.flatMap((item, i) => (i !== at ? [item] : inner === undefined ? [] : [inner]))
  }
  if (isObject(value ?? undefined)) {
    const fields = Object.entries(value ?? {})
    const at = step % Math.max(fields.length, 1)
    if (fields.length > 0)
      return Object.fromEntries(
        fields.flatMap(([name, item], i) => {
          const inner = i === at ? applyEdit(item, rest, edit) : item
          return inner === undefined ? [] : [[name, inner]]
        }),
      )
  }
  return applyHere(value, edit)
}

/** What a list edit finds where there is no list: something to begin with. */
const firstItems: readonly Json[] = [1, { id: 'p', x: 1 }, { x: 1, y: 2 }, 1]

function applyHere(value: Json | null, edit: Edit): Json | undefined {
  const items = Array.isArray(value) ? (value as readonly Json[]) : firstItems
  const index = (at: number) => at % (items.length + 1)
  switch (edit.edit) {
    case 'replace':
      return edit.value
    case 'remove':
      return undefined
    case 'field':
      return isObject(value ?? undefined)
        ? { ...(value as object), [edit.name]: edit.value }
        : { [edit.name]: edit.value }
    case 'fields':
      return isObject(value ?? undefined) ? { ...(value as object), ...edit.values } : edit.values
    case 'push':
      return [...items, ...edit.items]
    case 'unshift':
      return [...edit.items, ...items]
    case 'insert':
      return items.toSpliced(index(edit.at), 0, ...edit.items)
    case 'take':
      return items.toSpliced(index(edit.at), edit.count)
    case 'move': {
      const taken = items.slice(index(edit.from), index(edit.from) + 1)
      return items.toSpliced(index(edit.from), 1).toSpliced(index(edit.to), 0, ...taken)
    }
    case 'reverse':
      return items.toReversed()
    case 'sort':
      return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    case 'duplicate':
      return [...items, ...items.slice(index(edit.at), index(edit.at) + 1)]
    case 'by-id':
      return items.map(item =>
        isObject(item) && idOfItem(item) === JSON.stringify(edit.id) ? { ...item, [edit.name]: edit.value } : item,
      )
  }
}
