/** Lets the children of an element glide from where they were to where a change puts them. */
export const slide = (parent: HTMLElement, change: () => void): void => {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return change()
  const before = new Map([...parent.children].map(child => [child, child.getBoundingClientRect()]))
  change()
  for (const child of parent.children) {
    const from = before.get(child)
    const to = child.getBoundingClientRect()
    if (!from || to.width === 0 || from.width === 0) continue
    const [x, y] = [from.left - to.left, from.top - to.top]
    if (Math.abs(x) + Math.abs(y) < 1 && from.width === to.width) continue
    child.animate(
      [
        {
          transformOrigin: '0 0',
          transform: `translate(${x}px, ${y}px) scale(${from.width / to.width}, ${from.height / to.height})`,
        },
        { transformOrigin: '0 0', transform: 'none' },
      ],
      { duration: 320, easing: 'cubic-bezier(.2, .8, .2, 1)' },
    )
  }
}
