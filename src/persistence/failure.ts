/** A failure of our own. Its name is its kind, as with those of IndexedDB. */
export const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name })

/** Passes each kind of cause on once: storage that fails does so again and again. */
export const oncePerKind = (tell: (cause: unknown) => void): ((cause: unknown) => void) => {
  const told = new Set<string>()
  return cause => {
    const kind = cause instanceof Error ? cause.name : typeof cause
    if (told.has(kind)) return
    told.add(kind)
    tell(cause)
  }
}
