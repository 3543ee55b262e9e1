/** An address as it may be told and logged: its query can have a token in it. */
export const withoutQuery = (address: string): string => address.replace(/\?.*/s, '')
