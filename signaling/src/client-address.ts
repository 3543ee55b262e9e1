import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Kind } from './setting-kinds.js'

/**
 * Which hops are believed when they say for whom they speak (`X-Forwarded-For`): the nearest so many, or those in
 * these networks. None by default, since anybody can write that header.
 */
export type TrustedProxies = number | readonly string[]

export const trustedProxies: Kind<TrustedProxies> = {
  must: 'a number of hops, or addresses and networks such as 10.0.0.0/8, with commas between them',
  parse: said => (/^\d+$/.test(said.trim()) ? Number(said) : said.split(',').map(item => item.trim())),
  accepts: value =>
    Array.isArray(value) ? value.every(item => typeof item === 'string' && parseNetwork(item) !== null) : isHops(value),
  show: value => (typeof value === 'number' ? String(value) : value.join(',')),
}

/** The address of who is asking, as far as it can be known: of the last hop that is not believed. */
export const createClientAddress = (trusted: TrustedProxies): ((request: IncomingMessage) => string) => {
  const isTrusted = typeof trusted === 'number' ? nearest(trusted) : within(trusted)
  return ({ socket, headers }) => {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map(canonical)
    let address = canonical(socket.remoteAddress ?? '')
    for (let hop = 0; isTrusted(address, hop); hop += 1) {
      const next = forwarded.pop()
      // What is no address was written by whoever is beyond this hop, or by a hop that should not be trusted.
      if (next === undefined || isIP(next) === 0) break
      address = next
    }
    return address
  }
}

/**
 * What shares the limits of an address: an IPv4 address alone, of IPv6 a /64, because that is what one customer gets,
 * and any address in it can be taken for each socket.
 */
export const addressKey = (address: string): string => {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%', 1).join('').split('::')
  const groups = head.split(':').filter(group => group !== '')
  const rest = tail?.split(':').filter(group => group !== '') ?? []
  const missing = tail === undefined ? 0 : 8 - groups.length - rest.length
  const all = [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...rest]
  return `${all
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

const isHops = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

/** Without the prefix under which an IPv6 socket shows IPv4. */
const canonical = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '')

const nearest =
  (hops: number) =>
  (_address: string, hop: number): boolean =>
    hop < hops

const within = (networks: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const network of networks) {
    const parsed = parseNetwork(network)
    if (parsed !== null) list.addSubnet(parsed.address, parsed.bits, parsed.family)
  }
  return address => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

const parseNetwork = (text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | null => {
  const [address = '', said] = text.split('/')
  const version = isIP(address)
  if (version === 0) return null
  const most = version === 6 ? 128 : 32
  const bits = said === undefined ? most : Number(said)
  const isPlain = said === undefined || /^\d{1,3}$/.test(said)
  return isPlain && bits <= most ? { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' } : null
}
