import fc from 'fast-check'
import { expect, test } from 'vitest'
import { harmless, jsonText } from '../../../reports/parts/escape.js'

const dangerous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const command = /##\w*\[|^\s*::/m

test('JSON holds nothing that a terminal or the log of a CI obeys, and gives the very values back', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 100 })
  fc.assert(
    fc.property(anyText, (text) => {
      const evil = { text: `${text}##vso[task.x]##[add-mask]\u009b\u202e\u2066\u200b\u2028\u2029` }
      const json = jsonText(evil)
      expect(json).not.toMatch(dangerous)
      expect(json).not.toMatch(command)
      expect(JSON.parse(json)).toEqual(evil)
      expect(JSON.parse(jsonText(evil, 2))).toEqual(evil)
    }),
  )
})

test('text for people holds none of it either', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      const shown = harmless(`${text}\n::error::x ##vso[task.x] ##[add-mask]`)
      expect(shown.replaceAll(/[\n\t]/g, '')).not.toMatch(dangerous)
      expect(shown).not.toMatch(command)
    }),
  )
})
