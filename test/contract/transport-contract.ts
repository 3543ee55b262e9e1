/** The contract of src/transport/transport.ts and SPEC LINK, as tests that any transport has to pass. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { maxBufferedBytes, maxFrameBytes } from '../../src/transport/transport.js'
import { frameOf, summary, type Told } from './recorder.js'
import type { Peer, World } from './world.js'

/** What a transport need not do, each with its reason. */
export type Lacks = { readonly [Ability in 'passwords' | 'addresses' | 'makingRoom']?: string }

export const describeTransportContract = (
  transport: string,
  openWorld: () => Promise<World>,
  lacks: Lacks = {},
): void => {
  describe(`the ${transport} transport`, () => {
    let world: World
    beforeEach(async () => {
      world = await openWorld()
    })
    afterEach(() => world.close())

    const hears = async (peer: Peer, bytes: readonly number[]): Promise<boolean> => {
      const expected = JSON.stringify(bytes)
      return (await peer.told()).some(told => told.type === 'message' && JSON.stringify(told.bytes) === expected)
    }

    /** Resolves when what either says now reaches the other: a link that is there and works both ways. */
    const bothHear = async (a: Peer, b: Peer, mark: number, withinMs?: number): Promise<void> => {
      const areLinked = async (): Promise<boolean> => {
        if (!(await isLinked(a, b)) || !(await isLinked(b, a))) return false
        await a.send(b.id, [mark, 1])
        await b.send(a.id, [mark, 2])
        await world.settle()
        return (await hears(b, [mark, 1])) && (await hears(a, [mark, 2]))
      }
      await world.until(`${a.id} and ${b.id} hear each other (${mark})`, areLinked, withinMs)
    }

    test('[LINK1] frames of every size arrive whole, unchanged and in order, both ways', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      const frames = [1, 2, 100, 1024, maxFrameBytes - 1, maxFrameBytes].map((size, seed) => frameOf(seed, size))
      for (const frame of frames) {
        await a.send('b', [...frame])
        await b.send('a', [...frame])
      }
      const expected = frames.map(summary)
      for (const peer of [a, b]) {
        await world.until(`${peer.id} has all frames`, async () => hears(peer, expected.at(-1) ?? []))
        const heard = messages(await peer.told()).filter(bytes => bytes[1] !== undefined || bytes.length === 1)
        expect(heard.slice(-frames.length)).toEqual(expected)
      }
    })

    test('[LINK1] [LINK11] a burst over the buffer arrives in order, and its sender is told when it has drained', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      const frames = 64
      expect(await a.flood('b', frames, maxFrameBytes)).toBeGreaterThan(maxBufferedBytes)
      const last = summary(frameOf(frames - 1, maxFrameBytes))
      await world.until('the last frame is there', async () => hears(b, last))
      const long = messages(await b.told()).filter(bytes => bytes.length > 2)
      expect(long).toEqual(Array.from({ length: frames }, (_, seed) => summary(frameOf(seed, maxFrameBytes))))
      await world.until('drained', async () => (await a.told()).some(({ type }) => type === 'drain'))
    })

    test('[LINK2] everybody who joins is linked to everybody, once, and told of the dial first', async () => {
      const peers = [await world.join('a'), await world.join('b'), await world.join('c')]
      for (const peer of peers) {
        for (const other of peers) if (peer !== other) await bothHear(peer, other, 0)
        const told = await peer.told()
        expect(openLinks(told).toSorted()).toEqual(['a', 'b', 'c'].filter(id => id !== peer.id))
        for (const id of openLinks(told)) {
          const dialled = told.findIndex(what => what.type === 'dial' && what.peerId === id)
          expect(dialled).toBeGreaterThanOrEqual(0)
          expect(dialled).toBeLessThan(told.findIndex(what => what.type === 'link' && what.peerId === id))
        }
      }
    })

    test('[LINK2] peers that join in the same moment are linked, once', async () => {
      const peers = await Promise.all(['a', 'b', 'c', 'd'].map(id => world.join(id)))
      for (const [index, peer] of peers.entries()) {
        for (const other of peers.slice(index + 1)) await bothHear(peer, other, index)
      }
      for (const peer of peers) expect(openLinks(await peer.told())).toHaveLength(3)
    })

    test('[LINK3] [LINK4] closing tells the end once, before it returns; sending after that does nothing', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      const [link] = (await a.told()).filter(({ type }) => type === 'link')
      if (link?.type !== 'link') throw new Error('no link')
      await a.drop('b')
      const atReturn = await a.told()
      expect(atReturn.filter(told => told.type === 'close')).toEqual([{ type: 'close', link: link.link }])
      await a.closeLink('b')
      await a.sendOn(link.link, [66])
      await world.until('b is told', async () => openLinks(await b.told()).length === 0)
      await world.settle()
      expect(endsOf(await a.told())).toEqual([link.link])
      expect(await hears(b, [66])).toBe(false)
      expectNothingAfterEnds(await a.told())
      expectNothingAfterEnds(await b.told())
    })

    test('[LINK5] a link closed on either side comes back within 5 s, ten times in a row', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      for (let round = 1; round <= 10; round++) {
        const [closer, other] = round % 2 ? [a, b] : [b, a]
        await closer.closeLink(other.id)
        await bothHear(a, b, round, 5000)
      }
      for (const peer of [a, b]) {
        expect(openLinks(await peer.told())).toHaveLength(1)
        expectNothingAfterEnds(await peer.told())
      }
    })

    test('[LINK5] a link that is cut from below on either side comes back within 5 s, ten times in a row', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      for (let round = 1; round <= 10; round++) {
        await (round % 2 ? world.cut(a, b) : world.cut(b, a))
        await world.until('the end is told', async () => {
          const ends = await Promise.all([a, b].map(async peer => endsOf(await peer.told()).length))
          return ends.every(count => count >= round)
        })
        await bothHear(a, b, round, 5000)
      }
      for (const peer of [a, b]) expectNothingAfterEnds(await peer.told())
    })

    test('[LINK6] a dropped peer is linked no more, others are', async () => {
      const [a, b, c] = [await world.join('a'), await world.join('b'), await world.join('c')]
      await bothHear(a, b, 0)
      await a.drop('b')
      await world.until('b is told', async () => !openLinks(await b.told()).includes('a'))
      await b.disconnect()
      await b.connect()
      await bothHear(b, c, 1)
      await bothHear(a, c, 1)
      await world.settle()
      expect(openLinks(await a.told())).toEqual(['c'])
    })

    test('[LINK7] leaving closes everything, and nothing is told any more', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      await a.leave()
      const atLeave = await a.told()
      expect(openLinks(atLeave)).toEqual([])
      await world.until('b is told', async () => openLinks(await b.told()).length === 0)
      await a.leave()
      await a.connect()
      await world.until('nothing is left open', async () => (await world.leftovers(a)) === 0)
      await world.until('b is alone', async () => JSON.stringify(lastMembers(await b.told())) === '[]')
      await world.settle()
      expect(await a.told()).toEqual(atLeave)
      expect(openLinks(await b.told())).toEqual([])
    })

    test('[LINK8] a disconnected peer has no link and no server until it connects again', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      await a.disconnect()
      expect(openLinks(await a.told())).toEqual([])
      await world.until('a has closed all', async () => (await world.leftovers(a)) === 0)
      await world.until('a says so', async () => lastSignaling(await a.told()) === 'disconnected')
      await world.until('b is told', async () => openLinks(await b.told()).length === 0)
      await a.connect()
      await bothHear(a, b, 1)
      expect(lastSignaling(await a.told())).toBe('connected')
    })

    test('[LINK9] a peer is told at once who is there, also that nobody is, and then each change', async () => {
      const a = await world.join('a')
      await world.until('a is alone', async () => JSON.stringify(lastMembers(await a.told())) === '[]')
      const b = await world.join('b')
      await world.until('b meets a', async () => JSON.stringify(lastMembers(await b.told())) === '["a"]')
      await world.until('a meets b', async () => JSON.stringify(lastMembers(await a.told())) === '["b"]')
      await b.leave()
      await world.until('a is alone again', async () => JSON.stringify(lastMembers(await a.told())) === '[]')
    })

    test('[LINK13] links outlive the signaling server, and newcomers are met when it is back', async () => {
      const [a, b] = [await world.join('a'), await world.join('b')]
      await bothHear(a, b, 0)
      await world.stopSignaling()
      for (const peer of [a, b]) {
        await world.until('it is told', async () => lastSignaling(await peer.told()) === 'connecting')
      }
      await bothHear(a, b, 1)
      expect(endsOf(await a.told())).toEqual([])
      await world.startSignaling()
      for (const peer of [a, b]) {
        await world.until('it is told', async () => lastSignaling(await peer.told()) === 'connected')
      }
      const c = await world.join('c')
      await bothHear(a, c, 2)
      await bothHear(b, c, 2)
      expect(endsOf(await a.told())).toEqual([])
    })

    test('[LINK12] nobody has more links than it may', async () => {
      const peers: Peer[] = []
      for (const id of ['a', 'b', 'c', 'd']) peers.push(await world.join(id, { maxLinks: 2 }))
      const counts = (): Promise<number[]> => Promise.all(peers.map(async peer => openLinks(await peer.told()).length))
      // Four peers with two links each: a ring, or a triangle and somebody who comes in by a link that was given up.
      const enough = lacks.makingRoom === undefined ? 4 : 3
      await world.until(
        'nobody stays outside',
        async () => (await counts()).filter(count => count > 0).length >= enough,
      )
      await world.settle()
      expect(Math.max(...(await counts()))).toBeLessThanOrEqual(2)
      for (const peer of peers) expect(mostLinksAtOnce(await peer.told())).toBeLessThanOrEqual(2)
    })

    if (lacks.passwords === undefined) {
      test('[LINK14] peers with one password link, another one is told on both sides and never links', async () => {
        const [a, b] = [await world.join('a', { password: 'sesame' }), await world.join('b', { password: 'sesame' })]
        await bothHear(a, b, 0)
        const c = await world.join('c', { password: 'other' })
        for (const peer of [a, b, c]) {
          await world.until(`${peer.id} is told`, async () =>
            problemsOf(await peer.told()).includes('password-mismatch'),
          )
        }
        await world.settle()
        expect(openLinks(await c.told())).toEqual([])
        expect(openLinks(await a.told())).toEqual(['b'])
      })
    }

    if (lacks.addresses === undefined) {
      test('[LINK16] an address that cannot be used is told, and the others are used', async () => {
        const a = await world.join('a')
        const b = await world.join('b', { signaling: ['ftp://nowhere', ...world.signaling] })
        await bothHear(a, b, 0)
        expect(problemsOf(await b.told())).toEqual(['signaling-failed'])
      })
    }
  })
}

