/** Lets the children of a list be dragged to other places, by mouse, pen or finger. The rows move out of the way. */

export type DragSort = {
  /** Picks a row up at the pointer that is down on it. */
  begin(row: HTMLElement, event: PointerEvent): void
  /** Runs what adds, removes or moves rows; one that is being dragged stays under the pointer. */
  around(change: () => void): void
}

export type DragSortContext = {
  /** A row was let go, to stand before this one, or at the end. */
  readonly onDrop: (row: HTMLElement, before: HTMLElement | null) => void
  /** Runs a change and lets the rows glide to where it puts them. */
  readonly glide: (change: () => void) => void
}

type Drag = {
  readonly row: HTMLElement
  readonly pointerId: number
  /** From the top of the row down to the pointer. */
  readonly grip: number
  /** Of the pointer, in the window. */
  y: number
  readonly listening: AbortController
}

export const createDragSort = (list: HTMLElement, { onDrop, glide }: DragSortContext): DragSort => {
  let drag: Drag | null = null

  const begin = (row: HTMLElement, event: PointerEvent) => {
    if (drag || event.button !== 0 || !event.isPrimary) return
    const listening = new AbortController()
    const { pointerId, clientY: y } = event
    drag = { row, pointerId, grip: y - row.getBoundingClientRect().top, y, listening }
    list.dataset['sorting'] = 'true'
    row.dataset['dragged'] = 'true'
    // To the window: a row that others move in the page loses a pointer that it has captured.
    const listen = (type: string, listener: (event: PointerEvent) => void) =>
      addEventListener(
        type,
        event => {
          if (event instanceof PointerEvent && event.pointerId === pointerId) listener(event)
        },
        { signal: listening.signal },
      )
    listen('pointermove', ({ clientY }) => {
      if (drag) drag.y = clientY
      arrange()
    })
    listen('pointerup', () => end('dropped'))
    listen('pointercancel', () => end('cancelled'))
    addEventListener('scroll', arrange, { signal: listening.signal, capture: true })
    addEventListener(
      'keydown',
      event => {
        if (event.key === 'Escape') end('cancelled')
      },
      { signal: listening.signal },
    )
    arrange()
  }

  /** Puts each row to where it will be if the dragged one is let go now; gives the one that it will stand before. */
  const arrange = (): HTMLElement | null => {
    if (!drag) return null
    const { row, grip, y } = drag
    const rows = [...list.children].filter(child => child instanceof HTMLElement)
    const others = rows.filter(other => other !== row)
    const step = row.offsetHeight + (parseFloat(getComputedStyle(list).rowGap) || 0)
    const lowest = list.offsetHeight - row.offsetHeight
    const top = Math.min(Math.max(y - grip - list.getBoundingClientRect().top, 0), lowest)
    row.style.translate = `0 ${top - row.offsetTop}px`
    const from = rows.indexOf(row)
    const isAbove = (other: HTMLElement, index: number) => {
      const middle = other.offsetTop + other.offsetHeight / 2
      return index < from ? middle < top : middle < top + row.offsetHeight
    }
    const above = others.filter(isAbove)
    for (const [index, other] of others.entries()) {
      const was = index < from
      const is = above.includes(other)
      other.style.translate = was === is ? '' : `0 ${is ? -step : step}px`
    }
    return others[above.length] ?? null
  }

  const end = (how: 'dropped' | 'cancelled') => {
    if (!drag) return
    const before = arrange()
    const { row, listening } = drag
    const isBack = rowAfter(row) === before
    listening.abort()
    drag = null
    glide(() => {
      delete list.dataset['sorting']
      delete row.dataset['dragged']
      for (const child of list.children) if (child instanceof HTMLElement) child.style.translate = ''
      if (how === 'dropped' && !isBack) onDrop(row, before)
    })
  }

  return {
    begin,
    around: change => {
      if (!drag) return glide(change)
      change()
      if (!list.contains(drag.row)) end('cancelled')
      arrange()
    },
  }
}

const rowAfter = (row: HTMLElement): HTMLElement | null => {
  const next = row.nextElementSibling
  return next instanceof HTMLElement ? next : null
}
