/** A page's end of last-write-wins-server.ts, by the names of `hearth-store/hms`. */

import type { HMSKeyChangeListener, HMSSessionStore, JsonValue } from '../../src/hms/index.js'
import type { Told } from './last-write-wins-server.js'

/** Reads what the server told last; a write is done when the server has answered it. */
export const openLastWriteWinsStore = async (url: string): Promise<HMSSessionStore> => {
  const values = new Map<string, JsonValue>()
  const listeners = new Map<HMSKeyChangeListener, readonly string[]>()
  const unanswered: (() => void)[] = []
  const valueOf = (key: string) => values.get(key) ?? null

  const socket = new WebSocket(url)
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const { key, value, isOwn } = JSON.parse(data) as Told
    values.set(key, value as JsonValue)
    for (const [listener, keys] of listeners)
      if (keys.includes(key)) listener.onKeyChanged({ key, value: valueOf(key) })
    if (isOwn) unanswered.shift()?.()
  })
  await new Promise(resolve => socket.addEventListener('open', resolve))

  return {
    setSessionMetadataForKey: ({ key, data }) => {
      socket.send(JSON.stringify({ key, value: data }))
      return new Promise(resolve => unanswered.push(resolve))
    },
    getSessionMetadataForKey: async ({ key }) => valueOf(key),
    addKeyChangeListener: async ({ keys, hmsKeyChangeListener: listener }) => {
      listeners.set(listener, keys)
      for (const key of keys) listener.onKeyChanged({ key, value: valueOf(key) })
      return null
    },
    removeKeyChangeListener: async ({ hmsKeyChangeListener }) => {
      listeners.delete(hmsKeyChangeListener)
      return null
    },
  }
}
