import { toJson, type Json } from './value.js'

/** How a member is known: the JSON of its value, which has its fields in code unit order (SPEC MEMBERS1). */
export const memberName = (value: Json): string => JSON.stringify(value)

/** The member of a name, undefined for what is not the name of one, as no honest peer writes it. */
export function memberOf(name: string): Json | undefined {
  try {
    const [value] = toMembers([JSON.parse(name)])
    return value !== undefined && memberName(value) === name ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Frozen copies of what an app hands in. Unlike at the top of a key, null is a value here.
 * @throws SessionError `invalid-value`
 */
export const toMembers = (values: readonly unknown[]): readonly Json[] => toJson(values) as readonly Json[]
