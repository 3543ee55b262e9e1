/**
 * Ways to break the store or the sync that must not go unseen: `from`, which stands exactly once in `file`, becomes
 * `to`. @type {{ name: string, file: string, from: string, to: string }[]}
 */
export const mutations = [
  // --- folding ----------------------------------------------------------------------------------------------------
  {
    name: 'wrong winner: the least entry wins a place',
    file: 'src/store/fold.ts',
    from: 'for (const entry of [...entries].sort(byAge).reverse())',
    to: 'for (const entry of [...entries].sort(byAge))',
  },
  {
    name: 'resurrected element: what hangs on something dead is visible',
    file: 'src/store/entry-index.ts',
    from: 'return container.naming !== null && (this.#alive ??= this.#reach()).has(container)',
    to: 'return true',
  },
  {
    name: 'order by arrival: elements at one position are not told apart',
    file: 'src/store/fold.ts',
    from: 'comparePositions(a.position, b.position) || byCodeUnit(a.key, b.key)',
    to: 'comparePositions(a.position, b.position)',
  },
  {
    name: 'torn object: a write names only the first of united containers',
    file: 'src/store/ledger.ts',
    from: 'containers?.slice(0, maxContainers)',
    to: 'containers?.slice(0, 1)',
  },
  {
    name: 'doubled element: a moved element stays where it was as well',
    file: 'src/store/list-write.ts',
    from: 'if (position) moveElement(draft, list, order[index] ?? moved, position)',
    to: 'if (position) insertElement(draft, list, null, position, moved.place.winner.value)',
  },
  {
    name: 'interleaved runs: an author does not go on from its own last push',
    file: 'src/store/position.ts',
    from: 'const onward = before && !(leftEnds && isInRun) ? goOn(left, writer, 1, extentOf) : null',
    to: 'const onward = null',
  },
  {
    name: 'bounded list: one element too many',
    file: 'src/store/fold.ts',
    from: 'byInsertion.slice(0, Math.floor(bound))',
    to: 'byInsertion.slice(0, Math.floor(bound) + 1)',
  },
  {
    name: 'bounded list: the newest go instead of the oldest',
    file: 'src/store/fold.ts',
    from: 'byAge(b.place.winner.top, a.place.winner.top)',
    to: 'byAge(a.place.winner.top, b.place.winner.top)',
  },
  {
    name: 'lost reset: of two baselines the lesser counts',
    file: 'src/store/counter-fold.ts',
    from: 'if (!known || byCount(known, entry) < 0)',
    to: 'if (!known || byCount(known, entry) > 0)',
  },
  // --- writing ----------------------------------------------------------------------------------------------------
  {
    name: 'doubled increment',
    file: 'src/store/counter-write.ts',
    from: 'total: total + by',
    to: 'total: total + by + by',
  },
  {
    name: 'reset that forgets what others count meanwhile',
    file: 'src/store/counter-write.ts',
    from: "draft.append(containers, { on: 'baseline', writer }, { is: 'tally', ...tally })",
    to: "draft.append(containers, { on: 'baseline', writer }, { is: 'tally', ...tally, count: tally.count + 1 })",
  },
  {
    name: 'lost add: a member that is there is not added anew',
    file: 'src/store/members-write.ts',
    from: 'for (const entry of fields.get(name)?.entries ?? []) draft.remove(entry)\n    addName',
    to: 'if (!fields.has(name)) addName',
  },
  {
    name: 'lost delete: only one of the entries of a place is removed',
    file: 'src/store/write-new.ts',
    from: 'for (const entry of place.entries) draft.remove(entry)',
    to: 'for (const entry of place.entries.slice(0, 1)) draft.remove(entry)',
  },
  {
    name: 'settled by accident: an equal field is written anew',
    file: 'src/store/json-tree.ts',
    from: '(isEqual(place.winner.value, value) || writeInside',
    to: '(writeInside',
  },
  {
    name: 'read-modify-write overwrites: an array is replaced as a whole',
    file: 'src/store/json-tree.ts',
    from: '      writeList(draft, body, value)\n      return true',
    to: '      return false',
  },
  {
    name: 'half a transaction: what failed is kept',
    file: 'src/store/shared-store.ts',
    from: '      takeBack()\n',
    to: '',
  },
  {
    name: 'undo of what others wrote',
    file: 'src/store/take-back.ts',
    from: '|| !isFree(live)) continue',
    to: ') continue',
  },
  {
    name: 'undo brings back what somebody else has deleted',
    file: 'src/store/take-back.ts',
    from: 'if (replaced && !wasLive.has(replaced)) return',
    to: '',
  },
  {
    name: 'reset that leaves what shows 0 already',
    file: 'src/store/counter.ts',
    from: "if (body?.is === 'counter') return restartCounter(draft, body, 0)",
    to: "if (place && valueOf(place.winner.body) === 0) return\n        if (body?.is === 'counter') return restartCounter(draft, body, 0)",
  },
  {
    name: 'lost typing: it is not sent in its tick',
    file: 'src/sync/exchange.ts',
    from: 'if (update) send(options.open(), update, texts)',
    to: 'if (update) send(options.open(), update, texts.slice(1))',
  },
  {
    name: 'lost typing: an answer brings no texts',
    file: 'src/sync/exchange.ts',
    from: 'texts: replica.texts.updatesSince(texts) }',
    to: 'texts: [] }',
  },
  {
    name: 'undead typing: what was typed in a deleted text stays',
    file: 'src/store/texts.ts',
    from: 'document.show(this.#options.draft() || !isSure ? null : clients,',
    to: 'document.show(null,',
  },
  // --- limits and events ------------------------------------------------------------------------------------------
  {
    name: 'off-by-one limit: one key too many',
    file: 'src/store/limit-check.ts',
    from: 'if (after.keys > maxKeys && (',
    to: 'if (after.keys > maxKeys + 1 && (',
  },
  {
    name: 'off-by-one limit: one byte too many',
    file: 'src/store/limit-check.ts',
    from: 'if (after.bytes > maxTotalBytes && after.bytes >= before.bytes)',
    to: 'if (after.bytes > maxTotalBytes + 1 && after.bytes >= before.bytes)',
  },
  {
    name: 'event for a write that changed nothing visible',
    file: 'src/store/shared-store.ts',
    from: 'if (!isEqual(before?.value, after?.value)) changes.push',
    to: 'changes.push',
  },
  {
    name: 'conflict told at every change of its key',
    file: 'src/store/conflicts.ts',
    from: 'rival => !known.has(rival.group.top)',
    to: '() => true',
  },
  // --- the log ----------------------------------------------------------------------------------------------------
  {
    name: 'deletion without a mark: the clock does not advance',
    file: 'src/store/ledger.ts',
    from: 'log.push(added.length === 0 ? [mark] :',
    to: 'if (added.length > 0) log.push(',
  },
  {
    name: 'gap: an update is taken before the one it follows',
    file: 'src/store/admission.ts',
    from: 'if (!standing.takes(client) || clock > reached) missing.add(client)',
    to: 'if (!standing.takes(client)) missing.add(client)',
  },
  {
    name: 'seen in half: what an update builds on is not waited for',
    file: 'src/store/admission.ts',
    from: 'if (clock >= (reach.get(client) ?? standing.clockOf(client))) missing.add(client)',
    to: '',
  },
  // --- sync -------------------------------------------------------------------------------------------------------
  {
    name: 'echo: what came is passed on to everybody',
    file: 'src/sync/forwarding.ts',
    from: 'peer !== from && authors.some(author => author !== peer && !areLinked(author, peer))',
    to: 'authors.length > 0',
  },
  {
    name: 'missing forward: nothing is passed on',
    file: 'src/sync/forwarding.ts',
    from: 'peer !== from && authors.some',
    to: 'peer === from && authors.some',
  },
  {
    name: 'missing forward: who says that there is a link is believed',
    file: 'src/sync/forwarding.ts',
    from: ' && linksOf(peer)?.has(author)',
    to: '',
  },
  {
    name: 'lost update: what more came than may wait is never asked for',
    file: 'src/sync/exchange.ts',
    from: 'connection.isOverfull = true',
    to: 'connection.isOverfull = false',
  },
  {
    name: 'lost typing: what builds on typing that is gone is not asked for',
    file: 'src/sync/exchange.ts',
    from: 'if (!replica.texts.waitsForDead) return',
    to: 'if (replica.texts.isWaiting) return',
  },
  {
    name: 'early acknowledgement: what waits is acknowledged',
    file: 'src/sync/exchange.ts',
    from: 'if (connection.waiting.length === 0) connection.waitingSince = now()',
    to: 'connection.ackDue = 1e9; connection.waitingSince = now()',
  },
  {
    name: 'no healing: states are never compared',
    file: 'src/sync/peer-sync.ts',
    from: 'if (chosen) exchange.check(chosen)',
    to: '',
  },
  {
    name: 'delivered to one is delivered to all',
    file: 'src/session/delivery.ts',
    from: "to === 'all' ? expected().every(holds)",
    to: "to === 'all' ? expected().some(holds)",
  },
]
