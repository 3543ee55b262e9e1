/** Copies a text. False if the browser lets nobody: then show it, to be copied by hand. */
export const copyText = async (text: string): Promise<boolean> => {
  // A page from a plain-http address, as on a phone in the local network, has no clipboard of the new kind.
  const clipboard: Clipboard | undefined = navigator.clipboard
  if (clipboard === undefined) return copyBySelection(text)
  return clipboard.writeText(text).then(
    () => true,
    () => copyBySelection(text),
  )
}

const copyBySelection = (text: string): boolean => {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  document.body.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
