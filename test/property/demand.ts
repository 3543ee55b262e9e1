/** Throws unless the store wrote what SPEC says. */
export function demand(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Error(`The store wrote something else than SPEC says. Expected: ${rule}`)
}