export const isLinked = async (peer: Peer, other: Peer): Promise<boolean> =>
  openLinks(await peer.told()).includes(other.id)

/** The peers that open links lead to. */
export const openLinks = (told: readonly Told[]): string[] => {
  const ends = endsOf(told)
  return told.flatMap(what => (what.type === 'link' && !ends.includes(what.link) ? [what.peerId] : []))
}

export const endsOf = (told: readonly Told[]): number[] =>
  told.flatMap(what => (what.type === 'close' ? [what.link] : []))

export const lastSignaling = (told: readonly Told[]): string | undefined =>
  told.findLast(what => what.type === 'signaling')?.state

export const lastMembers = (told: readonly Told[]): readonly string[] | undefined =>
  told.findLast(what => what.type === 'members')?.peerIds

/** The codes, in order. */
export const problemsOf = (told: readonly Told[]): string[] =>
  told.flatMap(what => (what.type === 'problem' ? [what.problem.code] : []))

const mostLinksAtOnce = (told: readonly Told[]): number => {
  let now = 0
  return Math.max(0, ...told.map(({ type }) => (now += type === 'link' ? 1 : type === 'close' ? -1 : 0)))
}

const messages = (told: readonly Told[]): number[][] =>
  told.flatMap(what => (what.type === 'message' ? [what.bytes] : []))

const expectNothingAfterEnds = (told: readonly Told[]): void => {
  const ended = new Set<number>()
  for (const what of told) {
    if ('link' in what) expect(ended).not.toContain(what.link)
    if (what.type === 'close') ended.add(what.link)
  }
}
