/** Light or dark: as the system has it, until somebody says otherwise. */

import { element } from './dom.js'
import { icon } from './icon.js'
import { recall, remember } from './memory-of-tab.js'

const themes = ['light', 'dark'] as const
type Theme = (typeof themes)[number]

export const createThemeToggle = (): HTMLElement => {
  const stored = themes.find(theme => theme === recall('hearth:theme'))
  if (stored) apply(stored)
  const toggle = () => {
    const next = current() === 'dark' ? 'light' : 'dark'
    apply(next)
    remember('hearth:theme', next)
  }
  return element(
    'button',
    { class: 'quiet-button', type: 'button', 'aria-label': 'Switch between light and dark', onclick: toggle },
    icon('theme'),
  )
}

const apply = (theme: Theme): void => {
  document.documentElement.dataset['theme'] = theme
}

const current = (): Theme => {
  const chosen = themes.find(theme => theme === document.documentElement.dataset['theme'])
  return chosen ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
}
