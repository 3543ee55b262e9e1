/** What has become of a promise by now. */
export const watch = <T>(promise: Promise<T>) => {
  const watched: { state: 'open' | 'resolved' | 'rejected'; reason: unknown } = { state: 'open', reason: null }
  promise.then(
    () => (watched.state = 'resolved'),
    (reason: unknown) => Object.assign(watched, { state: 'rejected', reason }),
  )
  return watched
}
