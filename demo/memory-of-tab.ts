/** What one tab remembers across a reload, where the browser lets it: a page may be denied its storage. */

export const recall = (key: string): string | null => {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

/** Gives false if the browser refuses; then it is forgotten with the page. */
export const remember = (key: string, value: string): boolean => {
  try {
    sessionStorage.setItem(key, value)
    return true
  } catch {
    return false
  }
}
