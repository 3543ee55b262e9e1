import { joinRoom, type AnyRoom } from '../room.js'
import { withResolvers } from '../with-resolvers.js'
import { perform, type Action, type HMSActionResultListener } from './action-result.js'
import {
  readConfig,
  withDefaults,
  toMetadataText,
  type HMSConfig,
  type HMSOptions,
  type PeerMetadata,
} from './config.js'
import { failure, notJoined, removed, toHMSException } from './exception.js'
import { readContent, rolesOf, toHMSMessage } from './message.js'
import { remotePeersOf, toHMSPeer, toHMSRoom, updatesOf, type HMSPeer, type HMSRole, type HMSRoom } from './peer.js'
import { tellRoomUpdates } from './room-updates.js'
import { createSessionStore } from './session-store.js'
import { createUpdateListeners, type HMSUpdateListener, type TellUpdate } from './update-listener.js'
import { createValueFormat, type JsonValue, type ValueFormat } from './value-format.js'

/** A call that tells a listener how it ended, as its promise does. JavaScript may call without one: then it is `{}`. */
type Call<Arguments> = Arguments & { readonly hmsActionResultListener?: HMSActionResultListener }

type Joined = { readonly kind: 'joined'; readonly room: AnyRoom; readonly name: string; readonly format: ValueFormat }
type Stage =
  | { readonly kind: 'out' }
  | { readonly kind: 'joining'; readonly abort: AbortController; readonly ended: Promise<void> }
  | Joined
  | { readonly kind: 'leaving'; readonly ended: Promise<void> }

/** What the original keeps its session metadata under. */
const sessionMetadataKey = 'default'

/**
 * A Hearth room by the names of the SDK that conferencing apps were written against: its listeners, calls and errors,
 * without its server and its lost updates. It holds nothing that the room does not hold. Outside of a room calls fail
 * with 6000, and getters give null.
 */
export class HMSSDK {
  readonly #joinRoom: NonNullable<HMSOptions['joinRoom']>
  readonly #defaults: HMSConfig
  readonly #listeners = createUpdateListeners()
  readonly #sessionStore = createSessionStore({ joined: () => this.#joined, tell: this.#listeners.guard })
  #stage: Stage = { kind: 'out' }
  #stopUpdates = () => {}

  /** @param options What every `join` has in common; its config comes before them. */
  constructor({ joinRoom: join = joinRoom, ...defaults }: HMSOptions = {}) {
    this.#joinRoom = join
    this.#defaults = defaults
  }

  /** The room underneath, for what these names do not have (counters, lists, undo, …); null outside of one. */
  get hearthRoom(): AnyRoom | null {
    return this.#joined?.room ?? null
  }

  /**
   * Adds a listener, once. One that comes after the join is told at once that the session store is available.
   * @throws HMSException 6004 for what is no listener
   */
  addUpdateListener(call: { readonly listener: HMSUpdateListener }): void {
    const { listener } = call ?? {}
    if (!this.#listeners.add(listener)) return
    const { store: hmsSessionStore } = this.#sessionStore
    if (this.#joined) this.#listeners.guard(() => listener.onSessionStoreAvailable?.({ hmsSessionStore }))
  }

  removeUpdateListener(call: { readonly listener: HMSUpdateListener }): void {
    this.#listeners.remove(call?.listener)
  }

  // --- joining and leaving --------------------------------------------------------------------------------------

  /**
   * Joins, and resolves when the listeners were told. A failure is told by `onHMSError` as well.
   * @throws HMSException (rejects) 5001 if a room is joined already, 2004 for a token that cannot be read, 6004 for
   * options that cannot be used, 6000 if `leave` was called meanwhile, 10007 to 10011 if nobody there can be talked to
   */
  join(call: { readonly config: HMSConfig }): Promise<void> {
    const joined = this.#join(withDefaults(this.#defaults, call?.config))
    // Ported code listens and lets the promise go: what its listener was told is no unhandled rejection.
    if (this.#listeners.has('onHMSError')) joined.catch(() => {})
    return joined
  }

  /** Says goodbye, and ends all key change listeners. Cancels a join that is under way. */
  leave(call: Call<object> = {}): Promise<void> {
    const { hmsActionResultListener } = call ?? {}
    const run = async () => {
      const stage = this.#stage
      switch (stage.kind) {
        case 'out':
          throw notJoined('leave')
        case 'joining':
          stage.abort.abort()
          // A join that is called from here on waits for the end of this one.
          this.#stage = { kind: 'leaving', ended: stage.ended }
          return stage.ended
        case 'joined':
          return this.#exit(stage.room)
        case 'leaving':
          return stage.ended
      }
    }
    const { guard: tell } = this.#listeners
    return perform({ methodType: 'leave', arguments: {}, listener: hmsActionResultListener, tell, run })
  }

  // --- who is here ----------------------------------------------------------------------------------------------

  async getRoom(): Promise<HMSRoom | null> {
    const joined = this.#joined
    return joined && toHMSRoom(joined.room, joined.name)
  }

  async getLocalPeer(): Promise<HMSPeer | null> {
    const room = this.hearthRoom
    return room && toHMSPeer(room, room.self)
  }

  async getRemotePeers(): Promise<readonly HMSPeer[] | null> {
    const room = this.hearthRoom
    return room && remotePeersOf(room)
  }

  /** Everybody, the local peer first. */
  async getPeers(): Promise<readonly HMSPeer[] | null> {
    return (await this.getRoom())?.peers ?? null
  }

  /** Replaces what `peer.metadata` is for everybody; an object becomes JSON text. At most 4 KB. */
  changeMetadata(call: Call<{ readonly metadata: string | object }>): Promise<void> {
    const { metadata, hmsActionResultListener } = call ?? {}
    return this.#perform('changeMetadata', { metadata }, hmsActionResultListener, ({ room }) => {
      const metaData = toMetadataText(metadata)
      this.#describe(room, () => room.setMetadata({ ...room.self.metadata, metaData } satisfies PeerMetadata))
    })
  }

  /** At most 256 bytes. */
  changeName(call: Call<{ readonly name: string }>): Promise<void> {
    const { name, hmsActionResultListener } = call ?? {}
    return this.#perform('changeName', { name }, hmsActionResultListener, ({ room }) =>
      this.#describe(room, () => room.setName(name)),
    )
  }

