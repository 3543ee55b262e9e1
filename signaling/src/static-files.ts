import { statSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import sirv from 'sirv'

/** Answers every request alike, as y-webrtc's server does; good enough to see that the server is up. */
export const answerOkay: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain' }).end('okay')
}

/**
 * Serves the files of a folder, as they were listed at the start; dotfiles stay hidden.
 * @throws Error if `directory` is no folder.
 */
export const createStaticFiles = (directory: string): RequestListener => {
  if (!statSync(directory).isDirectory()) throw new Error(`${directory} is not a folder`)
  const serve = sirv(directory, {
    etag: true,
    maxAge: 0,
    setHeaders: response => response.setHeader('X-Content-Type-Options', 'nosniff'),
  })

  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    // A file that is gone by now fails in the stream that sirv opens, and nobody there listens for it.
    response.on('pipe', file => file.on('error', () => response.destroy()))
    try {
      serve(request, response)
    } catch {
      // A range that ends before it begins makes sirv throw, after the head has been written or before.
      response.destroy()
    }
  }
}
