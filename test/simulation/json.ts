export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json }

export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value)

export const isObject = (value: unknown): value is { readonly [field: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value)

export const sameJson = (a: unknown, b: unknown): boolean => sorted(a) === sorted(b)

/** JSON with the fields of objects in order. */
export const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
