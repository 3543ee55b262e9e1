/** What lab.test.ts runs in a page. */

/** Sends a text from one peer connection of this page to another one. */
export const loopBack = async (text: string): Promise<string> => {
  const near = new RTCPeerConnection()
  const far = new RTCPeerConnection()
  near.addEventListener('icecandidate', ({ candidate }) => void far.addIceCandidate(candidate ?? undefined))
  far.addEventListener('icecandidate', ({ candidate }) => void near.addIceCandidate(candidate ?? undefined))
  const received = new Promise<string>(resolve => {
    far.addEventListener('datachannel', ({ channel }) => {
      channel.addEventListener('message', ({ data }) => resolve(String(data)))
    })
  })
  const channel = near.createDataChannel('lab')
  channel.addEventListener('open', () => channel.send(text))
  await near.setLocalDescription()
  if (near.localDescription) await far.setRemoteDescription(near.localDescription)
  await far.setLocalDescription()
  if (far.localDescription) await near.setRemoteDescription(far.localDescription)
  return received.finally(() => [near, far].forEach(connection => connection.close()))
}
