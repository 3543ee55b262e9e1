import { SessionError } from '../errors.js'
import { protocolVersion, type HelloLimits, type PeerMessage } from '../wire/peer-messages.js'
import type { Replica } from './replica.js'

/** A hello, of whatever version. */
export type Greeting = Extract<PeerMessage, { type: 'hello' | 'other-hello' }>

/** What a hello is compared with. */
export type Standing = {
  readonly limits: HelloLimits
  readonly replica: Replica
  /** Writers that other links are bound to. */
  readonly linkedWriters: readonly number[]
}

/** The codes of a hello that is turned down. */
export type Refusal =
  | SessionError<'limits-mismatch'>
  | SessionError<'protocol-mismatch'>
  | SessionError<'duplicate-writer'>

/** Why the peer at the other end cannot be talked to; null if it can. */
export const refusalOf = (peerId: string, hello: Greeting, standing: Standing): Refusal | null => {
  if (hello.type === 'other-hello') {
    const details = { peerId, ours: protocolVersion, theirs: hello.protocol }
    const message = `${peerId} speaks version ${hello.protocol} of the protocol, not ${protocolVersion}.`
    return new SessionError('protocol-mismatch', message, details)
  }
  const { maxValueBytes, maxKeys, maxTotalBytes, maxTextBytes } = standing.limits
  const { writer, limits } = hello
  if (
    limits.maxValueBytes !== maxValueBytes ||
    limits.maxKeys !== maxKeys ||
    limits.maxTotalBytes !== maxTotalBytes ||
    limits.maxTextBytes !== maxTextBytes
  ) {
    const ours = { maxValueBytes, maxKeys, maxTotalBytes, maxTextBytes }
    const details = { peerId, ours, theirs: { ...limits } }
    return new SessionError('limits-mismatch', `${peerId} was started with other limits.`, details)
  }
  const { replica, linkedWriters } = standing
  const owner = replica.peerOf(writer) ?? peerId
  if (owner !== peerId || writer === replica.writer || linkedWriters.includes(writer))
    return new SessionError('duplicate-writer', `${peerId} claims to be a writer that is somebody else.`, {
      peerId,
      writer,
    })
  return null
}
