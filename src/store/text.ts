import type { Text as YText } from 'yjs'

/** A text that is typed together: a Y.Text, for the bindings of editors. */
export type Text = YText
