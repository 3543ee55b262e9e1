import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')

/**
 * Imports each entry point of a package by its own name, as its users do, each in a process of its own. Rejects at
 * the first that fails, or whose types are missing.
 * @param {string} folder the package's folder, from the root
 * @returns {Promise<string[]>} the names
 */
export const checkEntryPoints = async folder => {
  const { name, exports } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  const names = []
  for (const [path, target] of Object.entries(exports)) {
    const entryPoint = `${name}${path.slice(1)}`
    if (target.types !== undefined && !existsSync(join(root, folder, target.types))) {
      throw new Error(`${entryPoint} has no types: ${target.types} was not built`)
    }
    await importInChild(entryPoint)
    names.push(entryPoint)
  }
  return names
}

/** @param {string} entryPoint */
const importInChild = async entryPoint => {
  const attributes = entryPoint.endsWith('.json') ? `, { with: { type: 'json' } }` : ''
  const program = `await import('${entryPoint}'${attributes})`
  const args = ['--no-warnings', '--input-type=module', '--eval', program]
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root })
  } catch (error) {
    throw new Error(`${entryPoint} cannot be imported:\n${error.stderr}`, { cause: error })
  }
}
