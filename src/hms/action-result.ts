import { toHMSException, type HMSException } from './exception.js'

/** The calls that tell a listener how they ended. */
export type HMSActionResultListenerMethod =
  | 'changeMetadata'
  | 'changeName'
  | 'leave'
  | 'sendBroadcastMessage'
  | 'sendDirectMessage'
  | 'sendGroupMessage'
  | 'setSessionMetadata'
  | 'setSessionMetadataForKey'

/** The same by name, as ported code compares them: `methodType === HMSActionResultListenerMethod.changeName`. */
export const HMSActionResultListenerMethod = {
  changeMetadata: 'changeMetadata',
  changeName: 'changeName',
  leave: 'leave',
  sendBroadcastMessage: 'sendBroadcastMessage',
  sendDirectMessage: 'sendDirectMessage',
  sendGroupMessage: 'sendGroupMessage',
  setSessionMetadata: 'setSessionMetadata',
  setSessionMetadataForKey: 'setSessionMetadataForKey',
} as const satisfies { readonly [Method in HMSActionResultListenerMethod]: Method }

type Arguments = { readonly [name: string]: unknown }

/** Told how a call ended, in both cases with what it was called with. */
export type HMSActionResultListener = {
  onSuccess?(result: { readonly methodType: HMSActionResultListenerMethod; readonly arguments: Arguments }): void
  onException?(result: {
    readonly methodType: HMSActionResultListenerMethod
    readonly arguments: Arguments
    readonly hmsException: HMSException
  }): void
}

export type Action = {
  readonly methodType: HMSActionResultListenerMethod
  readonly arguments: Arguments
  readonly listener: HMSActionResultListener | undefined
  /** Does it, at once as far as it can; gives what the listener is told beside the arguments. */
  run(): Arguments | void | Promise<void>
  /** Calls a listener of the app, and reports what it throws. */
  readonly tell: (call: () => void) => void
}

/** Does what was asked and tells its listener what the promise tells. @throws HMSException (rejects) */
export const perform = (action: Action): Promise<void> => {
  const { methodType, arguments: given, listener, tell } = action
  const run = async (): Promise<void> => {
    try {
      const result = await action.run()
      tell(() => listener?.onSuccess?.({ methodType, arguments: { ...given, ...result } }))
    } catch (cause) {
      const hmsException = toHMSException(cause, methodType)
      tell(() => listener?.onException?.({ methodType, arguments: given, hmsException }))
      throw hmsException
    }
  }
  const outcome = run()
  // Ported code listens and lets the promise go: what its listener was told is no unhandled rejection.
  if (listener?.onException) outcome.catch(() => {})
  return outcome
}
