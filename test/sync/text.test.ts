import { afterEach, expect, test } from 'vitest'
import { createRoomLab, type RoomLab } from '../support/room-lab.js'

let lab: RoomLab = createRoomLab()
afterEach(async () => {
  await lab.close()
  lab = createRoomLab()
})

test('[TEXT4] two peers who type at once see the same', async () => {
  const ana = await lab.join()
  const bo = await lab.join()
  ana.store.text('notes').insert(0, 'from ana ')
  bo.store.text('notes').insert(0, 'from bo ')
  await lab.settle()
  expect(ana.store.get('notes')).toHaveLength(17)
  expect(bo.store.get('notes')).toBe(ana.store.get('notes'))
  expect(bo.store.text('notes').toString()).toBe(ana.store.text('notes').toString())
  const cy = await lab.join()
  expect(cy.store.text('notes').toString()).toBe(ana.store.get('notes'))
})
