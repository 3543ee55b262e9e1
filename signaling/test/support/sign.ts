import { SignJWT, type CryptoKey } from 'jose'
import type { ManualClock } from './manual-clock.js'

export const secret = 'a secret that is long enough for HS256'

/** What a token says, right or wrong. */
export type Claims = { readonly [claim: string]: unknown }

/** A token as an app's own server makes it: of these claims, for an hour unless `exp` says otherwise. */
export const sign = (clock: ManualClock, claims: Claims, key: CryptoKey | string = secret): Promise<string> => {
  const exp = Math.floor(clock.now() / 1000) + 3600
  const token = new SignJWT({ exp, ...claims })
  if (typeof key === 'string') return token.setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(key))
  return token.setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key)
}
