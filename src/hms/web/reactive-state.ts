/** What an app reads, and listens to. */
export type IHMSStoreReadOnly<State> = {
  /** What `selector` makes of the state, or all of it. */
  getState(): State
  getState<Slice>(selector: (state: State) => Slice): Slice
  /**
   * Calls `listener` with what `selector` makes of the state, and with what it made of it before, each time that this is
   * another: not the same value, nor an array or plain object of the same values. The result ends it.
   */
  subscribe(listener: (state: State, previous?: State) => void): () => void
  subscribe<Slice>(listener: (slice: Slice, previous?: Slice) => void, selector: (state: State) => Slice): () => void
}

export type ReactiveState<State> = {
  readonly store: IHMSStoreReadOnly<State>
  /** Replaces the state, and tells whom it concerns before it returns. */
  readonly change: (next: (state: State) => State) => void
  /** From now on, who subscribes is told what there is at once. */
  triggerOnSubscribe(): void
}

export type ReactiveStateOptions<State> = {
  readonly initial: State
  /** Told what a listener or a selector throws; the others are told all the same. */
  readonly onFailure: (cause: unknown) => void
}

export const createReactiveState = <State>({
  initial,
  onFailure,
}: ReactiveStateOptions<State>): ReactiveState<State> => {
  let state = initial
  let isTriggered = false
  /** Each compares by itself, so that one which changes the state makes no other hear the same twice. */
  const checks = new Set<() => void>()

  const attempt = (run: () => void) => {
    try {
      run()
    } catch (cause) {
      onFailure(cause)
    }
  }

  const subscribe = <Slice>(
    listener: (slice: Slice, previous?: Slice) => void,
    selector: (state: State) => Slice,
  ): (() => void) => {
    let slice = selector(state)
    const check = () => {
      const previous = slice
      const next = selector(state)
      if (isSame(next, previous)) return
      slice = next
      listener(next, previous)
    }
    checks.add(check)
    if (isTriggered) attempt(() => listener(slice))
    return () => void checks.delete(check)
  }

  const whole = (state: State) => state
  const store = {
    getState: (selector = whole) => selector(state),
    subscribe: (listener: (slice: unknown, previous?: unknown) => void, selector = whole) =>
      subscribe(listener, selector),
  } as IHMSStoreReadOnly<State>

  return {
    store,
    change: next => {
      const before = state
      state = next(state)
      if (state !== before) for (const check of checks) attempt(check)
    },
    triggerOnSubscribe: () => {
      isTriggered = true
    },
  }
}

/** The same value, or an array or plain object of the same: selectors may build these anew each time. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isBuilt(a) || !isBuilt(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const fields = Object.keys(a)
  return (
    fields.length === Object.keys(b).length &&
    fields.every(field => Object.hasOwn(b, field) && Object.is(a[field], b[field]))
  )
}

const isBuilt = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Array.isArray(value)
}
