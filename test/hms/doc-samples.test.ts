/**
 * What the two documentation pages of the original teach, done in order by two peers. Their headings, in order:
 *
 * Session Store: How to use · Setting a value for a specific key · Retrieve the current value and receive updates ·
 * Stop listening to updates for keys · Retrieve the current value once · (its first use case) Spotlight
 *
 * Session Metadata (deprecated): Set Session Metadata · Get Session Metadata · Updating session metadata manually
 */
import { describe, expect, test } from 'vitest'
import {
  HMSActionResultListenerMethod,
  HMSException,
  type HMSSDK,
  type HMSActionResultListener,
  type HMSKeyChangeListener,
  type HMSMessage,
  type HMSSessionStore,
  type HMSUpdateListener,
  type JsonValue,
} from '../../src/hms/index.js'
import { appsOfFile } from './apps.js'

const apps = appsOfFile()

/** One class that is all three listeners, as in the samples. */
class Meeting implements HMSUpdateListener, HMSActionResultListener, HMSKeyChangeListener {
  readonly hmsSDK: HMSSDK
  hmsSessionStore: HMSSessionStore | null = null
  sessionMetadata: JsonValue = null
  readonly log: string[] = []
  readonly chat: string[] = []
  readonly values: Record<string, JsonValue> = {}

  constructor(hmsSDK: HMSSDK) {
    this.hmsSDK = hmsSDK
    hmsSDK.addUpdateListener({ listener: this })
  }

  onSessionStoreAvailable({ hmsSessionStore }: { hmsSessionStore: HMSSessionStore }): void {
    this.hmsSessionStore = hmsSessionStore
  }

  onJoin(): void {
    void this.getSessionMetadata()
  }

  setSessionMetadataForKey(key: string, data: unknown): Promise<void> | undefined {
    return this.hmsSessionStore?.setSessionMetadataForKey({ key, data, hmsActionResultListener: this })
  }

  addKeyListener(keys: string[]): Promise<HMSException | null> | undefined {
    return this.hmsSessionStore?.addKeyChangeListener({ keys, hmsKeyChangeListener: this })
  }

  removeKeyListener(): Promise<HMSException | null> | undefined {
    return this.hmsSessionStore?.removeKeyChangeListener({ hmsKeyChangeListener: this })
  }

  async getValue(key: string): Promise<JsonValue> {
    const result = (await this.hmsSessionStore?.getSessionMetadataForKey({ key })) ?? null
    if (result instanceof HMSException) throw result
    return result
  }

  onKeyChanged({ key, value }: { key: string; value: JsonValue }): void {
    this.log.push(`${key} ${JSON.stringify(value)}`)
    this.values[key] = value
  }

  setSessionMetadata(metadata: string | null): Promise<void> {
    return this.hmsSDK.setSessionMetadata({ metadata, hmsActionResultListener: this })
  }

  async getSessionMetadata(): Promise<void> {
    this.sessionMetadata = await this.hmsSDK.getSessionMetadata()
  }

  onSuccess(result: Parameters<NonNullable<HMSActionResultListener['onSuccess']>>[0]): void {
    this.log.push(`${result.methodType} succeeded`)
    if (result.methodType === HMSActionResultListenerMethod.setSessionMetadata) {
      // The recipe: the setter keeps its own copy, and tells the others to read theirs anew.
      this.sessionMetadata = result.arguments['session_metadata'] as JsonValue
      void this.hmsSDK.sendBroadcastMessage({ message: 'refresh', type: 'metadata', hmsActionResultListener: this })
    }
  }

  onException({ hmsException }: { hmsException: HMSException }): void {
    this.log.push(hmsException.description)
  }

  onMessage({ message }: { message: HMSMessage }): void {
    if (message.type === 'metadata') return void this.getSessionMetadata()
    this.chat.push(message.message)
  }
}

