import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What the compiler has to say about the project in this folder: nothing, if it compiles. */
export const compile = (folder: string): string => {
  const tsc = join(import.meta.dirname, '../../node_modules/typescript/lib/tsc.js')
  return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout
}
