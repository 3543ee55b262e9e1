/** The peers that a peer said last that it has an open link to; null if nothing is known of it. */
export type LinksOf = (peerId: string) => ReadonlySet<string> | null

export type Travel = {
  /** The peers that this one could send it to. */
  readonly neighbours: readonly string[]
  /** The link it came over. */
  readonly from: string
  /** Who wrote it; null is somebody unknown. */
  readonly authors: readonly (string | null)[]
  readonly linksOf: LinksOf
}

/**
 * The neighbours that somebody's write would not reach without this peer: those that one of its authors has no
 * link to, as far as is known. Who lost a link says so before the other side does, so both must say that there is
 * one. On doubt they get it twice, which does no harm.
 */
export const unreachedBy = ({ neighbours, from, authors, linksOf }: Travel): string[] => {
  const areLinked = (author: string | null, peer: string) =>
    author !== null && linksOf(author)?.has(peer) && linksOf(peer)?.has(author)
  return neighbours.filter(peer => peer !== from && authors.some(author => author !== peer && !areLinked(author, peer)))
}
