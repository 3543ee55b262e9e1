/** A promise that is there before what settles it begins. */
export const withResolvers = () => {
  let settle: { resolve: () => void; reject: (reason: unknown) => void } = { resolve: () => {}, reject: () => {} }
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
}
