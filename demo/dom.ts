/** Elements in one call, and lists that keep what stays. */

export type Child = Node | string

type Attribute = string | number | boolean | ((event: Event) => void)

/** An element with attributes (`true` is the empty one, `false` none; `onclick` and the like listen) and children. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value)
    else if (value !== false) made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/** A part of the page that index.html promises. */
export const partOfPage = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found
}

/** What stands for one item of a list. */
export type Row<Item> = { readonly node: HTMLElement; show(item: Item): void }

/**
 * Keeps the children of `parent` in step with items. The row of an item that stays is told of its new state, not made
 * anew, and moves only if its place changed: so it keeps the focus and what is being animated.
 */
export const keyedList = <Item>(
  parent: HTMLElement,
  { keyOf, create }: { keyOf: (item: Item) => string; create: (item: Item) => Row<Item> },
): ((items: readonly Item[]) => void) => {
  const rows = new Map<string, Row<Item>>()
  return items => {
    const focused = document.activeElement
    const wanted = new Map(items.map(item => [keyOf(item), item]))
    for (const [key, { node }] of rows) {
      if (wanted.has(key)) continue
      node.remove()
      rows.delete(key)
    }
    let next = parent.firstElementChild
    for (const [key, item] of wanted) {
      const row = rows.get(key) ?? create(item)
      rows.set(key, row)
      row.show(item)
      if (row.node === next) next = next.nextElementSibling
      else parent.insertBefore(row.node, next)
    }
    // What changes its place in the page loses the focus on the way.
    if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused))
      focused.focus({ preventScroll: true })
  }
}
