import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { packData, unpackData } from '../../../reports/html/pack.js'
import { toHtml as htmlOf } from '../../../reports/html/html.js'
import { all, grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'

const toHtml = (reports: Report[]) => htmlOf(reports.map(answerOf))
/** The page without what it was built with, and without its data. */
const shell = (page: string) => page.replace(/<(style|script)\b([^>]*)>.*?<\/\1>/gs, '<$1$2></$1>')
const tags = (page: string) => [...shell(page).matchAll(/<\/?([a-z][a-z0-9]*)([^<>]*)>/gi)]
const dataOf = (page: string) =>
  /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? ''
const sha256 = (text = '') => `sha256-${createHash('sha256').update(text).digest('base64')}`

test('only the page’s own script and style may act, known by their hashes, and nothing may be asked for', () => {
  const page = toHtml(all)
  const [, style] = /<style>(.*?)<\/style>/s.exec(page) ?? []
  const [, script] = /<script type="module">(.*?)<\/script>/s.exec(page) ?? []
  expect(page).toContain(
    `content="default-src 'none'; script-src '${sha256(script)}'; style-src '${sha256(style)}'; base-uri 'none'; form-action 'none'"`,
  )
  expect(page.match(/<script\b[^>]*>/g)).toEqual([
    '<script type="module">',
    '<script type="application/json" id="data">',
  ])
  const names = new Set(tags(page).map(([, name]) => name))
  for (const name of ['link', 'img', 'iframe', 'a', 'form', 'base', 'object'])
    expect(names).not.toContain(name)
  expect(shell(page)).not.toMatch(/\b(?:src|href)=|https?:|url\(|@import/)
  expect(style).not.toMatch(/url\(|@import/)
})

test('before its data the page is under 150 kB', () => {
  expect(Buffer.byteLength(toHtml([]))).toBeLessThan(150_000)
})

test('a hostile report adds no tag and no attribute to those of a harmless one', () => {
  const shapes = (page: string) => new Set(tags(page).map(([, name, attributes]) => `${name} ${attributes}`))
  const harmless = shapes(toHtml([springBoot]))
  expect([...shapes(toHtml([hostile]))].filter((shape) => !harmless.has(shape))).toEqual([])
  expect(toHtml([hostile])).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;]]&gt;')
})

test('no text of the app ends the data, begins a comment in it, or is in it unseen', () => {
  const named = { ...hostile, scenario: '</script><!--<script>\u2028\u2066' }
  const data = dataOf(toHtml([named, grizzly]))
  expect(data).not.toMatch(/[<>\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  expect(shell(toHtml([named])).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
  expect(JSON.parse(data).answers[0].name).toBe('</script><!--<script>\\u{2028}\\u{2066}')
})

test('data comes out of the page as it went in, its control characters made visible', () => {
  const known = { accepted: ['file:a\u2066b'], gone: ['file:c'], unmet: [], strict: true }
  const answers = [{ ...springBoot, known }, grizzly].map(answerOf)
  const { answers: read } = unpackData(
    JSON.parse(JSON.stringify(packData({ answers, compare: null, opens: null }))),
  )
  expect(read.map((answer) => ({ ...answer, groups: [] }))).toEqual(
    answers.map((answer) => ({ ...answer, run: answer.run && { ...answer.run } })),
  )
})

test('a stack that many descriptors have is in the page once', () => {
  const [, , file] = springBoot.descriptors
  const many = { ...springBoot, descriptors: Array.from({ length: 50 }, (_, fd) => ({ ...file!, fd })) }
  expect(toHtml([many]).match(/JdbcConnection/g)?.length).toBe(2)
})

test('every tag that opens is closed in order', () => {
  const open: string[] = []
  for (const [tag, name = ''] of tags(toHtml(all))) {
    if (name === 'meta') continue
    if (tag.startsWith('</')) expect(open.pop()).toBe(name)
    else open.push(name)
  }
  expect(open).toEqual([])
})
