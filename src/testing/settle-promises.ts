/**
 * Lets every promise that can run do so, however long the chain: a message to oneself comes after all of them. It is
 * no timer, and there is one in browsers, in Node and below fake timers.
 */
export const settlePromises = (): Promise<void> =>
  new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
