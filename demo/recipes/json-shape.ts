/** What can be said of a value that anybody may have written. */

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of an object, none of anything else. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {})

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : []

/** The items of an array that can be read, each rebuilt; none of anything else. */
export const itemsIn = <Item>(value: unknown, read: (item: unknown) => Item | null): readonly Item[] =>
  Array.isArray(value) ? value.map(read).filter(item => item !== null) : []
