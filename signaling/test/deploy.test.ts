import { spawn, execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../src/metrics.js'
import { brokenFrames, closeReasons, drops, refusals } from '../src/rejections.js'
import { flagOf, settingNames, settingOf, settingsTable, variableOf } from '../src/settings-table.js'
import { serve } from './support/serve.js'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const deployed = readdirSync(join(root, 'signaling/deploy'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name !== '.env')
  .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
const operating = 'docs/operating.md'
const dockerfile = read('signaling/Dockerfile')

describe('what the files name', () => {
  test.each([...deployed, 'signaling/Dockerfile', operating])('[SIG80] every setting in %s is in the table', path => {
    const variables = read(path).match(/\bHEARTH_[A-Z_]+/g) ?? []
    const known = new Set(settingNames.map(variableOf))
    expect(variables.filter(name => !known.has(name))).toEqual([])
  })

  test('[SIG80] every flag of our command on the operator’s page is in the table', () => {
    const commands = read(operating).match(/hearth-signaling( +(\\\n +)?[^\s`]+)+/g) ?? []
    const flags = commands.flatMap(command => command.match(/(?<=\s)--[a-z-]+/g) ?? [])
    const known = new Set([...settingNames.map(name => `--${flagOf(name)}`), '--print-config', '--help', '--prefix'])
    expect(flags).toContain('--trust-proxy')
    expect(flags.filter(flag => !known.has(flag))).toEqual([])
  })

  test('[SIG80] no file has a secret in it: what is secret comes from variables, or is empty', () => {
    const secrets = deployed.flatMap(path =>
      [...read(path).matchAll(/^[ \t]*[\w-]*(?:secret|password)[ \t]*[:=][ \t]*(.*)$/gim)].map(
        ([, value = '']) => value,
      ),
    )
    expect(secrets.length).toBeGreaterThan(4)
    expect(secrets.filter(value => !/^(''|\$\{\w+(:-|:\?[^}]*)?\})?$/.test(value))).toEqual([])
  })
})

describe('how long a stop may take', () => {
  const closeMs = settingsTable.closeTimeoutMs.fallback
  const seconds = (path: string, pattern: RegExp): number => Number(pattern.exec(read(path))?.[1])
  const drainMs = (path: string): number => seconds(path, /HEARTH_DRAIN_MS: '(\d+)'/)

  test('[SIG81] compose waits for longer than a drain', () => {
    const path = 'signaling/deploy/compose.yaml'
    expect(seconds(path, /stop_grace_period: (\d+)s/) * 1000).toBeGreaterThan(drainMs(path) + closeMs)
  })

  test('[SIG81] systemd waits for longer than a drain', () => {
    const path = 'signaling/deploy/hearth-signaling.service'
    const drain = settingsTable.drainMs.fallback
    expect(seconds(path, /^TimeoutStopSec=(\d+)$/m) * 1000).toBeGreaterThan(drain + closeMs)
  })

  test('[SIG81] Kubernetes waits for longer than its balancers and a drain', () => {
    const path = 'signaling/deploy/kubernetes/deployment.yaml'
    const preStop = seconds(path, /command: \[sleep, '(\d+)'\]/)
    const drain = drainMs('signaling/deploy/kubernetes/settings.yaml')
    const grace = seconds(path, /terminationGracePeriodSeconds: (\d+)/)
    expect(grace * 1000).toBeGreaterThan(preStop * 1000 + drain + closeMs)
  })

  test.each([operating, 'signaling/deploy/kubernetes/ingress.yaml'])(
    '[SIG81] the proxies of %s wait for longer than the server does between two pings',
    path => {
      const timeouts = [...read(path).matchAll(/proxy.(?:read|send).timeout:? '?(\d+)/g)]
      expect(timeouts.length).toBeGreaterThan(0)
      for (const [, timeout] of timeouts)
        expect(Number(timeout) * 1000).toBeGreaterThan(settingsTable.heartbeatMs.fallback)
    },
  )
})

/** What the stage copies from the repository, and where to. */
const copiesOf = (stage: string): { from: string[]; to: string }[] =>
  [...stage.matchAll(/^COPY (?!--from)(.+)$/gm)].map(([, paths = '']) => {
    const from = paths.split(' ')
    return { to: from.pop() ?? '', from }
  })

describe('the image', () => {
  const [, ...stages] = dockerfile.split(/^FROM /m)

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
})

/** A command of the Dockerfile that no shell reads. */
const execForm = (pattern: RegExp): string[] => JSON.parse(pattern.exec(dockerfile)?.[1] ?? '[]') as string[]

describe('the operator’s page', () => {
  test('[SIG83] its limits are those of the table, with their defaults, and none is missing', () => {
    const rows = [...read(operating).matchAll(/^\| `(HEARTH_\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
      name,
      value,
    ])
    const isLimit = (name: string): boolean =>
      /^(max|points)|^(heartbeat|handshakeTimeout|closeTimeout|drain)Ms$/.test(name)
    const limits = settingNames.filter(isLimit).map(name => [variableOf(name), String(settingOf(name).fallback)])
    expect(rows.sort()).toEqual(limits.sort())
  })

  test('[SIG83] its alerts ask for metrics that there are, and for reasons that are given', async () => {
    const metrics = createMetrics({ sockets: () => 0, rooms: () => 0, isReady: () => true })
    onTestFinished(() => metrics.close())
    const page = await metrics.page()
    const named = read(operating).match(/\b(signaling|process)_[a-z_]+/g) ?? []
    expect(named).toContain('signaling_ready')
    for (const name of named) expect(page, name).toContain(`# TYPE ${name} `)

    const reasons = new Set(Object.keys({ ...refusals, ...closeReasons, ...brokenFrames, ...drops }))
    const asked = [...read(operating).matchAll(/reason=~?"([^"]+)"/g)].flatMap(([, names = '']) => names.split('|'))
    expect(asked.length).toBeGreaterThan(4)
    expect(asked.filter(reason => !reasons.has(reason))).toEqual([])
  })

  test('[SIG83] every rule that it names is in SPEC.md, and every file that it leads to is there', () => {
    const rules = read(operating).match(/\b(LINK|SIG|SYNC)\d+/g) ?? []
    const spec = read('SPEC.md')
    expect(rules.length).toBeGreaterThan(5)
    expect(rules.filter(rule => !spec.includes(`- **${rule}** `))).toEqual([])
    const links = [...read(operating).matchAll(/\]\((?!http|#)([^)#]+)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(path => !existsSync(join(root, 'docs', path)))).toEqual([])
  })
})
