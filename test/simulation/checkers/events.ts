import type { Checker } from '../checker.js'
import { sorted } from '../json.js'

export const events: Checker = {
  name: '[STORE2] [STORE3] what observers were told, from the first snapshot on, is what there is at the end, at each peer',
  check: ({ endings }) =>
    endings.flatMap(({ actor: { name, followers }, snapshot }) =>
      followers.flatMap(({ faults, values }) => [
        ...faults.map(fault => `an observer of ${name} was told that ${fault}`),
        ...(sorted(Object.fromEntries(values)) === sorted(snapshot.values)
          ? []
          : [`an observer of ${name} knows ${sorted(Object.fromEntries(values))}, not ${sorted(snapshot.values)}`]),
      ]),
    ),
}
