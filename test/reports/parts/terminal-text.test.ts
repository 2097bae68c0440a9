import fc from 'fast-check'
import { expect, test } from 'vitest'
import { notACommand, printable } from '../../../reports/parts/escape.js'
import { cutMiddle, displayWidth, padColumns, paint, wrap } from '../../../reports/parts/terminal-text.js'
import { hostileText } from '../../fixtures/reports/reports.js'
import { expectLinear } from '../../support/growth.js'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const dangerous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

test('colours of the app go, every other control character is shown and none is obeyed', () => {
  expect(printable('\u001b[1;31mred\u001b[0m \u001b[2J \u009b5A bell\u0007')).toBe(
    'red \\x1b[2J \\x9b5A bell\\x07',
  )
  expect(printable('a\u202egnp.exe')).toBe('a\\u{202e}gnp.exe')
  expect(printable('zero\u200bwidth\ufeff')).toBe('zero\\u{200b}width\\u{feff}')
  expect(printable('lone \ud800 and \udc00')).toBe('lone \\u{d800} and \\u{dc00}')
})

test('newlines and tabs stay only where several lines were asked for', () => {
  expect(printable('a\n\tb\r\nc')).toBe('a\\n\\tb\\r\\nc')
  expect(printable('a\n\tb\r\nc\rd', { lines: true })).toBe('a\n\tb\nc\\rd')
})

test('no text at all leaves a character that a terminal would obey', () => {
  fc.assert(fc.property(anyText, (text) => !dangerous.test(printable(text))))
  expect(printable(hostileText)).not.toMatch(dangerous)
})

test('wrapping keeps every line within the width and every character but the breaks', () => {
  fc.assert(
    fc.property(
      // No word of them is so long that it is cut.
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => printable(text)),
      fc.integer({ min: 8, max: 90 }),
      (text, width) => {
        const lines = wrap(text, width)
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      },
    ),
  )
})

test('a frame that is too long breaks before its place, a path behind a slash', () => {
  expect(
    wrap('org.glassfish.grizzly.http.server.NetworkListener.start(NetworkListener.java:678)', 70),
  ).toEqual(['org.glassfish.grizzly.http.server.NetworkListener.start', '(NetworkListener.java:678)'])
  expect(wrap('/var/lib/orders/data/2026/archive.mv.db', 30)).toEqual([
    '/var/lib/orders/data/2026/',
    'archive.mv.db',
  ])
})

test.for([
  ['a', 80],
  ['é', 80],
  ['a ', Infinity],
  ['日本 ', 80],
] as const)('the time to wrap "%s" grows with the text, not with its square', async ([unit, width]) => {
  await expectLinear((size) => () => wrap(unit.repeat(size), width), [20_000, 40_000, 80_000])
})

test('a word that nobody reads is cut', () => {
  expect(wrap(`/${'a'.repeat(10_000)}/end.txt`, 80).join('')).toMatch(/^\/a{190,}…a{190,}\/end\.txt$/)
})

test('no word is cut where no line is: who searches a pipe finds it', () => {
  const path = `/${'a'.repeat(10_000)}/end.txt`
  expect(wrap(`held: ${path}`, Infinity)).toEqual([`held: ${path}`])
})

test('wide characters count twice and combining marks not at all', () => {
  expect(displayWidth('日本語')).toBe(6)
  expect(displayWidth('e\u0301')).toBe(1)
  expect(padColumns('日本', 6)).toBe('日本  ')
})

test('a long text is cut in the middle and keeps both ends', () => {
  expect(cutMiddle('com.acme.Pool.open(Pool.java:42)', 15)).toBe('com.acm…ava:42)')
  expect(cutMiddle('short', 15)).toBe('short')
  fc.assert(
    fc.property(
      anyText.map((text) => printable(text)),
      (text) => displayWidth(cutMiddle(text, 12)) <= 12,
    ),
  )
})

test('a CI runner finds no command of its own in our lines', () => {
  expect(notACommand('  ::set-env name=X::y\nsay ::this is fine')).toBe(
    '  \\::set-env name=X::y\nsay ::this is fine',
  )
  expect(notACommand('log ##vso[task.setvariable]x ##[error]')).toBe(
    'log #\\#vso[task.setvariable]x #\\#[error]',
  )
})

test('styles add nothing without colour', () => {
  expect(paint(false).red('x')).toBe('x')
  expect(paint(true).red('x')).toBe('\u001b[31mx\u001b[39m')
})
