import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh key and a certificate for `localhost` that it signs itself, as files in a folder of their own. */
export type Certificate = {
  readonly tlsCert: string
  readonly tlsKey: string
  /** The certificate, for who is to trust it. */
  readonly ca: string
  remove(): Promise<void>
}

export const createCertificate = async (): Promise<Certificate> => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = tagged(0x30, tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex'))) // ecdsa-with-SHA256
  const commonName = tagged(0x30, tagged(0x06, Buffer.from('550403', 'hex')), tagged(0x0c, Buffer.from('localhost')))
  const name = tagged(0x30, tagged(0x31, commonName))
  const validity = tagged(0x30, date(Date.now() - 86_400_000), date(Date.now() + 86_400_000))
  const serial = tagged(0x02, Buffer.from([1]))
  const content = tagged(
    0x30,
    serial,
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = tagged(0x03, Buffer.from([0]), sign('sha256', content, privateKey))
  const ca = pem(tagged(0x30, content, algorithm, signature))

  const folder = await mkdtemp(join(tmpdir(), 'hearth-tls-'))
  const [tlsCert, tlsKey] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(tlsCert, ca)
  await writeFile(tlsKey, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { tlsCert, tlsKey, ca, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** DER: a tag, a length, a content. */
const tagged = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), content])
}

/** YYYYMMDDHHMMSSZ */
const date = (at: number): Buffer =>
  tagged(0x18, Buffer.from(new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '')))

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
