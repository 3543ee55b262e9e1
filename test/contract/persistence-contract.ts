/** The contract of src/persistence/persistence.ts and SPEC PERSIST, as tests that any persistence has to pass. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CopyLife } from '../../src/persistence/persistence.js'
import type { Driver } from './persistence-driver.js'

/** A tab that has the room open. */
export type Tab = {
  [Method in keyof Driver]: (...given: Parameters<Driver[Method]>) => Promise<Awaited<ReturnType<Driver[Method]>>>
} & {
  /** Kills the tab: nothing of it runs any more. Resolves when it does not count as a holder any more. */
  crash(): Promise<void>
}

/** An origin with empty storage. */
export type Origin = {
  /** Opens a tab with this room, by default always the same. */
  openTab(room?: string): Promise<Tab>
  close(): Promise<void>
}

export const lifeOf = (sessionId: string, at = 1000): CopyLife => ({ sessionId, aliveAt: at, connectedAt: at })

export const describePersistenceContract = (persistence: string, openOrigin: () => Promise<Origin>): void => {
  describe(`the ${persistence} persistence`, () => {
    let origin: Origin
    const tabs: Tab[] = []
    beforeEach(async () => {
      origin = await openOrigin()
    })
    afterEach(async () => {
      const failures = await Promise.all(tabs.splice(0).map(tab => tab.failures()))
      await origin.close()
      expect(failures.flat()).toEqual([])
    })

    const open = async (room?: string): Promise<Tab> => {
      const tab = await origin.openTab(room)
      tabs.push(tab)
      return tab
    }

    /** A tab that goes on from what is there and writes these bytes. */
    const openWith = async (bytes: readonly number[], life = lifeOf('s'), room?: string): Promise<Tab> => {
      const tab = await open(room)
      await tab.load('any')
      await tab.touch(life)
      for (const byte of bytes) await tab.write(byte)
      await tab.written()
      return tab
    }

    /** Kills it, so that it has no part in what the test finds wrong. */
    const crash = async (tab: Tab): Promise<void> => {
      tabs.splice(tabs.indexOf(tab), 1)
      await tab.crash()
    }

    /** What the next tab finds; it goes without having written anything. */
    const found = async (room?: string): Promise<readonly number[] | null> => {
      const tab = await open(room)
      const stored = await tab.load('any')
      const known = await tab.known()
      await tab.close()
      return stored && known
    }

    test('[PERSIST1] a room that was never kept has no copy', async () => {
      expect(await found()).toBeNull()
    })

    test('[PERSIST1] what a tab wrote is there after it has closed, with how it lived', async () => {
      const tab = await openWith([1, 2, 3], { sessionId: 's', aliveAt: 2000, connectedAt: 1500 })
      await tab.close()
      const next = await open()
      expect(await next.load('any')).toMatchObject({ life: { sessionId: 's', aliveAt: 2000, connectedAt: 1500 } })
      expect(await next.known()).toEqual([1, 2, 3])
    })

    test('[PERSIST1] what was written is there after a crash', async () => {
      await crash(await openWith([1, 2, 3]))
      expect(await found()).toEqual([1, 2, 3])
    })

    test('[PERSIST1] two tabs that never meet keep what both wrote, under the older session and the later times', async () => {
      const [a, b] = [await openWith([], lifeOf('t', 9000)), await openWith([], lifeOf('s', 1000))]
      for (const byte of [1, 3]) await a.write(byte)
      for (const byte of [2, 4]) await b.write(byte)
      await Promise.all([a.close(), b.close()])
      const next = await open()
      expect((await next.load('any'))?.life).toEqual({ sessionId: 's', aliveAt: 9000, connectedAt: 9000 })
      expect(await next.known()).toEqual([1, 2, 3, 4])
    })

    test('[PERSIST1] a tab finds what another one has that is still open', async () => {
      await openWith([1])
      expect(await found()).toEqual([1])
    })

    test('[PERSIST1] rooms share nothing', async () => {
      const [one, other] = [await openWith([1], lifeOf('s'), 'one'), await openWith([2], lifeOf('s'), 'one two')]
      await one.close()
      expect(await found('one')).toEqual([1])
      expect(await found('one two')).toEqual([2])
      await other.discard()
      expect(await found('one')).toEqual([1])
      expect(await found('one two')).toBeNull()
    })

    test('[PERSIST2] a copy that is not usable is not read, and is gone', async () => {
      await (await openWith([1])).close()
      const tab = await open()
      expect(await tab.load('none')).toBeNull()
      expect(await tab.known()).toEqual([])
      await tab.written()
      await tab.close()
      expect(await found()).toBeNull()
    })

    test('[PERSIST2] of two chains the usable one is read, the other one deleted', async () => {
      const [old, fresh] = [await openWith([], lifeOf('old')), await openWith([], lifeOf('fresh'))]
      await old.write(1)
      await fresh.write(2)
      await Promise.all([old.close(), fresh.close()])
      const tab = await open()
      expect(await tab.load({ sessionId: 'fresh' })).toMatchObject({ life: lifeOf('fresh') })
      expect(await tab.known()).toEqual([2])
      await tab.close()
      expect(await found()).toEqual([2])
    })

    test('[PERSIST2] what another tab still holds is not deleted, usable or not', async () => {
      const holder = await openWith([1])
      const other = await open()
      expect(await other.load('none')).toBeNull()
      await other.close()
      expect(await found()).toEqual([1])
      await holder.write(2)
      await holder.close()
      expect(await found()).toEqual([1, 2])
    })

    test('[PERSIST2] what does not say how its peer lived is no copy', async () => {
      const tab = await open()
      await tab.load('any')
      await tab.write(1)
      await tab.close()
      expect(await found()).toBeNull()
    })

    test('[PERSIST3] the copy of a long session is short, and holds all of it', async () => {
      const tab = await openWith([])
      const bytes = Array.from({ length: 250 }, (_, byte) => byte)
      for (const byte of bytes) {
        await tab.write(byte)
        if (byte % 10 === 0) await tab.written()
      }
      await tab.close()
      const next = await open()
      expect((await next.load('any'))?.parts).toBeLessThanOrEqual(101)
      expect(await next.known()).toEqual(bytes)
    })

    test('[PERSIST3] heavy parts make room sooner', async () => {
      const tab = await openWith([7])
      for (let round = 0; round < 12; round++) await tab.repeat(7, 10_000)
      await tab.written()
      const next = await open()
      expect((await next.load('any'))?.parts).toBeLessThanOrEqual(8)
      expect(await next.known()).toEqual([7])
    })

    test('[PERSIST3] a page that is reloaded again and again, beside another tab, leaves no more than both need', async () => {
      await openWith([0])
      for (let byte = 1; byte <= 8; byte++) await (await openWith([byte])).close()
      const last = await open()
      expect((await last.load('any'))?.parts).toBeLessThanOrEqual(2)
      expect(await last.known()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    })

    test('[PERSIST3] what another tab writes while this one makes room stays', async () => {
      const [a, b] = [await openWith([250]), await openWith([251])]
      for (let byte = 0; byte < 220; byte++) {
        await a.write(byte)
        if (byte % 10 === 0) await Promise.all([a.written(), b.write(252 + (byte % 3))])
      }
      await Promise.all([a.close(), b.close()])
      expect(await found()).toEqual([...Array.from({ length: 220 }, (_, byte) => byte), 250, 251, 252, 253, 254])
    })

    test('[PERSIST3] a page that is killed before its first write leaves what it had read', async () => {
      await (await openWith([1, 2])).close()
      const tab = await open()
      await tab.load('any')
      await tab.touch(lifeOf('s', 5000))
      await tab.written()
      await crash(tab)
      expect(await found()).toEqual([1, 2])
    })

    test('[PERSIST5] the last tab that leaves deletes the copy', async () => {
      await (await openWith([1])).discard()
      expect(await found()).toBeNull()
    })

    test('[PERSIST5] the last tab that leaves deletes also what it never read', async () => {
      await (await openWith([1])).close()
      const tab = await open()
      await tab.discard()
      expect(await found()).toBeNull()
    })

    test('[PERSIST5] leaving in one tab keeps the copy for another, until that leaves too', async () => {
      const [a, b] = [await openWith([1]), await openWith([2])]
      await a.write(3)
      await a.discard()
      const c = await open()
      await c.load('any')
      expect(await c.known()).toEqual([1, 2, 3])
      await b.discard()
      await c.write(4)
      await c.discard()
      expect(await found()).toBeNull()
    })

    test('[PERSIST5] a tab that holds the room and has written nothing keeps the copy as well', async () => {
      const [a, b] = [await openWith([1]), await open()]
      // Without locks it is what is stored that says so, and storage takes its time. A room has read by then, which waits for it.
      await b.written()
      await a.discard()
      expect(await b.load('any')).not.toBeNull()
      expect(await b.known()).toEqual([1])
    })

    test('[PERSIST5] two tabs that leave at once leave nothing', async () => {
      for (let round = 0; round < 5; round++) {
        const pair = [await openWith([1]), await openWith([2])]
        await Promise.all(pair.map(tab => tab.discard()))
        expect(await found()).toBeNull()
      }
    })

    test('[PERSIST4] [PERSIST5] a tab that crashed does not hold the room', async () => {
      const [a, b] = [await openWith([1]), await openWith([2])]
      await crash(a)
      await b.discard()
      expect(await found()).toBeNull()
    })

    test('[PERSIST5] what a tab writes that opens while another one leaves stays', async () => {
      for (let round = 0; round < 5; round++) {
        const leaving = await openWith([1])
        const [opened] = await Promise.all([openWith([2]), leaving.discard()])
        await opened.close()
        expect(await found()).toContain(2)
        await (await open()).discard()
      }
    })

    test('[PERSIST6] after a session has ended nothing of it is there, and the room is still held', async () => {
      const before = await openWith([1])
      await before.close()
      const tab = await openWith([2], lifeOf('old'))
      await tab.clear()
      expect(await found()).toBeNull()
      const other = await open()
      await tab.touch(lifeOf('new'))
      await tab.write(3)
      await tab.written()
      await other.discard()
      const next = await open()
      expect(await next.load('any')).toMatchObject({ life: { sessionId: 'new' } })
      expect(await next.known()).toEqual([3])
    })

    test('[PERSIST6] what a tab has left that is gone goes too, also if it was never read', async () => {
      const [a, b] = [await openWith([1]), await openWith([2])]
      await b.close()
      await a.clear()
      await a.close()
      expect(await found()).toBeNull()
    })

    test('[PERSIST6] what is written while the old session is cleared away is kept', async () => {
      const tab = await openWith([1], lifeOf('old'))
      const cleared = tab.clear()
      await Promise.all([cleared, tab.touch(lifeOf('new')), tab.write(2)])
      await tab.close()
      expect(await found()).toEqual([2])
    })

    test('[PERSIST6] the end of one tab’s session is not that of another tab’s', async () => {
      const [a, b] = [await openWith([], lifeOf('s')), await openWith([], lifeOf('t'))]
      await a.write(1)
      await b.write(2)
      await b.written()
      await a.clear()
      expect(await found()).toEqual([2])
    })

    test('[PERSIST7] a copy that was closed takes nothing more, and can be closed again', async () => {
      const tab = await openWith([1])
      await tab.close()
      await tab.write(2)
      await tab.touch(lifeOf('u'))
      await tab.clear()
      await Promise.all([tab.close(), tab.discard(), tab.written()])
      const next = await open()
      expect(await next.load('any')).toMatchObject({ life: { sessionId: 's' } })
      expect(await next.known()).toEqual([1])
    })
  })
}
