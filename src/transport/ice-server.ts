/** Whether every RTCPeerConnection takes it: `{ urls }`, each stun: or turn:, these with username and credential. */
export const isIceServer = (server: Partial<RTCIceServer> | null | undefined): boolean => {
  const urls = [server?.urls ?? []].flat()
  const isNamed = typeof server?.username === 'string' && typeof server.credential === 'string'
  return urls.length > 0 && urls.every(url => /^stuns?:./.test(url) || (isNamed && /^turns?:./.test(url)))
}
