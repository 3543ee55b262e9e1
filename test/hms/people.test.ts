import { describe, expect, test } from 'vitest'
import type { HMSMessage, HMSPeer, HMSPeerUpdate, HMSRoomUpdate } from '../../src/hms/index.js'
import { appsOfFile, outcomeOf, resultRecorder, type App } from './apps.js'

const apps = appsOfFile()

const of = <T>(app: App, name: string): T[] =>
  app.told.flatMap(([told, update]) => (told === name ? [update as T] : []))
const messagesOf = (app: App) => of<{ message: HMSMessage }>(app, 'onMessage').map(({ message }) => message)
const updatesOf = (app: App) =>
  of<{ peer: HMSPeer; update: HMSPeerUpdate }>(app, 'onPeerUpdate').map(({ peer, update }) => `${update} ${peer.name}`)
const localPeerOf = async (app: App) => {
  const peer = await app.sdk.getLocalPeer()
  if (!peer) throw new Error('not in the room')
  return peer
}

describe('messages', () => {
  test('[HMS10] to all: everybody else is told, the sender has it from onSuccess, with one id', async () => {
    const [ana, bo, cy] = [await apps().joined('Ana'), await apps().joined('Bo'), await apps().joined('Cy')]
    await apps().network.settle()
    const { results, listener: hmsActionResultListener } = resultRecorder()
    await ana.sdk.sendBroadcastMessage({ message: 'hello', hmsActionResultListener })
    await apps().network.settle()
    const [sent] = results as { arguments: HMSMessage }[]
    const message = {
      messageId: sent?.arguments.messageId,
      message: 'hello',
      type: 'chat',
      time: new Date(apps().network.clock.now()),
      hmsMessageRecipient: { recipientPeer: null, recipientRoles: null, hmsMessageRecipientType: 'BROADCAST' },
    }
    const sender = await localPeerOf(ana)
    expect(results).toEqual([
      { outcome: 'success', methodType: 'sendBroadcastMessage', arguments: { ...message, sender } },
    ])
    for (const app of [bo, cy]) expect(messagesOf(app)).toEqual([{ ...message, sender: { ...sender, isLocal: false } }])
    expect(messagesOf(ana)).toEqual([])
  })

  test('[HMS10] to roles: who has one of them is told, and to one: that one', async () => {
    const host = await apps().joined('Ana', { role: 'host' })
    const speaker = await apps().joined('Bo', { role: 'speaker' })
    const guest = await apps().joined('Cy', { role: 'guest' })
    const { sdk } = await apps().joined('Di', { role: 'host' })
    await apps().network.settle()
    const hmsRolesTo = [{ name: 'host' }, { name: 'speaker' }]
    await sdk.sendGroupMessage({ message: 'staff only', hmsRolesTo, type: 'note' })
    const peerTo = await localPeerOf(guest)
    await sdk.sendDirectMessage({ message: 'psst', peerTo })
    // Of a role that nobody has, nobody is told: it is as in a room where they have not come yet.
    await sdk.sendGroupMessage({ message: 'anybody?', hmsRolesTo: [{ name: 'nobody' }] })
    await apps().network.settle()
    for (const app of [host, speaker])
      expect(messagesOf(app)).toMatchObject([
        {
          message: 'staff only',
          type: 'note',
          hmsMessageRecipient: { recipientRoles: hmsRolesTo, recipientPeer: null, hmsMessageRecipientType: 'GROUP' },
        },
      ])
    expect(messagesOf(guest)).toMatchObject([
      {
        message: 'psst',
        sender: { name: 'Di', role: { name: 'host' } },
        hmsMessageRecipient: { recipientPeer: peerTo, recipientRoles: null, hmsMessageRecipientType: 'DIRECT' },
      },
    ])
  })

  test.each(['', ' ', '\u200b', '\u200b\ufeff \n'])('[HMS10] one that shows nothing is 6013: %j', async message => {
    const app = await apps().joined()
    expect(await outcomeOf(app.sdk.sendBroadcastMessage({ message }))).toMatchObject({ code: 6013 })
  })

  test('[HMS10] to oneself, to no role, and to nobody who is here are told apart', async () => {
    const app = await apps().joined()
    const gone = await apps().joined()
    const [self, peerTo] = [await localPeerOf(app), await localPeerOf(gone)]
    await gone.sdk.leave()
    await apps().network.settle()
    const message = 'hi'
    expect(await outcomeOf(app.sdk.sendDirectMessage({ message, peerTo: self }))).toMatchObject({ code: 6013 })
    expect(await outcomeOf(app.sdk.sendGroupMessage({ message, hmsRolesTo: [] }))).toMatchObject({ code: 6013 })
    expect(await outcomeOf(app.sdk.sendDirectMessage({ message, peerTo }))).toMatchObject({ code: 6008 })
  })

  test('[HMS8] [HMS10] one that is too large, and too many, have codes of their own', async () => {
    const app = await apps().joined()
    const send = (message: string) => outcomeOf(app.sdk.sendBroadcastMessage({ message }))
    expect(await send('x'.repeat(17_000))).toMatchObject({ code: 10_006, params: { maxBytes: 16_384 } })
    let outcome: unknown
    for (let sent = 0; sent < 1000 && outcome === undefined; sent++) outcome = await send('x'.repeat(16_000))
    expect(outcome).toMatchObject({ code: 429 })
  })

  test('[HMS10] what another app sends, or a hostile one, is left out, and breaks nothing', async () => {
    const app = await apps().joined()
    const other = await apps().network.join({ room: 'standup', name: 'Other' })
    await apps().network.settle()
    const odd = [
      null,
      1,
      'text',
      [],
      {},
      { type: 'chat' },
      { message: 'hi' },
      { type: 1, message: 'hi' },
      { type: 'chat', message: {} },
    ]
    for (const data of odd) other.send(data)
    other.send({ type: 'chat', message: 'with odd roles', roles: [1, null, { name: 'x' }] })
    await apps().network.settle()
    expect(messagesOf(app)).toMatchObject([
      { message: 'with odd roles', hmsMessageRecipient: { hmsMessageRecipientType: 'BROADCAST' } },
    ])
    expect(of(app, 'onHMSError')).toEqual([])
  })
})

