import type { Kind } from './setting-kinds.js'

/** Where a Redis is. Shown without user and password, and not at all where it cannot be used. */
export const redisAddress: Kind<string> = {
  must: 'an address such as redis://host:6379, or rediss://user:password@host/0',
  parse: said => said,
  accepts: value => typeof value === 'string' && addressOf(value) !== null,
  show: value => addressOf(value) ?? '(set)',
  isSecret: true,
}

/** Without what must not be shown. */
const addressOf = (text: string): string | null => {
  if (!URL.canParse(text)) return null
  const { protocol, hostname, host, pathname, username, password } = new URL(text)
  if (!/^rediss?:$/.test(protocol) || hostname === '' || !/^(\/\d*)?$/.test(pathname)) return null
  if (!canDecode(username) || !canDecode(password)) return null
  return `${protocol}//${host}${pathname}`
}

const canDecode = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
