/** An address, or what was given for one, as it may be told and logged: its query can have a token in it. */
export const withoutQuery = (address: unknown): string => `${address as string}`.replace(/\?.*/s, '')