describe('peers', () => {
  test('[HMS11] who comes and goes is told, with the count; the list of all is asked for', async () => {
    const ana = await apps().joined('Ana')
    const bo = await apps().joined('Bo')
    await apps().network.settle()
    expect((await ana.sdk.getPeers())?.map(({ name, isLocal }) => [name, isLocal])).toEqual([
      ['Ana', true],
      ['Bo', false],
    ])
    expect((await ana.sdk.getRemotePeers())?.map(({ name }) => name)).toEqual(['Bo'])
    await bo.sdk.leave()
    await apps().network.settle()
    expect(updatesOf(ana)).toEqual(['peerJoined Bo', 'peerLeft Bo'])
    const lists = of<{ addedPeers: HMSPeer[]; removedPeers: HMSPeer[] }>(ana, 'onPeerListUpdate')
    expect(lists.map(({ addedPeers, removedPeers }) => [addedPeers.length, removedPeers.length])).toEqual([
      [1, 0],
      [0, 1],
    ])
    const counts = of<{ room: { peerCount: number }; update: HMSRoomUpdate }>(ana, 'onRoomUpdate')
    expect(counts.map(({ room, update }) => [room.peerCount, update])).toEqual([
      [2, 'roomPeerCountUpdated'],
      [1, 'roomPeerCountUpdated'],
    ])
  })

  test('[HMS11] name, metadata and role that change are told, one by one, the local peer as well', async () => {
    const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
    await apps().network.settle()
    const { results, listener: hmsActionResultListener } = resultRecorder()
    await bo.sdk.changeName({ name: 'Bob', hmsActionResultListener })
    await bo.sdk.changeMetadata({ metadata: '{"isHandRaised": true}', hmsActionResultListener })
    bo.sdk.hearthRoom?.setRole('speaker')
    await apps().network.settle()
    expect(results).toEqual([
      { outcome: 'success', methodType: 'changeName', arguments: { name: 'Bob' } },
      { outcome: 'success', methodType: 'changeMetadata', arguments: { metadata: '{"isHandRaised": true}' } },
    ])
    expect(updatesOf(ana)).toEqual(['peerJoined Bo', 'nameChanged Bob', 'metadataChanged Bob', 'roleUpdated Bob'])
    expect(updatesOf(bo).slice(-2)).toEqual(['nameChanged Bob', 'metadataChanged Bob'])
    // Nothing changes, and so nothing is told.
    await bo.sdk.changeName({ name: 'Bob' })
    await apps().network.settle()
    expect([updatesOf(ana).length, updatesOf(bo).length]).toEqual([4, 2])
    const [seen] = (await ana.sdk.getRemotePeers()) ?? []
    expect(seen).toMatchObject({ metadata: '{"isHandRaised": true}', role: { name: 'speaker' } })
  })

  test.each(['plain', '', '{"a":  1}', '"quoted"', '\u{1f525}'])(
    '[HMS11] metadata comes back as it was written: %j',
    async text => {
      const [ana, bo] = [await apps().joined('Ana', { metaData: text, customerUserId: 'ana' }), await apps().joined()]
      await apps().network.settle()
      const [seen] = (await bo.sdk.getRemotePeers()) ?? []
      expect(seen).toMatchObject({ metadata: text, customerUserId: 'ana' })
      await bo.sdk.changeMetadata({ metadata: { nested: [text] } })
      await apps().network.settle()
      const [changed] = (await ana.sdk.getRemotePeers()) ?? []
      expect(JSON.parse(changed?.metadata ?? '')).toEqual({ nested: [text] })
    },
  )

  test('[HMS11] of who joined by joinRoom the metadata is JSON; odd values break nothing', async () => {
    const app = await apps().joined()
    await apps().network.join({ room: 'standup', name: 'a', metadata: { hand: 'up' } })
    await apps().network.join({ room: 'standup', name: 'b', metadata: { metaData: 7, customerUserId: [] } })
    await apps().network.settle()
    const peers = (await app.sdk.getRemotePeers()) ?? []
    expect(peers.map(({ name, metadata, customerUserId }) => [name, metadata, customerUserId]).sort()).toEqual([
      ['a', '{"hand":"up"}', null],
      ['b', null, null],
    ])
  })

  test('[HMS10] [HMS11] times that no Date can hold, of a hostile peer, are dates all the same', async () => {
    const { network } = apps()
    const hostile = await network.join({ room: 'standup', name: 'Mallory', skewMs: 9e15 - network.clock.now() })
    const app = await apps().joined('Ana')
    await network.settle()
    hostile.send({ type: 'chat', message: 'from the end of time' })
    await network.settle()
    const room = await app.sdk.getRoom()
    const dates = [room?.startedAt, ...(room?.peers ?? []).map(({ joinedAt }) => joinedAt)]
    for (const date of dates) expect(date?.toISOString()).toMatch(/^(1970|2026)-/)
    const message = app.told.find(([name]) => name === 'onMessage')
    expect(message).toMatchObject(['onMessage', { message: { message: 'from the end of time', time: new Date(0) } }])
    await hostile.leave()
  })

  test('[HMS8] [HMS11] what does not fit is refused, and nothing changes', async () => {
    const app = await apps().joined('Ana', { metaData: 'before' })
    expect(await outcomeOf(app.sdk.changeMetadata({ metadata: 'x'.repeat(5000) }))).toMatchObject({ code: 6004 })
    expect(await outcomeOf(app.sdk.changeName({ name: 'x'.repeat(257) }))).toMatchObject({ code: 6004 })
    expect(await app.sdk.getLocalPeer()).toMatchObject({ name: 'Ana', metadata: 'before' })
  })
})

