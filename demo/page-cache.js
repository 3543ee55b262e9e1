/**
 * A service worker: keeps the files of this page, so that it opens where nothing answers, too. What the room held is
 * in the copy that the room keeps (`persist`).
 */

const cacheName = 'hearth-page'

/** From the server, or what it gave last. The room in the address is no other page. */
const answer = async request => {
  const cache = await caches.open(cacheName)
  const { origin, pathname } = new URL(request.url)
  try {
    const response = await fetch(request)
    if (response.ok) await cache.put(origin + pathname, response.clone())
    return response
  } catch (error) {
    const kept = await cache.match(origin + pathname)
    if (kept) return kept
    throw error
  }
}

const fill = async () => {
  const cache = await caches.open(cacheName)
  await cache.addAll(['./', './main.js', './main.css'])
  await self.skipWaiting()
}

self.addEventListener('install', event => event.waitUntil(fill()))
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', event => {
  const { method, url } = event.request
  if (method === 'GET' && new URL(url).origin === self.location.origin) event.respondWith(answer(event.request))
})
