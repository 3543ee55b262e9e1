export type PageListener = {
  /** The page goes away. If it is `kept`, a later step back in the browser's history may bring it back as it is. */
  onHide(isKept: boolean): void
  /** A page that was kept is back. */
  onRestore(): void
  /** Nobody looks at the page any more: on phones often the last that is heard of it. */
  onHidden(): void
  /** Somebody looks at the page again. */
  onVisible(): void
}

/** What browsers tell of the page that this runs in; nothing where there is none. The result ends it. */
export const watchPage = (listener: PageListener): (() => void) => {
  const onHide = (event: Event) => listener.onHide((event as PageTransitionEvent).persisted)
  const onShow = (event: Event) => {
    if ((event as PageTransitionEvent).persisted) listener.onRestore()
  }
  const onVisibility = () => {
    if (globalThis.document?.visibilityState === 'visible') listener.onVisible()
    else listener.onHidden()
  }
  const page = globalThis.document
  globalThis.addEventListener?.('pagehide', onHide)
  globalThis.addEventListener?.('pageshow', onShow)
  page?.addEventListener?.('visibilitychange', onVisibility)
  return () => {
    globalThis.removeEventListener?.('pagehide', onHide)
    globalThis.removeEventListener?.('pageshow', onShow)
    page?.removeEventListener?.('visibilitychange', onVisibility)
  }
}
