import type { Script, Step } from './script.js'
import type { CounterCall } from './uses.js'

const counts = (who: number, counter: CounterCall): Step => {
  const [list, members] = [
    { call: 'push', items: [], max: undefined },
    { call: 'add', values: [] },
  ] as const
  const edit = { edit: 'use', handle: 'counter', isBlind: true, counter, list, members } as const
  return { do: 'write', who, how: 'set', edits: [{ key: 'a', path: [], edit }] }
}

/** Scripts that once ended wrong, as small as they got, each named after what was wrong. */
export const pastFailures: readonly { readonly name: string; readonly script: Script; readonly isSmall?: true }[] = [
  {
    name: 'a transaction was passed on without a deletion that another had made as well',
    script: {
      replicas: [
        { writer: 1, skewMs: 0 },
        { writer: 2, skewMs: 0 },
        { writer: 3, skewMs: 0 },
      ],
      steps: [
        {
          do: 'write',
          who: 0,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'field', name: 'x', value: 1 } }],
        },
        { do: 'deliver', to: 2, pick: 0 },
        { do: 'write', who: 0, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'reverse' } }] },
        { do: 'write', who: 2, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'duplicate', at: 0 } }] },
        { do: 'repeat', to: 0, pick: 2 },
        { do: 'repeat', to: 1, pick: 0 },
        { do: 'repeat', to: 1, pick: 3 },
      ],
    },
  },
  {
    name: 'several as one were passed on with deletions of a transaction that was left out',
    script: {
      replicas: [
        { writer: 1, skewMs: 0 },
        { writer: 2, skewMs: 0 },
        { writer: 3, skewMs: 0 },
      ],
      steps: [
        { do: 'write', who: 1, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'replace', value: 1 } }] },
        { do: 'gather' },
        { do: 'write', who: 1, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'replace', value: 2 } }] },
        { do: 'write', who: 2, how: 'set', edits: [{ key: 'b', path: [], edit: { edit: 'replace', value: 1 } }] },
        { do: 'deliver', to: 0, pick: 0 },
        { do: 'batch', to: 0, picks: [3, 4] },
        { do: 'deliver', to: 2, pick: 2 },
        { do: 'deliver', to: 2, pick: 1 },
        { do: 'deliver', to: 2, pick: 0 },
      ],
    },
  },
  {
    name: 'a position was made where a parent had stood, and no other replica took it',
    script: {
      replicas: [
        { writer: 1, skewMs: 0 },
        { writer: 2, skewMs: 0 },
      ],
      steps: [
        {
          do: 'write',
          who: 0,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'replace', value: ['a', 'b'] } }],
        },
        { do: 'write', who: 0, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'push', items: ['z'] } }] },
        { do: 'gather' },
        {
          do: 'write',
          who: 1,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'insert', at: 2, items: [2] } }],
        },
        {
          do: 'write',
          who: 1,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'insert', at: 1, items: [1] } }],
        },
        { do: 'write', who: 1, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'take', at: 2, count: 1 } }] },
        { do: 'gather' },
        {
          do: 'write',
          who: 0,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'insert', at: 2, items: ['x'] } }],
        },
      ],
    },
  },
  {
    name: 'who had moved an element of a list in conflict was not told that it was removed',
    script: {
      replicas: [
        { writer: 1, skewMs: 0 },
        { writer: 3, skewMs: -259_200_000 },
        { writer: 4, skewMs: 0 },
      ],
      steps: [
        { do: 'write', who: 0, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'take', at: 0, count: 1 } }] },
        { do: 'write', who: 0, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'take', at: 0, count: 1 } }] },
        { do: 'deliver', to: 1, pick: 0 },
        { do: 'write', who: 1, how: 'set', edits: [{ key: 'a', path: [], edit: { edit: 'move', from: 0, to: 2 } }] },
        {
          do: 'write',
          who: 2,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'field', name: 'x', value: 1 } }],
        },
      ],
    },
  },
  {
    name: 'an inner transaction that was taken back counted against the limit',
    isSmall: true,
    script: {
      replicas: [
        { writer: 1, skewMs: 0 },
        { writer: 2, skewMs: -259_200_000 },
      ],
      steps: [
        {
          do: 'write',
          who: 1,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'replace', value: ['first', 'of', 'two'] } }],
        },
        {
          do: 'write',
          who: 0,
          how: 'set',
          edits: [{ key: 'a', path: [], edit: { edit: 'replace', value: ['second', 'of', 'two'] } }],
        },
        { do: 'gather' },
        {
          do: 'write',
          who: 0,
          how: 'nested',
          edits: [
            { key: 'ü', path: [], edit: { edit: 'replace', value: 1 } },
            { key: 'a', path: [], edit: { edit: 'push', items: [1] } },
          ],
        },
      ],
    },
  },
  {
    name: 'a reset took back another that had seen more of a tally',
    script: {
      replicas: [
        { writer: 1, skewMs: 0 },
        { writer: 2, skewMs: 0 },
        { writer: 3, skewMs: 0 },
      ],
      steps: [
        counts(0, { call: 'increment', by: 1 }),
        { do: 'gather' },
        counts(0, { call: 'increment', by: 5 }),
        { do: 'deliver', to: 1, pick: 0 },
        counts(1, { call: 'reset' }),
        { do: 'deliver', to: 2, pick: 2 },
        counts(2, { call: 'increment', by: 1 }),
        counts(2, { call: 'reset' }),
      ],
    },
  },
]
