import { expect, test } from 'vitest'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const typeOn = (replica: TestReplica, string: string, at?: number) => {
  const text = replica.store.text('notes')
  text.insert(at ?? text.length, string)
}
const shown = (...replicas: TestReplica[]) =>
  replicas.map(({ store }) => [store.get('notes'), store.text('notes').toString()])

test('[TEXT1] a text is read as its string, and is the same object all along', () => {
  const ana = openReplica('ana', 1)
  const text = ana.store.text('notes')
  expect(ana.store.get('notes')).toBeNull()
  expect(ana.updates).toHaveLength(0)
  text.insert(0, 'hello')
  expect(ana.store.get('notes')).toBe('hello')
  ana.store.delete('notes')
  expect(ana.store.text('notes')).toBe(text)
  expect(text.toString()).toBe('')
})

test('[TEXT2] [KIND1] two peers who type at once merge by character', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  typeOn(ana, 'one ')
  typeOn(bo, 'two ')
  exchange(ana, bo)
  expect(shown(ana)).toEqual(shown(bo))
  expect(ana.store.get('notes')).toHaveLength(8)
  expect(ana.store.conflicts('notes')).toEqual([])
  typeOn(ana, 'a', 0)
  typeOn(bo, 'z')
  exchange(ana, bo)
  expect(shown(ana)).toEqual(shown(bo))
  expect(ana.store.get('notes')).toMatch(/^a.*z$/)
})

test('[TEXT3] a deleted text is empty in whatever has it open, and typing goes on in it', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  typeOn(ana, 'old')
  exchange(ana, bo)
  typeOn(bo, ' stuff')
  exchange(ana, bo)
  ana.store.delete('notes')
  expect(shown(ana)).toEqual([[null, '']])
  exchange(ana, bo)
  expect(shown(bo)).toEqual([[null, '']])
  typeOn(bo, 'new')
  exchange(ana, bo)
  typeOn(ana, 'er')
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual([
    ['newer', 'newer'],
    ['newer', 'newer'],
  ])
  expect(encodedState(ana)).toEqual(encodedState(bo))
})

test('[TEXT8] [KIND2] a string that set made is typed into, by two at once', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  ana.store.set('notes', 'Agenda')
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual([
    ['Agenda', 'Agenda'],
    ['Agenda', 'Agenda'],
  ])
  const before = ana.updates.length
  typeOn(ana, ': lunch')
  typeOn(bo, 'Our ', 0)
  expect(ana.updates.length).toBe(before + 1)
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual([
    ['Our Agenda: lunch', 'Our Agenda: lunch'],
    ['Our Agenda: lunch', 'Our Agenda: lunch'],
  ])
})

test('[TEXT8] set writes only what differs', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  typeOn(ana, 'the cat sat')
  exchange(ana, bo)
  ana.store.set('notes', 'the dog sat')
  typeOn(bo, ' down')
  exchange(ana, bo)
  expect(shown(ana, bo)[1]).toEqual(['the dog sat down', 'the dog sat down'])
})
