import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameReader, maxFrameBytes, packFrames } from '../../src/wire/frames.js'

const bytes = (length: number, fill = 7) => new Uint8Array(length).fill(fill)

const text = (message: Uint8Array | null) => message && Buffer.from(message).toString('latin1')

const readAll = (frames: readonly Uint8Array[], maxMessageBytes = 1 << 20) => {
  const read = createFrameReader(maxMessageBytes)
  return frames.map(frame => read(frame))
}

test('[WIRE1] messages of any length arrive whole and in order, in frames of at most 16 KB', () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.integer({ min: maxFrameBytes - 8, max: maxFrameBytes * 3 + 8 }).map(length => bytes(length, length % 251)),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), messages => {
      const frames = packFrames(messages)
      for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(maxFrameBytes)
      const read = readAll(frames).flatMap((content): readonly (Uint8Array | null)[] =>
        'messages' in content ? content.messages : [null],
      )
      expect(read.map(text)).toEqual(messages.map(text))
    }),
  )
})

test('[WIRE1] small messages share a frame', () => {
  expect(packFrames([bytes(10), bytes(20), bytes(30)])).toHaveLength(1)
})

test('[WIRE1] a frame of whole messages may come between the pieces of another', () => {
  const [first, last] = packFrames([bytes(20_000)])
  const [ping] = packFrames([bytes(1)])
  if (!first || !last || !ping) throw new Error('expected two pieces')
  expect(
    readAll([first, ping, last]).map(content => ('messages' in content ? content.messages.length : content.bad)),
  ).toEqual([0, 1, 1])
})

test('[WIRE3] no frame makes the reader throw, and a bad one gives nothing', () => {
  const read = createFrameReader(1 << 20)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), frame => void read(frame)))
  const bad = [[], [0], [9, 1], [1], [2], [0, 5, 1], [0, 1, 1, 200, 200, 200]]
  for (const frame of bad) expect(read(Uint8Array.from(frame)), `[${frame.join()}]`).toEqual({ bad: 'malformed frame' })
  expect(read(bytes(maxFrameBytes + 1, 0))).toEqual({ bad: 'frame too large' })
})

test('[WIRE3] a length that points beyond the frame does not read what lies behind it in memory', () => {
  const memory = Uint8Array.from([0, 3, 1, 2, 3, 4, 5, 6])
  expect(createFrameReader(100)(memory.subarray(0, 4))).toEqual({ bad: 'malformed frame' })
})

test('[WIRE4] a message in pieces that grows beyond its cap is forgotten, and later ones are read', () => {
  const contents = readAll([...packFrames([bytes(70_000)]), ...packFrames([bytes(10)])], 40_000)
  const [last] = contents.slice(-1)
  expect(contents.filter(content => 'bad' in content)[0]).toEqual({ bad: 'message too large' })
  expect(last).toEqual({ messages: [bytes(10)] })
})
