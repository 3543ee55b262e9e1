import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from './support/client.js'
import { serve } from './support/serve.js'

const page = '<!doctype html><title>Hearth</title>'

/** A server with a folder of files, and one request to it as raw as it is given. */
const serveFiles = async () => {
  const parent = await mkdtemp(join(tmpdir(), 'hearth-static-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  const staticDirectory = join(parent, 'public')
  await mkdir(join(staticDirectory, 'sub'), { recursive: true })
  await writeFile(join(staticDirectory, 'index.html'), page)
  await writeFile(join(staticDirectory, 'sub', 'main.js'), 'export {}')
  await writeFile(join(staticDirectory, '.secret'), 'secret')
  await writeFile(join(parent, 'outside.txt'), 'secret')
  const { server } = await serve({ staticDirectory })

  /** The whole answer, head and body, until the server closes. */
  const request = async (requestLine: string, ...headers: string[]): Promise<string> => {
    const socket = connectTcp(server.port, 'localhost')
    socket.on('error', () => undefined)
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    socket.write([`${requestLine} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '\r\n'].join('\r\n'))
    await once(socket, 'close')
    return Buffer.concat(chunks).toString()
  }
  return { server, staticDirectory, request }
}

test('[SIG29] without a static folder every request is answered okay', async () => {
  const { server } = await serve()
  const response = await fetch(`http://localhost:${server.port}/any/path?at=all`)
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('okay')
})

test('[SIG29] the files of a folder are served, an index for its folder', async () => {
  const { request } = await serveFiles()
  const index = await request('GET /?room=standup')
  expect(index).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  expect(index).toContain('text/html')
  expect(index).toContain('nosniff')
  expect(index).toContain(page)
  expect(await request('GET /sub/main.js')).toContain('export {}')
  const head = await request('HEAD /')
  expect(head).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  expect(head).not.toContain(page)
  expect(await request('GET /', 'Range: bytes=2-8')).toMatch(/^HTTP\/1.1 206 [^]*\r\n\r\ndoctype$/)
})

test.each([
  '/.secret',
  '/../outside.txt',
  '/..%2foutside.txt',
  '/sub/../../outside.txt',
  '/%2e%2e/outside.txt',
  '//etc/passwd',
  '/no/such/file',
  '/%00',
  '/%ff',
])('[SIG29] GET %s finds nothing', async path => {
  const { request } = await serveFiles()
  const answer = await request(`GET ${path}`)
  expect(answer).toMatch(/^HTTP\/1.1 404 /)
  expect(answer).not.toContain('secret')
})

test.each(['POST', 'DELETE', 'OPTIONS'])('[SIG29] %s is not allowed', async method => {
  const { request } = await serveFiles()
  expect(await request(`${method} /`)).toMatch(/^HTTP\/1.1 405 /)
})

test.each([
  ['GET /', 'Range: bytes=9-3'],
  ['GET /', 'Range: bytes=-1--5'],
  ['GET /', 'Range: bytes=99999999999999999999-'],
  ['GET /', 'Range: nonsense'],
  ['GET __proto__', ''],
  ['GET constructor', ''],
  ['OPTIONS *', ''],
  ['GET http://[', ''],
])('[SIG16] %s with %j ends nothing but its own connection', async (requestLine, header) => {
  const { request } = await serveFiles()
  await request(requestLine, ...(header === '' ? [] : [header]))
  expect(await request('GET /')).toContain(page)
})

test('[SIG16] a file that has gone since the start ends nothing but its own connection', async () => {
  const { request, staticDirectory } = await serveFiles()
  await rm(join(staticDirectory, 'sub', 'main.js'))
  expect(await request('GET /sub/main.js')).not.toContain('export {}')
  expect(await request('GET /')).toContain(page)
})

test.each(['', '/', '/any/path?token=x', '/index.html'])('[SIG29] a WebSocket is taken at "%s"', async path => {
  const { server } = await serveFiles()
  const client = await connect(`${server.url}${path}`)
  expect(await client.received()).toEqual([])
})
