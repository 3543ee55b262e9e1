import { createAddresses } from './addresses.js'
import { createAdmission, createOriginCheck } from './admission.js'
import { openChosenBackplane } from './chosen-backplane.js'
import { createClientAddress } from './client-address.js'
import { createDoorkeeper } from './doorkeeper.js'
import { createHttpRoutes, healthRoute, metricsRoute, readinessRoute, type Route } from './http-routes.js'
import { createListener, listen, urlOf } from './listener.js'
import { createLog } from './log.js'
import { createMetrics } from './metrics.js'
import { resolveSettings, type SignalingOptions } from './settings.js'
import { createSockets, type GradualEnd } from './sockets.js'
import { createTopics } from './topics.js'
import { createTurnRoute } from './turn-route.js'
import { createUpgrades } from './upgrade.js'

/** A running signaling server. */
export type SignalingServer = {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number
  /** An address that clients on this machine can use: `ws://…`, or `wss://…` with a certificate. */
  readonly url: string
  /**
   * Stops without a rush: not ready at once, no new sockets, members are told, and all are closed with 1012, a share
   * at a time, within `drainMs`; then as `close`. Without sockets it does not wait. Idempotent.
   */
  drain(): Promise<void>
  /** Closes every socket with 1001 and resolves when all are gone, `closeTimeoutMs` later at most. Idempotent. */
  close(): Promise<void>
}

/** How far its life has come. */
type Phase = { is: 'serving' } | { is: 'moving'; end: GradualEnd } | { is: 'closed'; done: Promise<void> }

/**
 * Starts a signaling server; resolves once it listens.
 * @throws RangeError for an option that cannot be used, and what the system says of the port, the folder or the files.
 */
export const createSignalingServer = async (options: SignalingOptions = {}): Promise<SignalingServer> => {
  const settings = resolveSettings(options)
  const { clock } = settings
  const log = createLog(settings)
  const onError = (error: unknown): void => {
    log.error({ err: error }, 'fault')
    settings.onError(error)
  }
  let phase: Phase = { is: 'serving' }

  const backplane = await openChosenBackplane(options.backplane, settings, error => {
    log.warn({ err: error }, 'other nodes cannot be reached')
  })
  const readiness = (): string => {
    if (phase.is !== 'serving') return 'stopping'
    return backplane.isReady ? 'ready' : 'other nodes cannot be reached'
  }
  const metrics = createMetrics({
    sockets: () => sockets.size,
    rooms: () => topics.size,
    isReady: () => readiness() === 'ready',
  })
  const topics = createTopics({ ...settings, backplane, ...metrics })
  const sockets = createSockets({ settings, topics, metrics, log, onError })

  const addresses = createAddresses(settings)
  const addressOf = createClientAddress(settings.trustProxy)
  const isForeign = createOriginCheck(settings.origins)
  const lookAtToken = createDoorkeeper(settings)
  const upgrades = createUpgrades({
    settings,
    admit: createAdmission({
      isForeign,
      addresses,
      addressOf,
      isMoving: () => phase.is !== 'serving',
      lookAtToken,
      onUnchecked: error => log.warn({ err: error }, 'tokens cannot be checked'),
    }),
    onSocket: (ws, { visitor, closeWith }) => {
      const socket = sockets.serve(ws, visitor)
      if (closeWith !== null) socket.end(closeWith)
    },
    onRefused: (why, address) => {
      metrics.countRejection(why)
      log.debug({ why, address: log.hide(address) }, 'handshake refused')
    },
    onError,
  })

  const routes = new Map<string, Route>([
    ['/healthz', healthRoute],
    ['/readyz', readinessRoute(readiness)],
  ])
  if (settings.metrics) routes.set('/metrics', metricsRoute(metrics))
  const turn = createTurnRoute({
    settings,
    isForeign,
    isHasty: request => addresses.isHasty(addressOf(request)),
    lookAtToken,
    onRefused: why => metrics.countRejection(why),
  })
  if (turn) routes.set('/turn', turn)

  const release = async (): Promise<void> => {
    sockets.stopBeating()
    metrics.close()
    await backplane.close()
  }
  const start = async () => {
    const http = await createListener(settings, createHttpRoutes(routes, settings.staticDirectory, onError))
    http.on('upgrade', (request, stream, head) => upgrades.take(request, stream, head))
    const port = await listen(http, settings)
    http.on('error', onError)
    return { http, port }
  }
  const { http, port } = await start().catch(async (error: unknown) => {
    await release()
    throw error
  })
  const url = urlOf(settings, port)
  log.info({ url }, 'listening')

  const stop = async (): Promise<void> => {
    const httpClosed = new Promise<void>(resolve => {
      http.close(() => resolve())
    })
    upgrades.close()
    // ws cuts its own sockets after the same time; these are the downloads that are still going on.
    const cancelCut = clock.schedule(() => http.closeAllConnections(), settings.closeTimeoutMs)
    await Promise.all([sockets.endAll('server-stopping'), httpClosed])
    cancelCut()
    await release()
    log.info('stopped')
  }

  const close = (): Promise<void> => {
    if (phase.is === 'closed') return phase.done
    if (phase.is === 'moving') phase.end.giveUp()
    const done = stop()
    phase = { is: 'closed', done }
    return done
  }

  const drain = async (): Promise<void> => {
    if (phase.is === 'serving') {
      log.info({ sockets: sockets.size }, 'moving')
      phase = { is: 'moving', end: sockets.endGradually('server-moved', settings.drainMs) }
    }
    if (phase.is === 'moving') await phase.end.over
    return close()
  }

  return { port, url, drain, close }
}
