import type { Checker } from '../checker.js'

export const delivered: Checker = {
  name: '[SESSION9] whenDelivered resolves when everybody has it, not before, and in the end it does',
  check: ({ world }) =>
    world.deliveries.flatMap(({ by, state, to, faults }) => {
      const isOwed = state === 'pending' && world.present.includes(by)
      return [...faults, ...(isOwed ? [`${by.name} was never told that ${to} have what it wrote`] : [])]
    }),
}
