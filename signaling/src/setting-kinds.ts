/** How one kind of setting is read from text, judged and shown. */
export type Kind<Value> = {
  /** Ends the sentence "port must be …". */
  readonly must: string
  /** What a flag or a variable says; undefined if it says nothing of this kind. */
  parse(text: string): Value | undefined
  /** Whether this value, from wherever it comes, can be used. */
  accepts(value: unknown): boolean
  /** As `parse` would read it; of a secret only that there is one. */
  show(value: Value): string
  /** Then no page, log or error ever shows it. */
  readonly isSecret?: true
}

/** setTimeout takes no more; above it fires at once. */
const maxDurationMs = 2 ** 31 - 1

export const wholeNumber = (min: number, max: number): Kind<number> => ({
  must: `a whole number from ${min} to ${max}`,
  // Number('') is 0, which would be a port.
  parse: text => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)),
  accepts: value => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  show: String,
})

export const count = wholeNumber(1, Number.MAX_SAFE_INTEGER)
export const duration = wholeNumber(1, maxDurationMs)
export const durationOrNone = wholeNumber(0, maxDurationMs)

export const text: Kind<string> = {
  must: 'a text that is not empty',
  parse: said => said,
  accepts: value => typeof value === 'string' && value !== '',
  show: value => value,
}

export const secret = (minBytes: number): Kind<string> => ({
  must: `a secret of at least ${minBytes} bytes`,
  parse: said => said,
  accepts: value => typeof value === 'string' && Buffer.byteLength(value) >= minBytes,
  show: () => '(set)',
  isSecret: true,
})

export const onOff: Kind<boolean> = {
  must: 'on or off',
  parse: said => ({ on: true, off: false })[said],
  accepts: value => typeof value === 'boolean',
  show: value => (value ? 'on' : 'off'),
}

export const oneOf = <const Choice extends string>(choices: readonly Choice[]): Kind<Choice> => ({
  must: `one of ${choices.join(', ')}`,
  parse: said => choices.find(choice => choice === said),
  accepts: value => choices.some(choice => choice === value),
  show: value => value,
})

/** Values with commas between them, each of which `acceptsItem`. */
export const listOf = (must: string, acceptsItem: (item: string) => boolean): Kind<readonly string[]> => ({
  must,
  parse: said => said.split(',').map(item => item.trim()),
  accepts: value => Array.isArray(value) && value.every(item => typeof item === 'string' && acceptsItem(item)),
  show: items => items.join(','),
})

export const httpAddress: Kind<string> = {
  must: 'an http or https address',
  parse: said => said,
  accepts: value => typeof value === 'string' && /^https?:$/.test(parseUrl(value)?.protocol ?? ''),
  show: value => value,
}

/** `https://app.example`, as browsers name the origin of a page. */
export const origins = listOf('origins such as https://app.example, with commas between them', item => {
  return parseUrl(item)?.origin === item
})

const parseUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)
