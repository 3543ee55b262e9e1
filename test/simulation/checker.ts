import type { Run } from './run.js'

/** One thing that must hold at the end of every run. */
export type Checker = {
  /** A sentence, after the rules of SPEC.md that it proves in brackets: it is the name of the test. */
  readonly name: string
  /** Only every n-th seed is checked, where checking costs much. */
  readonly every?: number
  /** What is wrong, as sentences. Those that go on with the room come last in the catalogue. */
  check(run: Run): readonly string[] | Promise<readonly string[]>
}
