import { createAddresses } from './addresses.js'
import { createAdmission, createOriginCheck } from './admission.js'
import { openChosenBackplane } from './chosen-backplane.js'
import { createClientAddress } from './client-address.js'
import { createDoorkeeper } from './doorkeeper.js'
import { createHttpRoutes, healthRoute, metricsRoute, readinessRoute, type Route } from './http-routes.js'
import { createLifecycle } from './lifecycle.js'
import { closeListener, createListener, listen, urlOf } from './listener.js'
import { createLog } from './log.js'
import { createMetrics } from './metrics.js'
import { createOutlet } from './outlet.js'
import { resolveSettings, type SignalingOptions } from './settings.js'
import { createSockets } from './sockets.js'
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

/**
 * Starts a signaling server; resolves once it listens.
 * @throws RangeError for an option that cannot be used, and what the system says of the port, the folder or the files.
 */
export const createSignalingServer = async (options: SignalingOptions = {}): Promise<SignalingServer> => {
  const settings = resolveSettings(options)
  const log = createLog(settings)
  const onError = (error: unknown): void => {
    log.error({ err: error }, 'fault')
    settings.onError(error)
  }
  const backplane = await openChosenBackplane(options.backplane, settings, error => {
    log.warn({ err: error }, 'other nodes cannot be reached')
  })
  const readiness = (): string => {
    if (!life.isServing) return 'stopping'
    return backplane.isReady ? 'ready' : 'other nodes cannot be reached'
  }
  const metrics = createMetrics({
    sockets: () => sockets.size,
    rooms: () => topics.size,
    isReady: () => readiness() === 'ready',
  })
  const topics = createTopics({ ...settings, backplane, ...metrics })
  const sockets = createSockets({ settings, topics, outlet: createOutlet(), metrics, log, onError })

  const addresses = createAddresses(settings)
  const addressOf = createClientAddress(settings.trustProxy)
  const isForeign = createOriginCheck(settings.origins)
  const lookAtToken = createDoorkeeper(settings, log)
  const upgrades = createUpgrades({
    settings,
    admit: createAdmission({
      isForeign,
      addresses,
      addressOf,
      isMoving: () => !life.isServing,
      lookAtToken,
    }),
    onSocket: (connection, { visitor, closeWith }) => {
      const socket = sockets.serve(connection, visitor)
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
  const giveUp = async (error: unknown): Promise<never> => {
    await release()
    throw error
  }
  const openListener = async () => createListener(settings, createHttpRoutes(routes, settings.staticDirectory, onError))
  const listener = await openListener().catch(giveUp)

  const life = createLifecycle({
    sockets,
    drainMs: settings.drainMs,
    log,
    stop: async () => {
      upgrades.close()
      await Promise.all([closeListener(listener, settings), sockets.endAll('server-stopping')])
      await release()
      log.info('stopped')
    },
  })

  listener.server.on('upgrade', (request, stream, head) => upgrades.take(request, stream, head))
  const port = await listen(listener, settings).catch(giveUp)
  listener.server.on('error', onError)
  const url = urlOf(settings, port)
  log.info({ url }, 'listening')
  return { port, url, drain: () => life.drain(), close: () => life.close() }
}
