import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { maxPeerIdLength, maxTopicLength } from '../../src/wire/signaling-messages.js'
import type { CloseName } from './rejections.js'
import type { Settings } from './settings.js'

/** What a token allows. */
export type Grant = {
  readonly rooms: ReadonlySet<string>
  /** The only id that may be named, if the token names one. */
  readonly peer: string | null
  /** An observer hears what everybody in the room is told, and is heard by nobody. */
  readonly role: 'peer' | 'observer'
  /** Wall-clock milliseconds; the tolerance is in it. */
  readonly expiresAt: number
}

export type TokenReading =
  | { readonly is: 'valid'; readonly grant: Grant }
  | { readonly is: 'refused'; readonly why: CloseName }
  /** Nobody can say: the keys cannot be had. */
  | { readonly is: 'unchecked'; readonly error: unknown }

/** Checks a token: a JWT with `exp`, and `room`, a name or several. It never throws. */
export type ReadToken = (token: string) => Promise<TokenReading>

/** Signatures that a public key can check. HS256 is not among them: it would take that key for a secret. */
const publicKeyAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** What may be wrong with a token itself, beside its time. */
const tokenErrors = [
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
]

/** Null if there is neither a secret nor an address of keys, so that no token can be checked. */
export const createTokenReader = (settings: Settings): ReadToken | null => {
  const verify = createVerifier(settings)
  if (verify === null) return null
  const { tokenToleranceMs } = settings
  return async token => {
    try {
      const grant = parseGrant(await verify(token), tokenToleranceMs)
      return grant === null ? { is: 'refused', why: 'token-invalid' } : { is: 'valid', grant }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { is: 'refused', why: 'token-expired' }
      if (tokenErrors.some(kind => error instanceof kind)) return { is: 'refused', why: 'token-invalid' }
      return { is: 'unchecked', error }
    }
  }
}

const createVerifier = (settings: Settings): ((token: string) => Promise<JWTPayload>) | null => {
  const { tokenSecret, tokenJwks, tokenAudience, tokenIssuer, tokenToleranceMs, clock } = settings
  const keys = keysOf(tokenSecret, tokenJwks)
  if (keys === null) return null
  return async token => {
    const options = {
      algorithms: keys.algorithms,
      clockTolerance: tokenToleranceMs / 1000,
      currentDate: new Date(clock.now()),
      ...(tokenAudience !== undefined && { audience: tokenAudience }),
      ...(tokenIssuer !== undefined && { issuer: tokenIssuer }),
    }
    return (await jwtVerify(token, keys.find, options)).payload
  }
}

const keysOf = (
  secret: string | undefined,
  jwks: string | undefined,
): { algorithms: string[]; find: JWTVerifyGetKey } | null => {
  if (secret !== undefined) {
    const bytes = new TextEncoder().encode(secret)
    return { algorithms: ['HS256'], find: () => bytes }
  }
  // It keeps the keys, and asks for new ones twice a minute at most, whatever keys tokens name.
  if (jwks !== undefined) return { algorithms: publicKeyAlgorithms, find: createRemoteJWKSet(new URL(jwks)) }
  return null
}

/**
 * Null unless each claim that we read is what it should be. Roles but `observer` are the app's own: one token can tell
 * the app and this server who somebody is, so we refuse none that we do not know.
 */
const parseGrant = ({ exp, room, peer, role = 'peer' }: JWTPayload, toleranceMs: number): Grant | null => {
  const rooms = Array.isArray(room) ? room : [room]
  // A token that never ends could not be taken back.
  if (exp === undefined || rooms.length === 0 || !rooms.every(name => isText(name, maxTopicLength))) return null
  if (peer !== undefined && !isText(peer, maxPeerIdLength)) return null
  if (typeof role !== 'string') return null
  const isObserver = role === 'observer'
  return {
    rooms: new Set(rooms),
    peer: peer ?? null,
    role: isObserver ? role : 'peer',
    expiresAt: exp * 1000 + toleranceMs,
  }
}

const isText = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= maxLength
