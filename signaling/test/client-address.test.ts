import { describe, expect, test } from 'vitest'
import { addressKey, createClientAddress, trustedProxies, type TrustedProxies } from '../src/client-address.js'

/** What is asked of a request: its connection and one header. */
const seenAs = (trusted: TrustedProxies, remoteAddress: string, forwarded?: string): string =>
  createClientAddress(trusted)({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as never)

describe('the address of a client', () => {
  test.each<[string, TrustedProxies, string, string | undefined, string]>([
    ['the connection’s', [], '203.0.113.9', undefined, '203.0.113.9'],
    ['the connection’s, whatever a header claims', [], '203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['the connection’s, if that is no trusted hop', ['10.0.0.0/8'], '203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['what a trusted hop says', ['10.0.0.0/8'], '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    [
      'what the last trusted hop says, not what was claimed to it',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '1.1.1.1, 203.0.113.9',
      '203.0.113.9',
    ],
    [
      'found through several trusted hops',
      ['10.0.0.0/8', '::1'],
      '::1',
      '1.1.1.1,203.0.113.9, 10.9.9.9',
      '203.0.113.9',
    ],
    ['the hop’s own, if it says nothing', ['10.0.0.0/8'], '10.1.2.3', undefined, '10.1.2.3'],
    ['the hop’s own, if it says nonsense', ['10.0.0.0/8'], '10.1.2.3', '203.0.113.9, unknown', '10.1.2.3'],
    ['what one hop says', 1, '198.51.100.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['what two hops say', 2, '198.51.100.1', '1.1.1.1, 203.0.113.9', '1.1.1.1'],
    ['the last one there is, with fewer hops than said', 3, '198.51.100.1', '203.0.113.9', '203.0.113.9'],
    ['without the prefix that IPv6 gives IPv4', ['10.0.0.0/8'], '::ffff:10.1.2.3', '::ffff:203.0.113.9', '203.0.113.9'],
    ['IPv6 as well', ['2001:db8::/32'], '2001:db8::1', '2001:db9::7', '2001:db9::7'],
  ])('[SIG42] is %s', (_what, trusted, remote, forwarded, address) => {
    expect(seenAs(trusted, remote, forwarded)).toBe(address)
  })

  test('[SIG42] of IPv6 a /64 is one', () => {
    expect(addressKey('2001:db8:0:1::7')).toBe(addressKey('2001:0db8:0000:0001:ffff:ffff:ffff:ffff'))
    expect(addressKey('2001:db8::1')).not.toBe(addressKey('2001:db8:0:1::1'))
    expect(addressKey('::1')).toBe('0:0:0:0::/64')
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(addressKey('203.0.113.9')).toBe('203.0.113.9')
    expect(addressKey('')).toBe('')
  })

  test.each([
    ['2', 2],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
  ])('[SIG42] %j says whom to trust', (text, trusted) => {
    const parsed = trustedProxies.parse(text)
    expect(parsed).toEqual(trusted)
    expect(trustedProxies.accepts(parsed)).toBe(true)
  })

  test.each(['everybody', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '10.0.0.0/8,', '-1', '::/129'])(
    '[SIG42] %j does not say whom to trust',
    text => {
      expect(trustedProxies.accepts(trustedProxies.parse(text))).toBe(false)
    },
  )
})
