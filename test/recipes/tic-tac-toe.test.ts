import { expect, test } from 'vitest'
import { beginGame, gameIn, mayPlay, play } from '../../demo/recipes/tic-tac-toe.js'
import { oddValues, putOdd, threeRooms, type RecipeRoom, type Rooms } from './rooms.js'

/** The board as one line: `X.. .O. ...`. */
const boardOn = ({ store }: RecipeRoom) =>
  gameIn(store)
    ?.cells.map((mark, cell) => (mark ?? '.') + (cell === 2 || cell === 5 ? ' ' : ''))
    .join('')
const stateOn = ({ store }: RecipeRoom) => gameIn(store)?.state

const begun = async (): Promise<Rooms> => {
  const rooms = await threeRooms()
  beginGame(rooms.ana.store)
  await rooms.network.settle()
  return rooms
}

/** Moves in turn, each seen by all before the next. */
const playOn = async ({ network, ana, bo }: Rooms, ...cells: readonly number[]) => {
  for (const [turn, cell] of cells.entries()) {
    expect(turn % 2 === 0 ? play(ana.store, cell, 'ana') : play(bo.store, cell, 'bo')).toBe(true)
    await network.settle()
  }
}

test('[RECIPE8] two play in turn, who moves first is X, and everybody sees who has won, by which line', async () => {
  const rooms = await begun()
  const { ana, bo, cleo, join } = rooms
  await playOn(rooms, 0, 3, 1, 4, 2)
  for (const room of [ana, bo, cleo, await join('Dev')]) {
    expect(boardOn(room)).toBe('XXX OO. ...')
    expect(stateOn(room)).toEqual({ is: 'won', by: 'X', line: [0, 1, 2] })
    expect(gameIn(room.store)?.players).toEqual({ X: 'ana', O: 'bo' })
  }
  expect(play(bo.store, 8, 'bo')).toBe(false)
})

test('[RECIPE8] what is not one’s turn, not free, not on the board, or another’s to play is no move', async () => {
  const rooms = await begun()
  const { ana, bo, cleo } = rooms
  for (const cell of [-1, 9, 1.5, Number.NaN]) expect(play(ana.store, cell, 'ana')).toBe(false)
  await playOn(rooms, 4)
  expect(play(ana.store, 0, 'ana')).toBe(false)
  expect(play(bo.store, 4, 'bo')).toBe(false)
  expect(play(bo.store, 0, 'bo')).toBe(true)
  await rooms.network.settle()
  expect(play(cleo.store, 1, 'cleo')).toBe(false)
  const game = gameIn(cleo.store)
  expect(game && [mayPlay(game, 'ana'), mayPlay(game, 'bo'), mayPlay(game, 'cleo')]).toEqual([true, false, false])
})

test('[RECIPE9] moves in two cells at once are both there, and the turn goes by the board that has both', async () => {
  const { network, ana, bo, cleo } = await begun()
  // Both take X, not having seen each other.
  expect(play(ana.store, 0, 'ana')).toBe(true)
  expect(play(bo.store, 8, 'bo')).toBe(true)
  await network.settle()
  for (const room of [ana, bo, cleo]) {
    expect(boardOn(room)).toBe('X.. ... ..X')
    expect(stateOn(room)).toEqual({ is: 'open', turn: 'O' })
    expect(gameIn(room.store)?.players).toEqual(gameIn(ana.store)?.players)
  }
  // One of them is X now; the other plays O, twice, until it has caught up.
  const [x, o] = gameIn(ana.store)?.players.X === 'ana' ? (['ana', 'bo'] as const) : (['bo', 'ana'] as const)
  const at = { ana, bo }
  expect(play(at[x].store, 4, x)).toBe(false)
  for (const cell of [4, 2]) {
    expect(play(at[o].store, cell, o)).toBe(true)
    await network.settle()
  }
  expect(boardOn(cleo)).toBe('X.O .O. ..X')
  expect(stateOn(cleo)).toEqual({ is: 'open', turn: 'X' })
})