  // --- messages -------------------------------------------------------------------------------------------------

  /**
   * Sends to everybody who is here. Its sender gets no `onMessage`: `onSuccess` has the message as its arguments.
   * @throws HMSException (rejects) 6013 for an empty message, 10006 for one of more than 16 KB, 429 for too many
   */
  sendBroadcastMessage(call: Call<{ readonly message: string; readonly type?: string }>): Promise<void> {
    const { message, type = 'chat', hmsActionResultListener } = call ?? {}
    const method = 'sendBroadcastMessage'
    return this.#perform(method, { message, type }, hmsActionResultListener, ({ room }) => {
      const content = readContent(message, type, method)
      return toHMSMessage(room.send(content), content, toHMSPeer(room, room.self), 'all')
    })
  }

  /** Sends to those who have one of these roles. @throws HMSException (rejects) as a broadcast, 6013 without a role */
  sendGroupMessage(
    call: Call<{ readonly message: string; readonly hmsRolesTo: readonly HMSRole[]; readonly type?: string }>,
  ): Promise<void> {
    const { message, hmsRolesTo, type = 'chat', hmsActionResultListener } = call ?? {}
    const method = 'sendGroupMessage'
    return this.#perform(method, { message, hmsRolesTo, type }, hmsActionResultListener, ({ room }) => {
      const names = Array.isArray(hmsRolesTo) ? hmsRolesTo.map(role => role?.name) : []
      if (names.length === 0 || !names.every(name => typeof name === 'string'))
        throw failure('validationFailed', method, 'No valid role is present.')
      const content = { ...readContent(message, type, method), roles: names }
      const to = room.peers.filter(({ role }) => names.includes(role)).map(({ id }) => id)
      return toHMSMessage(room.send(content, { to }), content, toHMSPeer(room, room.self), rolesOf(names))
    })
  }

  /** Sends to one peer. @throws HMSException (rejects) as a broadcast, 6008 if it is not here, 6013 to oneself */
  sendDirectMessage(
    call: Call<{ readonly message: string; readonly peerTo: HMSPeer; readonly type?: string }>,
  ): Promise<void> {
    const { message, peerTo, type = 'chat', hmsActionResultListener } = call ?? {}
    const method = 'sendDirectMessage'
    return this.#perform(method, { message, peerTo, type }, hmsActionResultListener, ({ room }) => {
      const content = readContent(message, type, method)
      const to = peerTo?.peerId
      // Without an id it would go to everybody.
      if (typeof to !== 'string')
        throw failure('invalidArgument', method, 'It takes the peer to send to, with its peerId.')
      if (to === room.self.id) throw failure('validationFailed', method, 'Cannot send a message to oneself.')
      return toHMSMessage(room.send(content, { to }), content, toHMSPeer(room, room.self), peerTo)
    })
  }

  // --- session metadata, which came before the session store ------------------------------------------------------

  /** @deprecated One value for the session, the key `default` of the session store: use that, which tells changes. */
  setSessionMetadata(call: Call<{ readonly metadata: unknown }>): Promise<void> {
    const { metadata, hmsActionResultListener } = call ?? {}
    const given = { session_metadata: metadata, metadata }
    return this.#perform('setSessionMetadata', given, hmsActionResultListener, ({ room, format }) =>
      room.store.set(sessionMetadataKey, format.toStore(sessionMetadataKey, metadata)),
    )
  }

  /** @deprecated Null if it is not set. @throws HMSException (rejects) 6000 */
  async getSessionMetadata(): Promise<JsonValue> {
    const value = await this.#sessionStore.store.getSessionMetadataForKey({ key: sessionMetadataKey })
    if (value instanceof Error) throw value
    return value
  }

  // --- inside -----------------------------------------------------------------------------------------------------

  get #joined(): Joined | null {
    return this.#stage.kind === 'joined' ? this.#stage : null
  }

  async #join(config: HMSConfig): Promise<void> {
    try {
      const stage = this.#stage
      if (stage.kind === 'joining' || stage.kind === 'joined')
        throw failure('alreadyJoined', 'JOIN', 'Leave the room first.')
      await this.#enter(config, stage)
    } catch (cause) {
      const error = toHMSException(cause, 'JOIN', true)
      this.#listeners.tell('onHMSError', { error })
      throw error
    }
  }

  /** It is under way from the call on, so that a `leave` cancels it that comes while it waits for the one before. */
  async #enter(config: HMSConfig, before: Extract<Stage, { kind: 'out' | 'leaving' }>): Promise<void> {
    const { promise: ended, resolve: end } = withResolvers()
    const abort = new AbortController()
    this.#stage = { kind: 'joining', abort, ended }
    try {
      if (before.kind === 'leaving') await before.ended
      if (abort.signal.aborted) throw notJoined('JOIN')
      const options = readConfig(config)
      const format = createValueFormat(config)
      const room = await this.#joinRoom({ ...options, signal: abort.signal })
      if (abort.signal.aborted) {
        await room.leave()
        throw notJoined('JOIN')
      }
      const joined: Joined = { kind: 'joined', room, name: options.room, format }
      this.#stage = joined
      this.#tellJoined(joined)
    } catch (cause) {
      this.#end(ended)
      throw cause
    } finally {
      end()
    }
  }

  /** Listeners may leave at any point of it: then nothing more is told of this room. */
  #tellJoined(joined: Joined): void {
    const { room, name } = joined
    const tell: TellUpdate = (update, ...of) => {
      if (this.#stage === joined) this.#listeners.tell(update, ...of)
    }
    tell('onSessionStoreAvailable', { hmsSessionStore: this.#sessionStore.store })
    if (this.#stage !== joined) return
    this.#stopUpdates = tellRoomUpdates({ room, name, tell, onEnded: () => this.#tellRemoved(room) })
  }

  /** The room would go on as a newcomer. Who wrote for the original expects to join anew by itself. */
  #tellRemoved(room: AnyRoom): void {
    const reason = 'Cut off for longer than the resume window'
    this.#listeners.tell('onHMSError', { error: removed(`${reason}: this peer has left.`) })
    if (this.hearthRoom !== room) return
    void this.#exit(room)
    const hmsPeerRemovedFromPeer = { peerWhoRemoved: null, reason, roomWasEnded: false }
    this.#listeners.tell('onRemovedFromRoom', { hmsPeerRemovedFromPeer })
  }

  #exit(room: AnyRoom): Promise<void> {
    this.#stopUpdates()
    this.#sessionStore.clear()
    const ended = room.leave().finally(() => this.#end(ended))
    this.#stage = { kind: 'leaving', ended }
    return ended
  }

  /** Nothing is under way any more, unless a join has waited for this end. */
  #end(ended: Promise<void>): void {
    if (!('ended' in this.#stage) || this.#stage.ended === ended) this.#stage = { kind: 'out' }
  }

  /** Changes what this peer says of itself, and tells it as others are told. */
  #describe(room: AnyRoom, change: () => void): void {
    const before = toHMSPeer(room, room.self)
    change()
    const peer = toHMSPeer(room, room.self)
    for (const update of updatesOf(peer, before)) this.#listeners.tell('onPeerUpdate', { peer, update })
  }

  #perform(
    methodType: Action['methodType'],
    given: Action['arguments'],
    listener: HMSActionResultListener | undefined,
    run: (joined: Joined) => ReturnType<Action['run']>,
  ): Promise<void> {
    const { guard: tell } = this.#listeners
    return perform({
      methodType,
      arguments: given,
      listener,
      tell,
      run: () => {
        const joined = this.#joined
        if (!joined) throw notJoined(methodType)
        return run(joined)
      },
    })
  }
}
