/** Short messages that come and go at the edge of the page. */

import { element } from './dom.js'
import { icon } from './icon.js'
import { codeOf } from './recipes/error-code.js'

export type Toast = { readonly title: string; readonly text?: string; readonly tone: 'info' | 'problem' }

export type Toasts = {
  show(toast: Toast): void
  /** Says what went wrong, in the words of the error. */
  report(error: unknown): void
  /** Runs something that may be refused. False, and a message, if it was. */
  attempt(run: () => void): boolean
}

const shownMs = 7000
const mostAtOnce = 4

export const createToasts = (root: HTMLElement): Toasts => {
  const show = ({ title, text, tone }: Toast): void => {
    const close = () => toast.remove()
    const toast = element(
      'div',
      { class: 'toast', 'data-tone': tone, role: tone === 'problem' ? 'alert' : 'status' },
      element('div', { class: 'toast-words' }, element('strong', {}, title), element('p', {}, text ?? '')),
      element(
        'button',
        { class: 'quiet-button', type: 'button', 'aria-label': 'Dismiss', onclick: close },
        icon('close'),
      ),
    )
    root.append(toast)
    while (root.childElementCount > mostAtOnce) root.firstElementChild?.remove()
    // Who is reading it, or has moved the focus into it, keeps it.
    const fade = () => (toast.matches(':hover, :focus-within') ? setTimeout(fade, shownMs) : close())
    setTimeout(fade, shownMs)
  }

  const report = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error)
    show({ title: titles[codeOf(error) ?? ''] ?? 'That did not work', text, tone: 'problem' })
  }

  return {
    show,
    report,
    attempt: run => {
      try {
        run()
        return true
      } catch (error) {
        report(error)
        return false
      }
    },
  }
}

const titles: Readonly<Record<string, string>> = {
  'value-too-large': 'Too much for one key',
  'too-many-keys': 'No room for another key',
  'store-full': 'The room is full',
  'password-mismatch': 'Somebody uses another password',
  'limits-mismatch': 'Somebody uses other limits',
  'protocol-mismatch': 'Somebody runs another version',
  'transport-mismatch': 'Somebody uses another transport',
  'connection-failed': 'No way through to somebody',
  'signaling-failed': 'Signaling cannot be used',
  'bad-input': 'Somebody sent nonsense; it was dropped',
  'cut-off': 'Somebody kept sending nonsense and was cut off',
  'persistence-failed': 'No copy is kept for a reload',
  'session-ended': 'That session is over',
  'duplicate-writer': 'Two claim to be one',
  left: 'You have left this room',
}
