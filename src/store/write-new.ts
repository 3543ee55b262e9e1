import type { Draft, Spot } from './draft.js'
import { placesAtOnce } from './first-version.js'
import type { Place } from './fold.js'
import { isArray, type Json } from './value.js'

/** Writes a value where none is, with all that hangs below it. */
export function writeNew(draft: Draft, { containers, field }: Spot, value: Json): void {
  if (typeof value !== 'object' || value === null) {
    draft.append(containers, field, { is: 'scalar', scalar: value })
    return
  }
  const kind = isArray(value) ? 'array' : 'object'
  const { container } = draft.append(containers, field, { is: 'container', kind })
  if (!container) return
  if (isArray(value))
    for (const [element, item] of placesAtOnce(value))
      writeNew(draft, { containers: [container], field: element }, item)
  else
    for (const [name, inner] of Object.entries(value))
      writeNew(draft, { containers: [container], field: { on: 'field', name } }, inner)
}

/** Removes every entry of a place that can be seen. What hangs below is left without a name, and is swept on commit. */
export function removePlace(draft: Draft, place: Place): void {
  for (const entry of place.entries) draft.remove(entry)
}
