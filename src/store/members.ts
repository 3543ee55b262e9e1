import type { Body } from './fold.js'
import { mismatch, type KeyEditor } from './key-editor.js'
import { memberName, toMembers } from './member-name.js'
import { addMembers, hasEqualItems, newMembers, removeMembers } from './members-write.js'
import { isArray, type Json } from './value.js'
import { removePlace } from './write-new.js'

/**
 * A set of JSON values, equal ones being one. To add wins over a remove at the same time (SPEC MEMBERS). Every call
 * throws `type-mismatch` while the key holds another kind of value.
 */
export type Members<Value = Json> = {
  /** By code unit of their JSON, the same order on every replica; empty if the key is not set. */
  readonly values: readonly Value[]
  has(value: Value): boolean
  add(...values: Value[]): void
  remove(...values: Value[]): void
}

export function createMembers(editor: KeyEditor): Members {
  const valuesOf = (body: Body, value: Json): readonly Json[] => {
    const isConvertible = body.is === 'list' && !body.isMadeByHandle && isArray(value) && !hasEqualItems(value)
    if (body.is !== 'members' && !isConvertible) throw mismatch(editor.key, 'members', body)
    return isArray(value) ? value : []
  }
  const values = () => {
    const place = editor.place()
    return place ? valuesOf(place.winner.body, place.winner.value) : []
  }

  /** `change` may also be the first write to what `set` made. */
  const write = (added: readonly Json[], removed: readonly Json[]) =>
    editor.edit((draft, spot, place) => {
      const before = place ? valuesOf(place.winner.body, place.winner.value) : []
      const gone = new Set(removed.map(memberName))
      if (place?.winner.body.is === 'members') {
        removeMembers(draft, place.winner.body, gone)
        addMembers(draft, place.winner.body, added)
        return
      }
      if (added.length === 0 && !before.some(value => gone.has(memberName(value)))) return
      if (place) removePlace(draft, place)
      newMembers(draft, spot, [...before.filter(value => !gone.has(memberName(value))), ...added])
    })

  return {
    get values() {
      return values()
    },
    has: value => {
      const names = new Set(values().map(memberName))
      return toMembers([value]).some(member => names.has(memberName(member)))
    },
    add: (...added) => write(toMembers(added), []),
    remove: (...removed) => write([], toMembers(removed)),
  }
}
