import { createDecoder, readAny, readVarString, readVarUint8Array } from 'lib0/decoding'
import { encode, writeAny, writeVarString, writeVarUint8Array } from 'lib0/encoding'

/** Encrypts what signaling servers relay, in y-webrtc's format, so that they cannot tell one client from the other. */
export type RoomCipher = {
  /** The sealed form is base64 text. */
  seal(data: object): Promise<string>
  /** Null when it was not sealed with this password for this topic. */
  open(sealed: string): Promise<{ data: unknown } | null>
}

/** Whether this page may encrypt at all: an insecure origin may not, and a password cannot be used there. */
export const canEncrypt = (): boolean => globalThis.crypto?.subtle !== undefined

/** Derives the key, which takes some 50 ms. @throws TypeError where `canEncrypt()` is false. */
export const createRoomCipher = async (password: string, topic: string): Promise<RoomCipher> => {
  const { subtle } = crypto
  const utf8 = new TextEncoder()
  const secret = await subtle.importKey('raw', utf8.encode(password), 'PBKDF2', false, ['deriveKey'])
  const key = await subtle.deriveKey(
    { name: 'PBKDF2', salt: utf8.encode(topic), iterations: 100_000, hash: 'SHA-256' },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
  return {
    seal: async data => {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const plain = encode(encoder => writeAny(encoder, data as Parameters<typeof writeAny>[1]))
      const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, plain as BufferSource)
      const framed = encode(encoder => {
        writeVarString(encoder, 'AES-GCM')
        writeVarUint8Array(encoder, iv)
        writeVarUint8Array(encoder, new Uint8Array(sealed))
      })
      return btoa(String.fromCharCode(...framed))
    },
    open: async sealed => {
      try {
        const decoder = createDecoder(Uint8Array.from(atob(sealed), char => char.charCodeAt(0)))
        if (readVarString(decoder) !== 'AES-GCM') return null
        const iv = readVarUint8Array(decoder) as BufferSource
        const bytes = await subtle.decrypt({ name: 'AES-GCM', iv }, key, readVarUint8Array(decoder) as BufferSource)
        return { data: readAny(createDecoder(new Uint8Array(bytes))) }
      } catch {
        // Another password, another format, or noise: all of them are "not for us".
        return null
      }
    },
  }
}
