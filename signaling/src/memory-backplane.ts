import { sumOf, type Backplane, type NodeMessage, type TopicListener } from './backplane.js'

/** Nodes of one process, which hear of each other at once: what tests run clusters on. */
export type MemoryCluster = {
  /** One more node. Its `close` is its end, said or not: who is not there is not counted. */
  addNode(): Backplane
}

export const createMemoryCluster = (): MemoryCluster => {
  /** Who listens in a topic, one for each node that has it open. */
  const topics = new Map<string, Set<TopicListener>>()

  const tellOthers = (listeners: ReadonlySet<TopicListener>, teller: TopicListener): void => {
    for (const listener of listeners) if (listener !== teller) tell(listeners, listener)
  }

  const tell = (listeners: ReadonlySet<TopicListener>, told: TopicListener): void =>
    told.onPresence(sumOf([...listeners].filter(other => other !== told).map(other => other.presence())))

  return {
    addNode: () => {
      const closing = new Set<() => void>()
      return {
        isReady: true,
        open: (topic, listener) => {
          const listeners = topics.get(topic) ?? new Set()
          topics.set(topic, listeners.add(listener))
          const close = (): void => {
            closing.delete(close)
            if (!listeners.delete(listener)) return
            if (listeners.size === 0) topics.delete(topic)
            tellOthers(listeners, listener)
          }
          closing.add(close)
          return {
            changed: onSettled => {
              if (!listeners.has(listener)) return
              // Alone, as an embedded server always is, there is nobody to tell and nobody to be told of.
              if (listeners.size > 1) {
                tellOthers(listeners, listener)
                tell(listeners, listener)
              }
              onSettled?.()
            },
            publish: (message: NodeMessage) => {
              if (!listeners.has(listener)) return
              for (const other of listeners) if (other !== listener) other.onMessage(message)
            },
            close,
          }
        },
        close: async () => {
          for (const close of closing) close()
        },
      }
    },
  }
}

/** The backplane of a server that stands alone. */
export const createMemoryBackplane = (): Backplane => createMemoryCluster().addNode()
