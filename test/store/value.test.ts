import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Bytes } from '../../src/store/value.js'

test('[LIMIT1] the bytes of a text are those of its UTF-8 form, also where a surrogate stands alone', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2 }),
      fc.constantFrom('\ud83d', '\ude00', '😀', 'é', '€', 'a'),
    ),
  })
  fc.assert(
    fc.property(text, given => {
      expect(utf8Bytes(given)).toBe(new TextEncoder().encode(given).length)
    }),
  )
})
