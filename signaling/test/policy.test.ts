import { expect, test } from 'vitest'
import { topicRules } from '../src/policy.js'

test.each([
  [
    'team/=token,=open',
    [
      { prefix: 'team/', access: 'token' },
      { prefix: '', access: 'open' },
    ],
  ],
  ['a=b=token', [{ prefix: 'a=b', access: 'token' }]],
  [
    ' =open , x=token ',
    [
      { prefix: '', access: 'open' },
      { prefix: 'x', access: 'token' },
    ],
  ],
])('[SIG50] the policy %j is read and shown', (text, rules) => {
  const parsed = topicRules.parse(text)
  expect(parsed).toEqual(rules)
  expect(topicRules.accepts(parsed)).toBe(true)
  expect(topicRules.parse(topicRules.show(parsed ?? []))).toEqual(rules)
})

test.each(['', 'team/', 'team/=closed', 'team/=token,', 'x=open,x=token', '=Open'])(
  '[SIG50] the policy %j is none',
  text => {
    expect(topicRules.accepts(topicRules.parse(text))).toBe(false)
  },
)
