import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from './support/client.js'
import { cloneRepository } from './support/clone.js'

test('[SIG31] npm start serves demo and signaling from a clone, and stops', { timeout: 60_000 }, async () => {
  const clone = await cloneRepository()
  onTestFinished(() => clone.remove())
  const env = { ...process.env, PORT: '0' }
  const child = spawn(process.execPath, ['scripts/start.js'], {
    cwd: clone.folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))

  const urls: URL[] = []
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) urls.push(new URL(url))
    if (line.includes('no local network') || urls.length === 2) break
  }
  const [here, network] = urls
  expect(here?.hostname).toBe('localhost')
  const outside = Object.values(networkInterfaces()).flatMap(found => found ?? [])
  const addresses = outside
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  if (addresses.length > 0) expect(addresses).toContain(network?.hostname)

  for (const url of urls) {
    const page = await fetch(url)
    expect(await page.text()).toContain('./main.js')
    for (const file of ['main.js', 'main.css']) expect((await fetch(new URL(file, url))).status).toBe(200)
    const client = await connect(url.origin.replace('http', 'ws'))
    expect(await client.received()).toEqual([])
  }

  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})
