import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Metrics } from './metrics.js'
import { answerOkay, createStaticFiles } from './static-files.js'

/** What is answered at one path, to GET and HEAD. A rejection is answered with 500. */
export type Route = (request: IncomingMessage) => Answer | Promise<Answer>

export type Answer = {
  readonly status: number
  readonly text: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Routes = ReadonlyMap<string, Route>

/** The routes first, then the files of the folder, or `okay` to everything if there is none. */
export const createHttpRoutes = (
  routes: Routes,
  staticDirectory: string | undefined,
  onError: (error: unknown) => void,
): RequestListener => {
  const elsewhere = staticDirectory === undefined ? answerOkay : createStaticFiles(staticDirectory)
  return (request, response) => {
    const route = routes.get(request.url?.split('?', 1)[0] ?? '')
    if (route === undefined) return elsewhere(request, response)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    void answer(route, request, response).catch((error: unknown) => {
      onError(error)
      if (!response.headersSent) response.writeHead(500).end()
    })
  }
}

const answer = async (route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { status, text, contentType = 'text/plain; charset=utf-8', headers } = await route(request)
  const head = {
    ...headers,
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  }
  response.writeHead(status, head).end(request.method === 'HEAD' ? undefined : text)
}

/** The process answers at all. Ends with the process alone: a node that waits for others need not be started again. */
export const healthRoute: Route = () => ({ status: 200, text: 'ok\n' })

/** Whether balancers should send somebody here: 'ready', or why not. */
export const readinessRoute =
  (readiness: () => string): Route =>
  () => {
    const said = readiness()
    return { status: said === 'ready' ? 200 : 503, text: `${said}\n` }
  }

export const metricsRoute =
  (metrics: Metrics): Route =>
  async () => ({ status: 200, text: await metrics.page(), contentType: metrics.contentType })
