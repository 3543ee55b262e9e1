import type { Program } from './program.js'

/** Programs that once ended wrong, as small as they got, each named after what was wrong. */
export const pastFailures: readonly { readonly name: string; readonly program: Program }[] = [
  {
    name: '[MERGE7] a push took the places of removed elements, and was torn apart by what stood between those',
    program: {
      seed: 201,
      skewsMs: [0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'array.insert', who: 2, args: { key: 'a2', index: 0, items: ['t6', 't7', 't8'] }, deliver: 0 },
        { operation: 'network.settle', who: 0, args: {}, deliver: 0 },
        { operation: 'array.remove', who: 2, args: { key: 'a2', index: 1, count: 2 }, deliver: 0 },
        { operation: 'array.insert', who: 1, args: { key: 'a2', index: 2, items: ['t28', 't29'] }, deliver: 0 },
        { operation: 'array.push', who: 2, args: { key: 'a2', items: ['t36', 't37'] }, deliver: 0 },
      ],
    },
  },
  {
    name: '[SYNC10] what one author lost on all its links was asked for where it could not be had',
    program: {
      seed: 525,
      skewsMs: [0, 0, 0, 0, 0, 0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'members.add', who: 5, args: { member: { id: 't6' } }, deliver: 2 },
        { operation: 'array.item-remove', who: 7, args: { id: 7 }, deliver: 6 },
        { operation: 'list.delete', who: 0, args: { key: 'l1' }, deliver: 6 },
        { operation: 'array.remove', who: 0, args: { key: 'a1', index: 9, count: 2 }, deliver: 2 },
        {
          operation: 'object.field',
          who: 0,
          args: { key: 'o1', path: ['y'], value: { __proto__: 't37' } },
          deliver: 4,
        },
      ],
    },
  },
  {
    name: '[HISTORY5] what lost in a united object came back in place of what had won',
    program: {
      seed: 43,
      skewsMs: [0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'tallied.reset', who: 7, args: {}, deliver: 0 },
        { operation: 'array.item', who: 7, args: { id: 'q', name: 'y', value: 't14' }, deliver: 0 },
        { operation: 'array.item', who: 5, args: { id: 'q', name: 'y', value: 't17' }, deliver: 0 },
      ],
    },
  },
  {
    name: '[HISTORY5] an element that two had inserted came back where the other had put it',
    program: {
      seed: 32,
      skewsMs: [0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'array.item', who: 0, args: { id: 7, name: 'x', value: 't54' }, deliver: 0 },
        { operation: 'array.item', who: 3, args: { id: 7, name: 'y', value: 't59' }, deliver: 0 },
        { operation: 'array.item', who: 0, args: { id: 'p', name: 'y', value: 't65' }, deliver: 0 },
      ],
    },
  },
  {
    name: '[HISTORY5] a bounded list came back with what its bound had hidden',
    program: {
      seed: 363,
      skewsMs: [0, -180000],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'list.push', who: 1, args: { key: 'b1', items: ['t2', 't3', 't4'] }, deliver: 0 },
        { operation: 'list.move', who: 1, args: { key: 'b1', from: 15, to: 7 }, deliver: 0 },
        { operation: 'list.insert', who: 0, args: { key: 'b1', index: 18, item: 't17' }, deliver: 0 },
      ],
    },
  },
  {
    name: '[HISTORY2] an undo brought back what somebody else had done to what was gone',
    program: {
      seed: 1279,
      skewsMs: [0, 0],
      limits: { maxValueBytes: 80, maxKeys: 6, maxTotalBytes: 260, maxTextBytes: 40 },
      steps: [
        { operation: 'array.insert', who: 0, args: { key: 'a1', index: 15, items: ['t6', 't7', 't8'] }, deliver: 0 },
        { operation: 'time.pass', who: 0, args: { ms: 1500 }, deliver: 0 },
        { operation: 'array.delete', who: 0, args: { key: 'a1' }, deliver: 0 },
        { operation: 'history.undo', who: 0, args: {}, deliver: 0 },
        { operation: 'array.reverse', who: 7, args: { key: 'a1' }, deliver: 0 },
      ],
    },
  },
  {
    name: '[TEXT3] [GATE7] typing was taken for gone while the entry that names it anew was still missing',
    program: {
      seed: 2743,
      skewsMs: [0, 0, 0, 0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'text.type', who: 0, args: { at: 62, text: '丂' }, deliver: 0 },
        { operation: 'list.insert', who: 5, args: { key: 'l1', index: 9, item: 't24' }, deliver: 0 },
        { operation: 'tallied.increment', who: 3, args: { by: -1 }, deliver: 6 },
        { operation: 'register.set', who: 0, args: { key: 'r3', value: 0 }, deliver: 5 },
        {
          operation: 'register.long',
          who: 4,
          args: { key: 'r3', value: 't25---------------------------------------' },
          deliver: 4,
        },
        {
          operation: 'network.faults',
          who: 0,
          args: { drop: 0.3, duplicate: 0, reorder: 0.3, delayMs: 0 },
          deliver: 3,
        },
        { operation: 'text.type', who: 0, args: { at: 9, text: '丅丆' }, deliver: 0 },
        { operation: 'time.pass', who: 0, args: { ms: 4500 }, deliver: 0 },
      ],
    },
  },
  {
    name: '[COUNTER3] to set a counter to what it shows was taken for a reset',
    program: {
      seed: 5646,
      skewsMs: [0, 0, 0, 0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'tallied.increment', who: 1, args: { by: -2 }, deliver: 4 },
        { operation: 'register.set', who: 7, args: { key: 'r3', value: 't1' }, deliver: 0 },
        { operation: 'register.swap', who: 4, args: { keys: ['r2', 'r1'] }, deliver: 0 },
        { operation: 'tallied.increment', who: 7, args: { by: 4 }, deliver: 0 },
        { operation: 'tallied.add', who: 4, args: { member: 'v' }, deliver: 0 },
        { operation: 'tallied.increment', who: 6, args: { by: 5 }, deliver: 0 },
        { operation: 'tallied.add', who: 0, args: { member: 'w' }, deliver: 0 },
        { operation: 'tallied.set', who: 7, args: { to: 2 }, deliver: 0 },
        { operation: 'tallied.set', who: 0, args: { to: -26 }, deliver: 0 },
      ],
    },
  },
  {
    name: '[MERGE7] an element moved past one that the same transaction removed was taken for one that stayed',
    program: {
      seed: 6344,
      skewsMs: [0, 0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'list.push', who: 1, args: { key: 'l1', items: ['t13'] }, deliver: 0 },
        { operation: 'list.insert', who: 0, args: { key: 'l1', index: 9, item: 't18' }, deliver: 0 },
        { operation: 'network.partition', who: 0, args: { sides: [0, 1, 1, 1, 0, 1, 1, 1] }, deliver: 0 },
        { operation: 'time.pass', who: 0, args: { ms: 20 }, deliver: 0 },
        { operation: 'list.push', who: 7, args: { key: 'l1', items: ['t31', 't32'] }, deliver: 0 },
        {
          operation: 'transaction.inner-fails',
          who: 3,
          args: {
            outer: [
              { operation: 'list.move', args: { key: 'l1', from: 19, to: 15 } },
              { operation: 'counter.increment', args: { by: 8 } },
              { operation: 'list.remove', args: { key: 'l1', index: 7 } },
            ],
            inner: [
              { operation: 'array.move', args: { key: 'a1', from: 6, to: 10 } },
              { operation: 'array.push', args: { key: 'a2', items: ['t48', 't49'] } },
              { operation: 'list.insert', args: { key: 'l1', index: 2, item: 't50' } },
            ],
          },
          deliver: 0,
        },
      ],
    },
  },
  {
    name: '[TEXT4] what was typed beside typing that was gone before it came was missing until the clock asked for it',
    program: {
      seed: 6998,
      skewsMs: [0, 0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'text.type', who: 6, args: { at: 96, text: '一丁丂' }, deliver: 0 },
        { operation: 'text.delete', who: 6, args: {}, deliver: 0 },
        { operation: 'register.set', who: 5, args: { key: 'r2', value: 't27' }, deliver: 20 },
        { operation: 'list.push', who: 0, args: { key: 'l1', items: ['t28', 't29', 't30'] }, deliver: 17 },
        { operation: 'tallied.increment', who: 0, args: { by: 6 }, deliver: 25 },
        { operation: 'text.type', who: 0, args: { at: 57, text: '上' }, deliver: 25 },
        { operation: 'list.insert', who: 0, args: { key: 'l1', index: 12, item: 't57' }, deliver: 17 },
        { operation: 'text.type', who: 0, args: { at: 84, text: '下丌不' }, deliver: 0 },
      ],
    },
  },
  {
    name: '[SYNC4] what one who left had written did not reach who had lost the link to the author',
    program: {
      seed: 7462,
      skewsMs: [0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'counter.increment', who: 0, args: { by: 8 }, deliver: 0 },
        { operation: 'people.disconnect', who: 5, args: {}, deliver: 0 },
        { operation: 'list.push', who: 0, args: { key: 'l1', items: ['t12', 't13'] }, deliver: 0 },
        { operation: 'people.rejoin', who: 0, args: {}, deliver: 0 },
        { operation: 'list.insert', who: 0, args: { key: 'l1', index: 14, item: 't37' }, deliver: 0 },
      ],
    },
  },
  {
    name: '[COUNTER3] a reset took away a number that was set anew at the same time',
    program: {
      seed: 7277,
      skewsMs: [0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'tallied.increment', who: 0, args: { by: 0 }, deliver: 5 },
        { operation: 'tallied.set', who: 3, args: { to: -25 }, deliver: 0 },
        { operation: 'tallied.increment', who: 3, args: { by: -8 }, deliver: 0 },
        { operation: 'tallied.set', who: 3, args: { to: -25 }, deliver: 1 },
        { operation: 'tallied.reset', who: 0, args: {}, deliver: 0 },
      ],
    },
  },
  {
    name: '[COUNTER1] what is counted in a counter that its maker takes back, while another is left, was taken for kept',
    program: {
      seed: 8095,
      skewsMs: [0, 0, 0, 0],
      limits: { maxValueBytes: 80, maxKeys: 6, maxTotalBytes: 260, maxTextBytes: 40 },
      steps: [
        { operation: 'network.partition', who: 0, args: { sides: [0, 0, 1, 1, 1, 1, 0, 0] }, deliver: 9 },
        { operation: 'counter.increment', who: 7, args: { by: 8 }, deliver: 19 },
        { operation: 'counter.increment', who: 0, args: { by: 4 }, deliver: 0 },
        { operation: 'counter.increment', who: 2, args: { by: 7 }, deliver: 0 },
        { operation: 'network.partition', who: 0, args: { sides: [0, 2, 1, 0, 1, 1, 1, 1] }, deliver: 0 },
        { operation: 'list.move', who: 0, args: { key: 'l1', from: 12, to: 14 }, deliver: 25 },
        { operation: 'history.undo', who: 7, args: {}, deliver: 0 },
      ],
    },
  },
  {
    name: '[MERGE10] what a transaction took away and wrote anew was taken for what nobody had touched',
    program: {
      seed: 12430,
      skewsMs: [0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'register.set', who: 0, args: { key: 'r3', value: 't9' }, deliver: 0 },
        { operation: 'time.pass', who: 0, args: { ms: 20 }, deliver: 0 },
        { operation: 'register.swap', who: 0, args: { keys: ['r3', 'r1'] }, deliver: 0 },
        {
          operation: 'transaction.whole',
          who: 1,
          args: [
            { operation: 'counter.increment', args: { by: 2 } },
            { operation: 'register.swap', args: { keys: ['r3', 'r2'] } },
            { operation: 'register.swap', args: { keys: ['r3', 'r2'] } },
          ],
          deliver: 0,
        },
      ],
    },
  },
  {
    name: '[MERGE7] what a transaction put in and moved was taken for one run with the rest of it',
    program: {
      seed: 12653,
      skewsMs: [0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        {
          operation: 'transaction.fails',
          who: 0,
          args: [
            { operation: 'counter.decrement', args: { by: 7 } },
            { operation: 'list.insert', args: { key: 'l1', index: 12, item: 't9' } },
            { operation: 'array.push', args: { key: 'a2', items: ['t10', 't11', 't12'] } },
          ],
          deliver: 0,
        },
        {
          operation: 'transaction.whole',
          who: 0,
          args: [
            { operation: 'list.push', args: { key: 'l1', items: ['t49', 't50'] } },
            { operation: 'list.move', args: { key: 'l1', from: 18, to: 1 } },
            { operation: 'array.item', args: { id: 'q', name: 'x', value: 't51' } },
          ],
          deliver: 0,
        },
        {
          operation: 'transaction.inner-fails',
          who: 0,
          args: {
            outer: [
              { operation: 'list.insert', args: { key: 'l1', index: 18, item: 't52' } },
              { operation: 'list.move', args: { key: 'b1', from: 16, to: 19 } },
            ],
            inner: [{ operation: 'list.move', args: { key: 'l1', from: 5, to: 16 } }],
          },
          deliver: 0,
        },
        {
          operation: 'transaction.whole',
          who: 7,
          args: [
            { operation: 'list.push', args: { key: 'l1', items: ['t57', 't58', 't59'] } },
            { operation: 'list.push', args: { key: 'l1', items: ['t60', 't61'] } },
          ],
          deliver: 0,
        },
      ],
    },
  },
]
