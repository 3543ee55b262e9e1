/** Programs of the system that tests need: where they are, and what to say when they are nowhere. */

import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

export type WantedProgram = {
  /** An environment variable that names one. It is taken before any other, and an error if it names none. */
  readonly variable: string
  /** What it may be called, the best one first. */
  readonly names: readonly string[]
  /** Looked through after PATH: folders, and paths of the program itself. */
  readonly places?: readonly string[]
}

/** Resolves with a path, or null. @throws Error when the variable is set, but not to an executable file. */
export const findInstalled = async ({ variable, names, places = [] }: WantedProgram): Promise<string | null> => {
  const asked = process.env[variable]
  if (asked) {
    if (await isExecutable(asked)) return asked
    throw new Error(`${variable} is ${asked}, which is no executable file`)
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '')
  for (const place of [...folders, ...places]) {
    for (const candidate of [place, ...names.map(name => join(place, name))]) {
      if (await isExecutable(candidate)) return candidate
    }
  }
  return null
}

export const isExecutable = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) return false
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
