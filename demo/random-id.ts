/** Eight letters and digits. `crypto.randomUUID` is missing on a plain-http address; this is not. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => (byte % 36).toString(36)).join('')
