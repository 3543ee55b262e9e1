import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from './support/serve.js'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const dockerfile = read('signaling/Dockerfile')
const [, ...stages] = dockerfile.split(/^FROM /m)

/** What the stage copies from the repository, and where to. */
const copiesOf = (stage: string): { from: string[]; to: string }[] =>
  [...stage.matchAll(/^COPY (?!--from)(.+)$/gm)].map(([, paths = '']) => {
    const from = paths.split(' ')
    return { to: from.pop() ?? '', from }
  })

/** A command of the Dockerfile that no shell reads. */
const execForm = (pattern: RegExp): string[] => JSON.parse(pattern.exec(dockerfile)?.[1] ?? '[]') as string[]

test('[SIG82] .dockerignore lets in all that is copied, and it is there', () => {
  const allowed = read('.dockerignore').match(/(?<=^!).+$/gm) ?? []
  const copied = stages.flatMap(copiesOf).flatMap(({ from }) => from)
  expect(copied.length).toBeGreaterThan(5)
  for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true)
  expect(new Set(copied)).toEqual(new Set(allowed))
})

test('[SIG82] what is copied compiles, and the entry point starts and stops', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-image-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { from, to } of copiesOf(stages[0] ?? '')) {
    for (const path of from) {
      // A folder is named as what it becomes; a file, as the folder that it goes into.
      const target = to.endsWith('/') ? join(to, basename(path)) : to
      await cp(join(root, path), join(folder, target), { recursive: true })
    }
  }
  const project = /^RUN npx --no-install tsc -p (\S+)$/m.exec(dockerfile)?.[1] ?? ''
  await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', project], { cwd: folder })

  const [command = '', entry = ''] = execForm(/^ENTRYPOINT (\[.+\])$/m)
  expect([command, entry.startsWith('/app/')]).toEqual(['node', true])
  const server = spawn(process.execPath, [join(folder, entry.slice('/app/'.length))], {
    env: { ...process.env, PORT: '0' },
    cwd: tmpdir(),
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  const lines = createInterface(server.stdout)
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?]
  const url = /ws:\S+/.exec(line ?? '')?.[0]
  expect(url).toBeDefined()
  // Once it answers it is ready for a signal, too.
  expect((await fetch(`${url?.replace('ws', 'http')}/healthz`)).status).toBe(200)
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test('[SIG82] its health check is content with a server, and with nothing else', async () => {
  const [, ...args] = execForm(/^\s+CMD (\[.+\])$/m)
  const check = async (port: number): Promise<number | null> => {
    const child = spawn(process.execPath, args, { env: { ...process.env, PORT: String(port) } })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }
  const { server } = await serve()
  expect(await check(server.port)).toBe(0)
  await server.close()
  expect(await check(server.port)).toBe(1)
})

test('[SIG82] nothing in it is root’s, and no shell stands before the server', () => {
  const last = stages.at(-1) ?? ''
  expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
  expect(last.indexOf('USER')).toBeLessThan(last.indexOf('ENTRYPOINT ['))
  expect(last).not.toMatch(/^RUN /m)
})
