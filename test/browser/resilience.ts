/** Pages that share a room while their network, their server or they themselves fail. */

import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { openLab, type Lab, type PageOptions } from '../support/lab.js'
import { createPatchyNetwork, type Access, type PatchyNetwork } from '../support/patchy-network.js'
import { startSignalingProcess, type SignalingProcess } from '../support/signaling-process.js'
import { until } from '../support/until.js'
import type * as page from './resilience-page.js'

declare const lab: typeof page

export type Resilience = {
  readonly lab: Lab
  readonly signaling: SignalingProcess
  readonly network: PatchyNetwork
  /** The name of the test's room. */
  readonly room: string
  /** A page of its own that has joined the test's room; with an access, over the patchy network. */
  join(name: string, how?: PageOptions & { readonly access?: Access; readonly resumeWindowMs?: number }): Promise<Page>
}

/** What a file's tests need, opened before them and closed after them. Each test has a room and pages of its own. */
export const resilienceOfFile = (): Resilience => {
  let opened: Lab | null = null
  let signaling: SignalingProcess | null = null
  let rooms = 0
  let pages: Page[] = []
  const there = <T>(part: T | null): T => {
    if (part === null) throw new Error('Only in a test')
    return part
  }
  const network = createPatchyNetwork(() => there(signaling).url)
  beforeAll(async () => {
    signaling = await startSignalingProcess()
    opened = await openLab(join(import.meta.dirname, 'resilience-page.ts'))
  })
  beforeEach(() => {
    rooms++
    // Those that were opened before all tests stay.
    pages = []
  })
  afterEach(async () => {
    await Promise.all(pages.map(at => at.context().close()))
    expect(there(opened).pageErrors).toEqual([])
  })
  afterAll(async () => {
    await opened?.close()
    await network.close()
    await signaling?.close()
  })
  return {
    get lab() {
      return there(opened)
    },
    get signaling() {
      return there(signaling)
    },
    network,
    get room() {
      return `room ${rooms}`
    },
    join: async (name, { access, resumeWindowMs, ...where } = {}) => {
      const signalingUrl = access?.signaling ?? there(signaling).url
      const window = resumeWindowMs !== undefined && { resumeWindowMs }
      const joining = { room: `room ${rooms}`, name, signaling: signalingUrl, ...window }
      const at = await there(opened).openPage(where)
      pages.push(at)
      await at.evaluate(given => lab.join(given), joining)
      return at
    },
  }
}

export const told = (at: Page) => at.evaluate(() => lab.hasBeenTold())
export const all = (at: Page) => at.evaluate(() => lab.all()) as Promise<Record<string, unknown>>

/** Until each of these pages has a link to each other one, and has all that comes over it. */
export const untilMet = async (...pages: readonly Page[]) => {
  const others = pages.length - 1
  const hasMet = (at: Page) =>
    at.evaluate(count => lab.peerNames().length === count && lab.openLinks() === count, others)
  for (const at of pages) await until(() => hasMet(at), { what: `${pages.length} pages have met`, withinMs: 30_000 })
}

/** Until all these pages hold the same, of which this is true. */
export const untilSame = async (
  pages: readonly Page[],
  isComplete: (values: Record<string, unknown>) => boolean,
  withinMs = 30_000,
): Promise<void> => {
  let digests: string[] = []
  await until(
    async () => {
      digests = await Promise.all(pages.map(at => at.evaluate(() => lab.digest())))
      return new Set(digests).size === 1 && isComplete(JSON.parse(digests[0] ?? '{}') as Record<string, unknown>)
    },
    { what: () => `the same in all pages, and complete: ${digests.join('\n')}`, withinMs },
  )
}

/** How many links each page has made since it was opened. */
export const linksMade = (pages: readonly Page[]) =>
  Promise.all(pages.map(at => at.evaluate(() => lab.madeConnections())))
