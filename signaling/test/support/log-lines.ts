import type { LogDestination } from '../../src/index.js'

/** Keeps what is logged. */
export const keepLog = () => {
  const text: string[] = []
  const destination: LogDestination = { write: line => void text.push(line) }
  return {
    destination,
    /** All of it, to look for what must not be in there. */
    text: () => text.join(''),
    lines: () => text.map(line => JSON.parse(line) as Record<string, unknown>),
  }
}
