/** The window events that a transport listens to, made by hand. */

export type BrowserEvents = {
  /** Who listens now. */
  readonly listeners: number
  dispatch(event: 'online' | 'offline'): void
  /** Puts back what was there. */
  restore(): void
}

/** Takes the place of the global scope's own events. */
export const stubBrowserEvents = (): BrowserEvents => {
  const { addEventListener, removeEventListener } = globalThis
  const listening: { readonly event: string; readonly listener: () => void }[] = []
  Object.assign(globalThis, {
    addEventListener: (event: string, listener: () => void) => void listening.push({ event, listener }),
    removeEventListener: (event: string, listener: () => void) => {
      const at = listening.findIndex(each => each.event === event && each.listener === listener)
      if (at >= 0) listening.splice(at, 1)
    },
  })
  return {
    get listeners() {
      return listening.length
    },
    dispatch: event => listening.filter(each => each.event === event).forEach(({ listener }) => listener()),
    restore: () => void Object.assign(globalThis, { addEventListener, removeEventListener }),
  }
}
