import { expect, test } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { toHtml as htmlOf } from '../../../reports/html/html.js'
import { all, failed, grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'

const toHtml = (reports: Report[]) => htmlOf(reports.map(answerOf))
const tags = (page: string) => [...page.matchAll(/<\/?([a-z][a-z0-9]*)([^<>]*)>/gi)]

test('the page needs no script and no request, and forbids both', () => {
  const page = toHtml(all)
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  const names = new Set(tags(page).map(([, name]) => name))
  for (const name of ['script', 'link', 'img', 'iframe', 'a', 'form', 'base', 'object']) {
    expect(names).not.toContain(name)
  }
  expect(page).not.toMatch(/https?:|url\(|@import/)
})

test('a hostile report adds no tag and no attribute to those of a harmless one', () => {
  const shapes = (page: string) => new Set(tags(page).map(([, name, attributes]) => `${name} ${attributes}`))
  const harmless = shapes(toHtml([springBoot]))
  expect([...shapes(toHtml([hostile]))].filter((shape) => !harmless.has(shape))).toEqual([])
  expect(toHtml([hostile])).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;]]&gt;')
})

test('control characters of the app are shown as escapes', () => {
  expect(toHtml([hostile]).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
})

test('the app begins no line of a stack of its own', () => {
  expect(toHtml([hostile])).not.toMatch(/class="line[^>]*>[^<]*\n/)
})

test('every tag that opens is closed in order', () => {
  const open: string[] = []
  for (const [tag, name = ''] of tags(toHtml(all))) {
    if (name === 'meta' || name === 'br') continue
    if (tag.startsWith('</')) expect(open.pop()).toBe(name)
    else open.push(name)
  }
  expect(open).toEqual([])
})

test('a blocker shows owner, jar, remedy and its stacks, of which the first is open', () => {
  const page = toHtml([grizzly])
  expect(page).toContain('TCPNIOBindingHandler.bindToChannelAndAddress(TCPNIOBindingHandler.java:106)</code>')
  expect(page).toContain('grizzly-framework-4.0.2.jar, org.glassfish.grizzly:grizzly-framework:4.0.2')
  expect(page).toContain('Stop the listener in beforeCheckpoint')
  expect(page).toMatch(/<details open>\s*<summary>created by thread &quot;main&quot;/)
  expect(page).toMatch(/<details >\s*<summary>bound by thread &quot;main&quot;/)
})

test('a check that could not tell shows its code and message and no blocker', () => {
  const page = toHtml([failed])
  expect(page).toContain('APP_NOT_READY')
  expect(page).toContain('class="verdict failed"')
  expect(page).not.toContain('class="card blocked"')
})