describe('being away', () => {
  test('[HMS12] past the resume window it is told, terminally, and out of the room; it can join again', async () => {
    const { network } = apps()
    const [ana, bo] = [await apps().joined('Ana', { resumeWindowMs: 60_000 }), await apps().joined('Bo')]
    await network.settle()
    await bo.store().setSessionMetadataForKey({ key: 'key', data: 'old' })
    await network.settle()
    const room = ana.sdk.hearthRoom
    if (room) await network.partition([], [room])
    const heard: unknown[] = []
    await ana.store().addKeyChangeListener({
      keys: ['key'],
      hmsKeyChangeListener: { onKeyChanged: ({ value }) => void heard.push(value) },
    })
    await network.advance(70_000)
    await bo.store().setSessionMetadataForKey({ key: 'key', data: 'new' })
    await network.heal()
    await network.settle()
    await network.advance(1000)
    expect(ana.names().slice(-2)).toEqual(['onHMSError', 'onRemovedFromRoom'])
    expect(ana.told.at(-2)?.[1]).toMatchObject({ error: { code: 1003, isTerminal: true } })
    expect(ana.told.at(-1)?.[1]).toMatchObject({
      hmsPeerRemovedFromPeer: { peerWhoRemoved: null, roomWasEnded: false },
    })
    expect(ana.sdk.hearthRoom).toBeNull()
    expect(heard).not.toContain('new')
    await network.settle()
    await ana.join()
    expect(await ana.store().getSessionMetadataForKey({ key: 'key' })).toBe('new')
    expect((await bo.sdk.getRemotePeers())?.length).toBe(1)
  })
})
