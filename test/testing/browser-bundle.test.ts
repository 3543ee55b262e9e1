import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** A page's program: two rooms, a write, what the other reads. */
const program = `
  import { createNetwork } from './src/testing/index.ts'
  globalThis.result = (async () => {
    const network = createNetwork({ seed: 1 })
    const [a, b] = [await network.join({ room: 'page' }), await network.join({ room: 'page' })]
    a.store.set('topic', 'Food?')
    await network.advance(1000)
    return b.store.get('topic')
  })()`

/** What every browser has, timers left out, but for the interval that a y-protocols Awareness begins and we end. */
const page = () => {
  const { MessageChannel, TextEncoder, TextDecoder, URL, crypto, performance, queueMicrotask, structuredClone } =
    globalThis
  const globals = {
    MessageChannel,
    TextEncoder,
    TextDecoder,
    URL,
    crypto,
    performance,
    queueMicrotask,
    structuredClone,
  }
  return createContext({ ...globals, setInterval: () => 0, clearInterval: () => {} })
}

test('[TEST8] it runs in a page, without a timer', async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: new URL('../..', import.meta.url).pathname },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    write: false,
  })
  const context = page()
  runInContext(outputFiles[0]?.text ?? '', context)
  expect(await context['result']).toBe('Food?')
})
