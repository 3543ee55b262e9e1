import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openLab, type Lab } from '../support/lab.js'
import { startYWebrtcServer } from '../support/y-webrtc-server.js'
import { openChromiumWorld } from './chromium-world.js'
import { describeTransportContract, openLinks, problemsOf } from './transport-contract.js'

let opened: Lab
beforeAll(async () => {
  opened = await openLab(new URL('./contract-page.ts', import.meta.url).pathname)
})
afterEach(() => expect(opened.pageErrors).toEqual([]))
afterAll(() => opened.close())

describeTransportContract('webrtc', () => openChromiumWorld('webrtc', opened))

test('[LINK15] peers of the two transports are told of each other, and not linked', async () => {
  const world = await openChromiumWorld('webrtc', opened)
  const a = await world.join('a')
  const b = await world.joinAs('b', { transport: 'y-webrtc' })
  for (const peer of [a, b]) {
    await world.until(`${peer.id} is told`, async () => problemsOf(await peer.told()).includes('transport-mismatch'))
  }
  const told = [...(await a.told()), ...(await b.told())].flatMap(what =>
    what.type === 'problem' ? [what.problem] : [],
  )
  expect(told).toEqual([
    { code: 'transport-mismatch', peerId: 'b', theirs: 'y-webrtc' },
    { code: 'transport-mismatch', peerId: 'a', theirs: 'webrtc' },
  ])
  expect([...openLinks(await a.told()), ...openLinks(await b.told())]).toEqual([])
  await world.close()
})

test('[LINK1] [LINK9] over the server of y-webrtc, on an insecure origin, peers link and come back; nobody is told members', async () => {
  const server = await startYWebrtcServer()
  const world = await openChromiumWorld('webrtc', opened)
  const where = { url: opened.insecureUrl, signaling: [server.url] }
  const [a, b] = [await world.joinAs('a', where), await world.joinAs('b', where)]
  for (let round = 1; round <= 3; round++) {
    await world.until('linked', async () => openLinks(await a.told()).length + openLinks(await b.told()).length === 2)
    await a.send('b', [round])
    await world.until('heard', async () =>
      (await b.told()).some(what => what.type === 'message' && what.bytes[0] === round),
    )
    await a.closeLink('b')
  }
  expect((await a.told()).filter(({ type }) => type === 'members')).toEqual([])
  await world.close()
  await server.close()
})
