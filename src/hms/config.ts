import type { AnyRoom } from '../room.js'
import type { JoinOptions } from '../room-options.js'
import { failure } from './exception.js'
import type { ValueFormatOptions } from './value-format.js'

/**
 * What `join` needs: the room's name, or a token that names it. What `joinRoom` takes beside that (`transport`,
 * `iceServers`, `password`, `persist`, `limits`, …) goes along.
 */
export type HMSConfig = Omit<JoinOptions, 'room' | 'name' | 'metadata' | 'signal'> &
  ValueFormatOptions & {
    readonly room?: string
    /**
     * A JWT whose payload has `room_id`, or `room`, and if it likes `role` and `user_id`. It is not verified here but
     * goes along to the signaling servers, as `token` in the query of their addresses: who may enter is theirs to say.
     */
    readonly authToken?: string
    /** The same as `authToken`. */
    readonly token?: string
    readonly userName?: string
    /** Others read it as `peer.metadata`. */
    readonly metaData?: string
    /** The app's own id of the person, the same in every session. */
    readonly customerUserId?: string
  }

/** What every join of an SDK has in common, so that ported calls of `join` stay as they are. */
export type HMSOptions = HMSConfig & {
  /** In place of Hearth's `joinRoom`: in tests, `createNetwork().join`. */
  readonly joinRoom?: (options: JoinOptions) => Promise<AnyRoom>
}

/** The metadata of a peer of this layer: exact texts, so that they come back as they are. */
export type PeerMetadata = { readonly metaData?: string; readonly customerUserId?: string }

/** What others read as `peer.metadata`. @throws HMSException 6004 for what has no JSON text */
export const toMetadataText = (metadata: unknown): string => {
  const invalid = (reason: string) =>
    failure('invalidArgument', 'changeMetadata', `Metadata is a text or JSON: ${reason}.`)
  if (typeof metadata === 'string') return metadata
  let text: string | undefined
  try {
    text = JSON.stringify(metadata)
  } catch (cause) {
    throw invalid(String(cause))
  }
  if (text === undefined) throw invalid(`${typeof metadata} has no JSON form`)
  return text
}

/** What a join leaves out, or undefined, is as for all joins. */
export const withDefaults = (defaults: HMSConfig, config: HMSConfig | undefined): HMSConfig => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => value !== undefined)),
})

/** @throws HMSException 2004 for a token that cannot be read, 6004 for metadata or a user id that is no text */
export const readConfig = (config: HMSConfig): JoinOptions => {
  const { room, signaling, authToken, token = authToken, userName, metaData, customerUserId, ...rest } = config
  const claims = readToken(token, room)
  const role = rest.role ?? claims.role
  const userId = customerUserId ?? claims.userId
  // Others could not read it.
  if (typeof (metaData ?? '') !== 'string' || typeof (userId ?? '') !== 'string')
    throw failure('invalidArgument', 'JOIN', 'metaData and customerUserId are texts.')
  const metadata: PeerMetadata = {
    ...(metaData === undefined ? {} : { metaData }),
    ...(userId === undefined ? {} : { customerUserId: userId }),
  }
  return {
    ...rest,
    ...(role === undefined ? {} : { role }),
    // What is no room's name is told by joinRoom.
    room: room ?? claims.room ?? '',
    name: userName ?? '',
    metadata,
    ...(signaling === undefined ? {} : { signaling: [signaling].flat().map(address => withToken(address, token)) }),
  }
}

/** Where the signaling server looks for it. What is no address is told by joinRoom. */
const withToken = (address: string, token: string | undefined): string => {
  if (token === undefined || !URL.canParse(address)) return address
  const url = new URL(address)
  if (!url.searchParams.has('token')) url.searchParams.set('token', token)
  return url.href
}

type Claims = { readonly room?: string; readonly role?: string; readonly userId?: string }

/** Where the room is named otherwise, a token may be of any kind: it is for the signaling servers alone. */
const readToken = (token: string | undefined, named: string | undefined): Claims => {
  if (token === undefined) return {}
  const payload = readPayload(token)
  const { room_id: roomId, room = roomId, role, user_id: userId } = payload ?? {}
  if (typeof room !== 'string' && named === undefined)
    throw failure('invalidToken', 'JOIN', 'The token is no JWT that names a room.')
  return {
    ...(typeof room === 'string' ? { room } : {}),
    ...(typeof role === 'string' ? { role } : {}),
    ...(typeof userId === 'string' ? { userId } : {}),
  }
}

/** The second part of a JWT (RFC 7519): JSON in base64url. */
const readPayload = (token: string): Record<string, unknown> | null => {
  try {
    const base64 = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof payload === 'object' && payload !== null ? { ...payload } : null
  } catch {
    // Whatever else it is, it is no token.
    return null
  }
}