test('[RECIPE9] a cell that two fill at once has one winner, the same on every page, and the board nine cells', async () => {
  const rooms = await begun()
  const { network, ana, bo, cleo } = rooms
  await network.partition([ana], [bo, cleo])
  play(ana.store, 4, 'ana')
  play(bo.store, 0, 'bo')
  await network.settle()
  // On that side it is O's turn.
  play(cleo.store, 4, 'cleo')
  await network.settle()
  expect([boardOn(ana), boardOn(bo)]).toEqual(['... .X. ...', 'X.. .O. ...'])
  await network.heal()
  await network.settle()
  expect(['X.. .X. ...', 'X.. .O. ...']).toContain(boardOn(ana))
  for (const room of [bo, cleo]) {
    expect(boardOn(room)).toBe(boardOn(ana))
    expect(stateOn(room)).toEqual(stateOn(ana))
  }
})

test('[RECIPE9] the matrix of the original, rewritten by two at once, has a row of four: why cells are fields here', async () => {
  const { network, ana, bo } = await threeRooms()
  type Matrix = readonly (readonly string[])[]
  const matrixIn = ({ store }: RecipeRoom) => store.get('ticTacToe') as unknown as Matrix
  const put = (room: RecipeRoom, mark: string) =>
    putOdd(
      room,
      'ticTacToe',
      matrixIn(room).map((row, y) => row.map((cell, x) => (x === 1 && y === 1 ? mark : cell))),
    )
  putOdd(
    ana,
    'ticTacToe',
    ['', '', ''].map(() => ['', '', '']),
  )
  await network.settle()
  put(ana, 'X')
  put(bo, 'O')
  await network.settle()
  expect(matrixIn(ana)[1]).toHaveLength(4)
})

test('[RECIPE9] lines of both, made out of sight of each other, are a draw on every page', async () => {
  const rooms = await begun()
  const { network, ana, bo, cleo } = rooms
  await playOn(rooms, 0, 3, 1, 4)
  await network.partition([ana], [bo, cleo])
  expect(play(ana.store, 2, 'ana')).toBe(true)
  // X moves from another page, too, so that O can finish its line there.
  expect(play(cleo.store, 8, 'ana')).toBe(true)
  await network.settle()
  expect(play(bo.store, 5, 'bo')).toBe(true)
  await network.heal()
  await network.settle()
  for (const room of [ana, bo, cleo]) expect(stateOn(room)).toEqual({ is: 'drawn' })
})

test('[RECIPE10] two who begin a game at once begin one; a move in the game before goes with that', async () => {
  const rooms = await begun()
  const { network, ana, bo, cleo } = rooms
  await playOn(rooms, 0)
  beginGame(ana.store)
  beginGame(cleo.store)
  play(bo.store, 4, 'bo')
  await network.settle()
  for (const room of [ana, bo, cleo]) expect(boardOn(room)).toBe('... ... ...')
  await playOn(rooms, 8)
  for (const room of [ana, bo, cleo]) expect(boardOn(room)).toBe('... ... ..X')
})

test('[RECIPE12] whatever stands in the key, the board has nine cells of X, O or nothing, and a game can be begun', async () => {
  const { network, ana, bo } = await threeRooms()
  const odd = [...oddValues, { cells: { 0: 'X', 1: 'x', 2: ['O'], length: 3 }, players: { X: 'ana', O: 'ana' } }]
  for (const value of odd) {
    putOdd(ana, 'ticTacToe', value)
    await network.settle()
    const game = gameIn(bo.store)
    if (game) {
      expect(game.cells).toHaveLength(9)
      expect(game.cells.every(mark => mark === null || mark === 'X' || mark === 'O')).toBe(true)
      play(bo.store, 8, game.players[game.state.is === 'open' ? game.state.turn : 'X'] ?? 'bo')
      await network.settle()
      expect(boardOn(ana)).toBe(boardOn(bo))
      expect(gameIn(ana.store)?.cells[8]).not.toBeNull()
    }
    beginGame(bo.store)
    expect(play(bo.store, 4, 'bo')).toBe(true)
    await network.settle()
    expect(boardOn(ana)).toBe('... .X. ...')
  }
})
