import * as Y from 'yjs'

/** The log of a writer that does not follow our code: these elements, written with nothing but Yjs, as one update. */
export function rawLog(writer: number, ...elements: readonly unknown[]): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = writer
  doc.transact(() => {
    const log = new Y.Array<unknown>()
    doc.getMap('session').set(String(writer), log)
    log.push([`peer-${writer}`, ...elements])
  })
  return Y.encodeStateAsUpdate(doc)
}
