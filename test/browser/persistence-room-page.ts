/** What persistence-room.test.ts runs in a page: a room of the public API that keeps a copy. */

import { joinRoom, type Room } from '../../src/index.js'

export type Joining = {
  readonly signaling: string
  readonly resumeWindowMs?: number
}

const joined: { room: Room | null } = { room: null }
const errors: string[] = []

const room = (): Room => {
  if (!joined.room) throw new Error('This page has not joined')
  return joined.room
}

export const join = async (joining: Joining): Promise<void> => {
  joined.room = await joinRoom({ room: 'kept', persist: 'indexeddb', joinTimeoutMs: 500, ...joining })
  joined.room.on('error', ({ code }) => errors.push(code))
}

export const leave = () => room().leave()
export const all = () => room().store.getAll()
export const sessionId = () => room().sessionId
export const peers = () => room().peers.length
export const selfId = () => room().self.id
export const errorCodes = () => errors
export const status = () => room().status.sync
export const push = (item: string) => room().store.list('list').push(item)
export const type = (text: string) => room().store.text('notes').insert(0, text)

/** The parts that the database has, of any room. */
export const storedParts = async (): Promise<number> => {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('hearth')
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error(String(request.error))))
  })
  const request = db.transaction('chains').objectStore('chains').getAllKeys()
  await new Promise(resolve => request.addEventListener('success', resolve))
  db.close()
  return request.result.filter(key => Array.isArray(key) && Number(key[2]) > 0).length
}
