import type { MembersBody } from './fold.js'
import type { Draft, Spot } from './draft.js'
import { memberName } from './member-name.js'
import type { Json } from './value.js'

/** Whether two items are the same member: then they are no members. */
export const hasEqualItems = (items: readonly Json[]): boolean => new Set(items.map(memberName)).size < items.length

/** Makes members of these values where nothing is. */
export function newMembers(draft: Draft, { containers, field }: Spot, values: readonly Json[]): void {
  const { container } = draft.append(containers, field, { is: 'container', kind: 'members' })
  if (container) for (const name of new Set(values.map(memberName))) addName(draft, [container], name)
}

/** Writes each, also one that is there: so an add wins over a remove at the same time (SPEC MEMBERS2). */
export function addMembers(draft: Draft, { containers, fields }: MembersBody, values: readonly Json[]): void {
  for (const name of new Set(values.map(memberName))) {
    for (const entry of fields.get(name)?.entries ?? []) draft.remove(entry)
    addName(draft, containers, name)
  }
}

export function removeMembers(draft: Draft, { fields }: MembersBody, names: Iterable<string>): void {
  for (const name of names) for (const entry of fields.get(name)?.entries ?? []) draft.remove(entry)
}

/** Makes the members these: only what differs is written. */
export function setMembers(draft: Draft, members: MembersBody, values: readonly Json[]): void {
  const names = new Set(values.map(memberName))
  removeMembers(
    draft,
    members,
    [...members.fields.keys()].filter(name => !names.has(name)),
  )
  for (const name of names) if (!members.fields.has(name)) addName(draft, members.containers, name)
}

const addName = (draft: Draft, containers: Spot['containers'], name: string) =>
  draft.append(containers, { on: 'field', name }, { is: 'scalar', scalar: null })
