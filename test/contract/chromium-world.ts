/** A world of real pages in a real browser, and a real signaling server on a port of its own. */

import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import type { Page } from 'playwright-core'
import type { Lab, PageOptions } from '../support/lab.js'
import { until } from '../support/until.js'
import type * as page from './contract-page.js'
import { createPeer, type JoinOptions, type Peer, type World } from './world.js'

declare const lab: typeof page

export type ChromiumWorld = World & {
  readonly topic: string
  pageOf(peer: Peer): Page
  /** Joins in a page of the same browser, or by another transport. */
  joinAs(peerId: string, how: JoinOptions & HowToJoin): Promise<Peer>
}

type HowToJoin = PageOptions & {
  readonly transport?: page.TransportName
  /** `by hand` lets the page's clock be moved on. */
  readonly time?: 'real' | 'by hand'
}

/** `opened` runs contract-page.ts. Each world has a topic of its own. */
export const openChromiumWorld = async (transport: page.TransportName, opened: Lab): Promise<ChromiumWorld> => {
  const topic = `contract-${Math.random().toString(36).slice(2)}`
  const pages = new Map<string, Page>()
  let server: SignalingServer = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  const { port, url } = server

  const pageOf = ({ id }: Peer): Page => {
    const found = pages.get(id)
    if (!found) throw new Error(`${id} has not joined`)
    return found
  }

  const joinAs: ChromiumWorld['joinAs'] = async (
    peerId,
    { transport: name = transport, time = 'real', context, url: at, ...options },
  ) => {
    const peerPage = await opened.openPage({ ...(context && { context }), ...(at !== undefined && { url: at }) })
    pages.set(peerId, peerPage)
    if (time === 'by hand') await peerPage.clock.install()
    const given = { topic, peerId, signaling: [url], ...options }
    await peerPage.evaluate(([which, joining]) => lab.join(which, joining), [name, given] as const)
    return createPeer(peerId, (method, values) =>
      peerPage.evaluate(([asked, parts]) => lab.ask(asked, parts), [method, values] as const),
    )
  }

  return {
    topic,
    signaling: [url],
    pageOf,
    joinAs,
    join: (peerId, options = {}) => joinAs(peerId, options),
    until: async (what, condition, withinMs = 15_000) => {
      await until(condition, { what, withinMs })
    },
    // A round through every page: what was already on its way over loopback has arrived.
    settle: async () => {
      for (let round = 0; round < 3; round++) {
        await Promise.all([...pages.values()].map(each => each.evaluate(() => new Promise(requestAnimationFrame))))
      }
    },
    cut: at => pageOf(at).evaluate(() => lab.cutChannels()),
    stopSignaling: () => server.close(),
    startSignaling: async () => {
      server = await createSignalingServer({ port, host: '127.0.0.1' })
    },
    leftovers: peer =>
      pageOf(peer).evaluate(() => {
        const { connections, sockets } = lab.openNatives()
        return connections + sockets
      }),
    close: async () => {
      await opened.closePages()
      await server.close()
    },
  }
}
