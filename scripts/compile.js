import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')

/** Compiles the library: src to dist. */
export const compileLibrary = () => compile('tsconfig.build.json')

/** Compiles the signaling server and makes its command executable. */
export const compileSignaling = async () => {
  await compile('signaling/tsconfig.json')
  const { bin } = JSON.parse(readFileSync(join(root, 'signaling/package.json'), 'utf8'))
  for (const command of Object.values(bin)) await chmod(join(root, 'signaling', command), 0o755)
}

/** @param {string} project a tsconfig, from the root */
const compile = async project => {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  const tsc = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.tsc)
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', project], { cwd: root })
  } catch (error) {
    throw new Error(`${project} does not compile:\n${error.stdout}${error.stderr}`, { cause: error })
  }
}
