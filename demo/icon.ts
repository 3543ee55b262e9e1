/** The few drawings of the page: strokes on a grid of 24. */

const drawings = {
  link: 'M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.200a4.5 4.5 0 0 0-6.4-6.400l-1.2 1.200M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.200a4.5 4.5 0 0 0 6.4 6.400l1.2-1.2',
  pin: 'M9 4h6l-1 6 3.5 3.500h-11L10 10 9 4Zm3 9.500V20',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  theme: 'M12 4a8 8 0 1 0 0 16V4Zm0 0a8 8 0 0 1 0 16',
  code: 'm9 7-5 5 5 5m6-10 5 5-5 5',
  spotlight: 'M12 3v3m0 12v3M3 12h3m12 0h3M12 8.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z',
  plus: 'M12 5v14M5 12h14',
  hand: 'M8 13V6a1.5 1.5 0 0 1 3 0v5m0-6.500a1.5 1.5 0 0 1 3 0V11m0-5a1.5 1.5 0 0 1 3 0v6m0-3a1.5 1.5 0 0 1 3 0v5.500a6.500 6.500 0 0 1-6.500 6.500c-3 0-4.700-1.500-6-3.800L4.300 13a1.5 1.5 0 0 1 2.600-1.500L8 13.300',
  clap: 'M4 3.500 5.500 6M8.500 2.500V5M2.500 8 5 9m.900 6.600 5.600-5.600m-1.200-1.700a1.400 1.400 0 0 1 2-2l5.700 5.700V9.500a1.500 1.500 0 0 1 3 0v5.300a6.800 6.800 0 0 1-11.600 4.800l-4-4a1.400 1.400 0 0 1 2-2',
  undo: 'M8.500 5 4.500 9l4 4M4.500 9H14a5.500 5.500 0 0 1 0 11h-3',
  redo: 'm15.500 5 4 4-4 4m4-4H10a5.500 5.500 0 0 0 0 11h3',
  grip: 'M9 6h.010M15 6h.010M9 12h.010M15 12h.010M9 18h.010M15 18h.010',
  trouble: 'M13 3 5 13.500h5.500L10 21l8.500-11H13l1-7Z',
  hide: 'M3 12s3.500-6 9-6 9 6 9 6-3.500 6-9 6-9-6-9-6Zm9-2.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5ZM5 5l14 14',
  block: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM6.300 6.300l11.400 11.400',
  pause: 'M9 6v12M15 6v12',
  resume: 'M8 5.500v13l10-6.500-10-6.500Z',
  send: 'M5 12h13m-5.500-6 6 6-6 6',
  away: 'M4 4l16 16M8.5 15.500a5 5 0 0 1 5-1.300M5 12a10 10 0 0 1 4.5-2.600M19 12a10 10 0 0 0-5-2.700M12 19h.01',
} as const

export type IconName = keyof typeof drawings

export const icon = (name: IconName): SVGSVGElement => {
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  drawing.setAttribute('viewBox', '0 0 24 24')
  drawing.setAttribute('class', 'icon')
  drawing.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', drawings[name])
  drawing.append(path)
  return drawing
}
