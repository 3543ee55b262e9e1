import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readCommand } from '../src/command-line.js'
import { createMetrics } from '../src/metrics.js'
import { brokenFrames, closeReasons, drops, refusals } from '../src/rejections.js'
import { flagOf, settingNames, settingOf, settingsTable, variableOf } from '../src/settings-table.js'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const deployed = readdirSync(join(root, 'signaling/deploy'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name !== '.env')
  .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
const operating = 'docs/operating.md'

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

  test.each([
    ['compose', ['compose.yaml']],
    ['Kubernetes', ['kubernetes/settings.yaml', 'kubernetes/secret.example.yaml']],
  ])('[SIG80] what the files of %s set can be used, once its gaps are filled', (_, paths) => {
    const lines = paths.flatMap(path => [...read(`signaling/deploy/${path}`).matchAll(/^ +(HEARTH_\w+): (.+)$/gm)])
    const filled = ([, name = '', said = '']: RegExpExecArray): [string, string] => {
      const value = said.replace(/^'(.*)'$/, '$1').replaceAll(/\$\{TURN_HOST[^}]*\}/g, 'turn.example')
      return [name, /^$|^\$\{/.test(value) && name.endsWith('SECRET') ? 'x'.repeat(32) : value.replace(/\$\{.*\}/, '')]
    }
    const command = readCommand(['--print-config'], Object.fromEntries(lines.map(filled)))
    expect(command.do === 'print' && command.text.match(/ HEARTH_\w+$/gm)?.length).toBeGreaterThan(5)
  })

  test('[SIG80] .env.example has each variable that compose.yaml asks for, and no other', () => {
    const asked = read('signaling/deploy/compose.yaml').match(/(?<=[^$]\$\{)\w+/g) ?? []
    const given = read('signaling/deploy/.env.example').match(/^\w+(?==)/gm) ?? []
    expect([...given].sort()).toEqual([...new Set(asked)].sort())
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
