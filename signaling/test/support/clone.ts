import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const copied = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts', 'src', 'demo', 'signaling']

/** A copy of the repository with its packages and without anything built, so that building it disturbs nobody. */
export const cloneRepository = async (): Promise<{ folder: string; remove(): Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-clone-'))
  const built = join(root, 'signaling/dist')
  for (const name of copied) {
    await cp(join(root, name), join(folder, name), { recursive: true, filter: path => !path.startsWith(built) })
  }
  await mkdir(join(folder, 'node_modules'))
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name === 'hearth-signaling' || name.startsWith('.')) continue
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await symlink(join(folder, 'signaling'), join(folder, 'node_modules/hearth-signaling'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