describe('the documentation of the original', () => {
  test('[HMS1] [HMS3] [HMS4] [HMS7] Session Store, heading by heading', async () => {
    const { network } = apps()
    const [ana, bo] = [new Meeting(apps().create().sdk), new Meeting(apps().create().sdk)]

    // How to use
    expect(ana.hmsSessionStore).toBeNull()
    for (const { hmsSDK } of [ana, bo]) await hmsSDK.join({ config: { room: 'standup' } })
    expect([ana.hmsSessionStore, bo.hmsSessionStore]).not.toContain(null)

    // Setting a value for a specific key
    await ana.setSessionMetadataForKey('my key', 'my value')
    await network.settle()
    expect(ana.log).toEqual(['setSessionMetadataForKey succeeded'])

    // Retrieve the current value and receive updates
    await bo.addKeyListener(['my key', 'another key'])
    expect(bo.log).toEqual(['my key "my value"', 'another key null'])
    await ana.setSessionMetadataForKey('another key', 'another value')
    await bo.setSessionMetadataForKey('my key', 'changed')
    await network.settle()
    // The setter is told of its own change, too.
    expect(bo.log.slice(2)).toEqual([
      'my key "changed"',
      'setSessionMetadataForKey succeeded',
      'another key "another value"',
    ])

    // Stop listening to updates for keys
    expect(await bo.removeKeyListener()).toBeNull()
    await ana.setSessionMetadataForKey('another key', 'unheard')
    await network.settle()
    expect(bo.log).toHaveLength(5)

    // Retrieve the current value once
    expect(await bo.getValue('another key')).toBe('unheard')
    expect(await bo.getValue('no such key')).toBeNull()
  })

  test('[HMS3] [HMS4] Session Store, spotlight: set for everyone, and cleared', async () => {
    const { network } = apps()
    const [ana, bo] = [new Meeting(apps().create().sdk), new Meeting(apps().create().sdk)]
    for (const { hmsSDK } of [ana, bo]) await hmsSDK.join({ config: { room: 'standup' } })
    for (const each of [ana, bo]) await each.addKeyListener(['spotlight'])
    const peerId = (await bo.hmsSDK.getLocalPeer())?.peerId
    await ana.setSessionMetadataForKey('spotlight', peerId)
    await network.settle()
    expect([ana.values['spotlight'], bo.values['spotlight']]).toEqual([peerId, peerId])
    // Who comes later sees it, too.
    const late = new Meeting(apps().create().sdk)
    await late.hmsSDK.join({ config: { room: 'standup' } })
    await late.addKeyListener(['spotlight'])
    expect(late.values['spotlight']).toBe(peerId)
    await bo.setSessionMetadataForKey('spotlight', null)
    await network.settle()
    expect([ana, bo, late].map(({ values }) => values['spotlight'])).toEqual([null, null, null])
    expect(ana.log).toEqual([
      'spotlight null',
      `spotlight "${peerId}"`,
      'setSessionMetadataForKey succeeded',
      'spotlight null',
    ])
  })

  test('[HMS9] [HMS10] Session Metadata, heading by heading', async () => {
    const { network } = apps()
    const [ana, bo] = [new Meeting(apps().create().sdk), new Meeting(apps().create().sdk)]
    for (const { hmsSDK } of [ana, bo]) await hmsSDK.join({ config: { room: 'standup' } })

    // Set Session Metadata
    await ana.setSessionMetadata('pinned text')
    await network.settle()
    expect(ana.log).toEqual(['setSessionMetadata succeeded', 'sendBroadcastMessage succeeded'])
    expect(ana.sessionMetadata).toBe('pinned text')

    // Get Session Metadata
    expect(await bo.hmsSDK.getSessionMetadata()).toBe('pinned text')

    // Updating session metadata manually: who was told to refresh has read it, and shows no message for it.
    expect([bo.sessionMetadata, bo.chat, ana.chat]).toEqual(['pinned text', [], []])

    // On joining it is read as well, and it can be reset.
    const late = new Meeting(apps().create().sdk)
    await late.hmsSDK.join({ config: { room: 'standup' } })
    await network.settle()
    expect(late.sessionMetadata).toBe('pinned text')
    await bo.setSessionMetadata(null)
    await network.settle()
    expect([ana, bo, late].map(({ sessionMetadata }) => sessionMetadata)).toEqual([null, null, null])
    // It is one key of the session store.
    await ana.setSessionMetadata('as a key')
    expect(await ana.getValue('default')).toBe('as a key')
  })
})
