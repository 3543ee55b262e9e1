/** The code of a SessionError, recognised as its documentation says: two copies of the class may be about. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && error.name === 'SessionError' && 'code' in error ? String(error.code) : null
