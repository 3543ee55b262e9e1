/** The mark: a fire that burns as long as somebody is here. The style sheet lets it go grey when one is offline. */

const outer =
  'M12.6 2c.5 3.2 5.9 5.6 5.9 11.4A6.5 6.5 0 0 1 12 20a6.5 6.5 0 0 1-6.5-6.6c0-2.6 1.3-4.3 2.6-5.7.2 1.6.9 2.5 1.8 2.9C9.6 7 10.6 3.9 12.6 2Z'
const inner =
  'M12.3 10.5c.3 1.7 2.7 2.7 2.7 5.2A2.9 2.9 0 0 1 12.1 18.6a2.9 2.9 0 0 1-3-2.9c0-1.3.7-2.1 1.4-2.8.1.6.4 1 .7 1.2.1-1.4.4-2.5 1.1-3.6Z'

const shape = (d: string, className: string): SVGPathElement => {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', d)
  path.setAttribute('class', className)
  return path
}

export const flame = (): SVGSVGElement => {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  drawing.setAttribute('viewBox', '4 1 16 20')
  drawing.setAttribute('class', 'flame')
  drawing.setAttribute('aria-hidden', 'true')
  drawing.append(shape(outer, 'flame-outer'), shape(inner, 'flame-inner'))
  return drawing
}
