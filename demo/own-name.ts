/** This peer's name: one that was made up until somebody types theirs, kept while the tab lives. */

import { element } from './dom.js'
import { recall, remember } from './memory-of-tab.js'
import { initialsOf, type People } from './people.js'
import { randomPersonName } from './words.js'

const longest = 40

export const ownName = (): string => {
  const known = recall('hearth:name')
  if (known) return known
  const fresh = randomPersonName()
  remember('hearth:name', fresh)
  return fresh
}

export const createNameField = (people: People): HTMLElement => {
  const face = element('span', { class: 'face', 'aria-hidden': 'true' })
  const field = element('input', {
    class: 'name-field',
    'aria-label': 'Your name',
    maxlength: longest,
    autocomplete: 'nickname',
    spellcheck: 'false',
    onchange: () => {
      const name = field.value.trim()
      if (name) {
        remember('hearth:name', name)
        people.rename(name)
      } else show()
    },
    onkeydown: event => {
      if ((event as KeyboardEvent).key === 'Enter') field.blur()
    },
  })
  const show = () => {
    const [self] = people.list()
    if (!self) return
    face.textContent = initialsOf(self.name)
    face.style.setProperty('--hue', String(self.hue))
    if (document.activeElement !== field) field.value = self.name
  }
  people.observe(show)
  return element('label', { class: 'own-name' }, face, field)
}
