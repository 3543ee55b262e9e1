/** Waits for a condition of the real world (a browser, a socket, a process), never for a length of time. */

export type UntilOptions = {
  /** Said when the condition does not come true. A function may say what is the case instead. */
  readonly what: string | (() => string)
  readonly withinMs?: number
}

/**
 * Resolves with the first result of `condition` that is neither false, null nor undefined.
 * @throws Error when there is none within `withinMs` (default 10 s).
 */
export const until = async <T>(
  condition: () => T | false | null | undefined | Promise<T | false | null | undefined>,
  { what, withinMs = 10_000 }: UntilOptions,
): Promise<T> => {
  const deadline = performance.now() + withinMs
  for (;;) {
    const result = await condition()
    if (result !== false && result !== null && result !== undefined) return result
    if (performance.now() > deadline) {
      throw new Error(`Not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`)
    }
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
