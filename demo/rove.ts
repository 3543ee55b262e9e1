/**
 * A list with buttons in its rows is one stop for the Tab key, however long it is: the buttons of one row, the last one
 * unless the focus is in another. From there the arrow keys, Home and End go to the same button of other rows. Gives
 * what to call when rows change.
 */
export const rove = (list: HTMLElement): (() => void) => {
  let current: Element | null = null

  const buttonsOf = (row: Element) => [...row.querySelectorAll('button')].filter(button => !button.hidden)
  const refresh = () => {
    const stop = current?.parentElement === list ? current : list.lastElementChild
    for (const row of list.children)
      for (const button of row.querySelectorAll('button')) button.tabIndex = row === stop ? 0 : -1
  }
  const rowOf = (node: EventTarget | null) => [...list.children].find(row => node instanceof Node && row.contains(node))

  const follow = (focused: EventTarget | null) => {
    current = rowOf(focused) ?? null
    refresh()
  }
  list.addEventListener('focusin', ({ target }) => follow(target))
  list.addEventListener('focusout', ({ relatedTarget }) => follow(relatedTarget))
  list.addEventListener('keydown', event => {
    const row = rowOf(event.target)
    const to = row && targets[event.key]?.(row, list)
    if (!row || !to) return
    event.preventDefault()
    const at = buttonsOf(row).findIndex(button => button === event.target)
    const buttons = buttonsOf(to)
    buttons[Math.min(at, buttons.length - 1)]?.focus()
  })
  return refresh
}

const targets: Readonly<Record<string, (row: Element, list: Element) => Element | null>> = {
  ArrowUp: row => row.previousElementSibling,
  ArrowDown: row => row.nextElementSibling,
  Home: (_, list) => list.firstElementChild,
  End: (_, list) => list.lastElementChild,
}
