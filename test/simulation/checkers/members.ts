import type { Checker } from '../checker.js'
import { isList, sorted } from '../json.js'
import { hadSeen, talliedWrites } from './counters.js'

export const addsWin: Checker = {
  name: '[MEMBERS1] [MEMBERS2] members are those of whom an add is there that no remove had seen',
  check: ({ world, endings }) => {
    const [first] = endings
    if (!first) return []
    const { values } = first.snapshot
    const writes = talliedWrites(world.records, values)
    const memberOf = ({ record }: (typeof writes)[number]) => (record.args as { member: string }).member
    const removes = writes.filter(({ record }) => record.operation === 'tallied.remove')
    const left = writes.filter(
      add =>
        add.record.operation === 'tallied.add' &&
        !removes.some(remove => memberOf(remove) === memberOf(add) && hadSeen(remove, add)),
    )
    const expected = sorted([...new Set(left.map(memberOf))].sort())
    const found = sorted(isList(values['m2']) ? values['m2'] : [])
    return found === expected ? [] : [`m2 is ${found}, not ${expected}`]
  },
}

export const distinctMembers: Checker = {
  name: '[MEMBERS1] members are in order, and none is there twice',
  check: ({ endings }) =>
    endings.flatMap(({ actor, snapshot: { values } }) =>
      ['m1', 'm2'].flatMap(key => {
        const members = isList(values[key]) ? values[key].map(sorted) : []
        const expected = [...new Set(members)].sort()
        return members.join() === expected.join() ? [] : [`${key} of ${actor.name} is ${members.join()}`]
      }),
    ),
}
