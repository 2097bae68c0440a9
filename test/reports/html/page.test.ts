/** The page in a real browser, as a user has it before the eyes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf } from '../../../harness/model/answer.js'
import { toHtml } from '../../../reports/html/html.js'
import type { Report } from '../../../harness/model/report.js'
import { all, checkpointable, grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'
import { browser, look, type Page } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-'))
const pictures = join(packageRoot, 'build', 'pictures')
const everything = join(folder, 'all.html')
const one = join(folder, 'one.html')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

beforeAll(() => {
  writeFileSync(everything, toHtml(all.map(answerOf)))
  writeFileSync(one, toHtml([answerOf(grizzly)]))
  mkdirSync(pictures, { recursive: true })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const rows = (page: Page) => page.locator('.services tbody th').allTextContents()
const card = (page: Page, summary: string) => page.getByRole('article', { name: summary })

test('all services are at a glance, the worst first, and can be filtered and put in order', async () => {
  await look(everything, async ({ page, complaints }) => {
    expect(await page.locator('h1').textContent()).toBe('5 services')
    expect((await rows(page))[0]).toBe('spring-boot-web')
    await page.getByRole('button', { name: 'Checkpointable' }).click()
    expect(await rows(page)).toEqual(['orders'])
    expect(await page.getByRole('status').textContent()).toBe('1 of 5 services')
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('button', { name: 'listening-socket' }).click()
    expect(await rows(page)).toEqual(['grizzly-felix'])
    await page.getByRole('button', { name: 'listening-socket' }).click()
    await page.getByRole('columnheader', { name: 'boot' }).getByRole('button').click()
    expect((await rows(page))[0]).toBe('orders~2')
    expect(await page.getByRole('columnheader', { name: 'boot' }).getAttribute('aria-sort')).toBe('ascending')
    expect(complaints).toEqual([])
  })
})

test('a blocker shows owner, jar, remedy and its stacks, of which the creation is open', async () => {
  await look(one, async ({ page, complaints }) => {
    const listener = card(page, 'listening socket 0.0.0.0:8080')
    const text = await listener.innerText()
    expect(text).toContain('TCPNIOBindingHandler.bindToChannelAndAddress(TCPNIOBindingHandler.java:106)')
    expect(text).toContain('grizzly-framework-4.0.2.jar')
    expect(text).toContain('org.glassfish.grizzly:grizzly-framework:4.0.2')
    expect(text).toContain('Stop the listener in beforeCheckpoint')
    expect(text).toMatch(/created by thread "main"/)
    await listener.getByRole('button', { name: 'Bound' }).click()
    expect(await listener.innerText()).toMatch(/bound by thread "main"/)
    expect(await listener.locator('.is-owner').innerText()).toContain('bindToChannelAndAddress:106')
    expect(complaints).toEqual([])
  })
})

test('a check that could not tell shows its code and message and no blocker', async () => {
  await look(
    everything,
    async ({ page }) => {
      expect(await page.locator('.failure').innerText()).toContain('APP_NOT_READY')
      expect(await page.locator('.failure').innerText()).toContain('Give it more time with --timeout.')
      expect(await page.locator('.badge.failed').innerText()).toBe('Failed')
      expect(await page.locator('.card').count()).toBe(0)
    },
    { hash: '#orders~2' },
  )
})

test('folded frames open in their place, and what is copied is in the clipboard', async () => {
  await look(
    one,
    async ({ page, complaints }) => {
      const listener = card(page, 'listening socket 0.0.0.0:8080')
      const fold = listener.getByRole('button', { name: /JDK frames/ }).first()
      expect(await listener.innerText()).not.toContain('Net.socket0')
      await fold.click()
      expect(await fold.getAttribute('aria-expanded')).toBe('true')
      expect(await listener.locator('.unfolded').first().innerText()).toBe('sun.nio.ch.Net.socket0')
      await listener.getByRole('button', { name: 'Copy the whole stack' }).click()
      const copied = () => page.evaluate<string>('navigator.clipboard.readText()')
      await expect.poll(copied).toMatch(/^\tat sun\.nio\.ch\.Net\.socket0\n/)
      await listener.getByRole('button', { name: 'TypeScript' }).click()
      await listener.getByRole('button', { name: 'Copy what accepts it' }).click()
      await expect.poll(copied).toContain(`blockedBy: ['${grizzly.blockers[0]!.id}']`)
      expect(complaints).toEqual([])
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  )
})

test('a link leads to a service, to a blocker of it, or to a descriptor, and to nothing else', async () => {
  const id = encodeURIComponent(springBoot.blockers[1]!.id).replaceAll('%3A', ':')
  await look(
    everything,
    async ({ page }) => {
      const meant = page.locator('.card.meant')
      expect(await meant.getAttribute('aria-label')).toBe(springBoot.blockers[1]!.summary)
      expect(await meant.getByRole('button').first().getAttribute('aria-expanded')).toBe('true')
      expect(await page.evaluate('document.activeElement.className')).toBe('card-toggle')
      await page.goto(`${page.url().split('#')[0] ?? ''}#grizzly-felix/fd:14`)
      const row = page.locator('tr.meant')
      expect(await row.innerText()).toContain('tcp 0.0.0.0:8080 listening')
      expect(await page.locator('tr.more').innerText()).toContain('created by thread "main"')
      await page.goto(`${page.url().split('#')[0] ?? ''}#nobody/%E0%A4%A`)
      expect(await page.locator('h1').textContent()).toBe('5 services')
    },
    { hash: `#spring-boot-web/${id}` },
  )
})

test('everything can be searched and reached by the keyboard alone', async () => {
  await look(everything, async ({ page, complaints }) => {
    await page.keyboard.press('/')
    await page.keyboard.type('hikari openat')
    await page.getByRole('heading', { name: '1 match for “hikari openat”' }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('tr.meant').waitFor()
    expect(page.url()).toMatch(/#spring-boot-web\/fd:23$/)
    expect(await page.evaluate('document.activeElement.textContent')).toBe('23')
    await page.keyboard.press('Enter')
    expect(await page.locator('tr.more').count()).toBe(0)
    for (const [word, title] of [
      ['8080', 'listening socket 0.0.0.0:8080'],
      ['h2-2.3.232.jar', 'open file /srv/orders/data/orders.mv.db'],
      ['nscd', '4 unix stream'],
    ] as const) {
      await page.keyboard.press('/')
      await page.keyboard.type(word)
      await expect.poll(() => page.locator('.hit-title').allTextContents()).toContain(title)
      await page.keyboard.press('Escape')
      await page.locator('main.service').waitFor()
      await page.evaluate('document.activeElement.blur()')
    }
    expect(complaints).toEqual([])
  })
})

test('nothing that the app has named becomes markup, runs, or hides', async () => {
  const file = join(folder, 'hostile.html')
  writeFileSync(file, toHtml([answerOf(hostile)]))
  await look(file, async ({ page, complaints }) => {
    await page.getByRole('button', { name: /^\d+$/ }).first().click()
    await page.locator('summary').click()
    expect(await page.locator('img, iframe, [onclick], [onerror]').count()).toBe(0)
    expect(await page.evaluate('document.scripts.length')).toBe(2)
    const text = await page.locator('body').innerText()
    expect(text).toContain('<script>alert("1")</script>')
    expect(text.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(complaints).toEqual([])
  })
})

test('where scripts are off the blockers are there to read', async () => {
  await look(
    everything,
    async ({ page }) => {
      const text = await page.locator('body').innerText()
      expect(text).toContain('listening socket 0.0.0.0:8080')
      expect(text).toContain('h2-2.3.232.jar')
    },
    { javaScriptEnabled: false },
  )
})

test('the flame graph shows what is blocked without packages, opens its folds, and can stand on its feet', async () => {
  await look(
    everything,
    async ({ page, complaints }) => {
      const flame = page.locator('.flame')
      const boxes = () => flame.locator('.box').allInnerTexts()
      expect((await boxes())[0]).toBe('2 descriptors')
      expect((await boxes()).some((name) => name.includes('org.'))).toBe(false)
      const fold = flame.getByRole('button', { name: /frames of JDK/ }).first()
      const before = await boxes()
      await fold.click()
      await expect.poll(async () => (await boxes()).length).toBeGreaterThan(before.length)
      await page.getByRole('button', { name: 'Fold libraries again' }).click()
      await expect.poll(boxes).toEqual(before)
      await flame.getByRole('button').first().focus()
      await page.keyboard.press('ArrowDown')
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Orders.main:17')
      await page.getByRole('button', { name: 'flame', exact: true }).click()
      const top = (name: string) => flame.getByText(name).first().boundingBox()
      expect((await top('2 descriptors'))!.y).toBeGreaterThan((await top('Orders.main:17'))!.y)
      expect(complaints).toEqual([])
    },
    { hash: '#spring-boot-web/flame' },
  )
})

test('two runs can be compared: what is new, gone, and how the times have changed', async () => {
  const file = join(folder, 'diff.html')
  const faster = { ...grizzly, scenario: springBoot.scenario, timing: { ...grizzly.timing, bootMs: 1605 } }
  writeFileSync(file, toHtml([springBoot, faster].map(answerOf), { compare: { before: 1 } }))
  await look(file, async ({ page, complaints }) => {
    await page.screenshot({ path: join(pictures, 'compare-1280-light.png'), fullPage: true })
    expect(await page.locator('.sign').allInnerTexts()).toEqual([
      ...['new', 'new', 'gone', 'gone'],
      ...['new', 'new', 'gone', 'gone', 'gone'],
    ])
    expect(await page.locator('.facts').innerText()).toContain('3.2 s → 1.6 s -50 %')
    await page.getByRole('combobox', { name: /^After/ }).selectOption('before:spring-boot-web')
    await expect.poll(() => page.locator('.sign').count()).toBe(0)
    await page.getByRole('combobox', { name: /^After/ }).selectOption('after:spring-boot-web')
    await page.getByRole('link', { name: 'listening socket 0.0.0.0:8080' }).click()
    expect(await page.locator('.card.meant').getAttribute('aria-label')).toBe('listening socket 0.0.0.0:8080')
    expect(complaints).toEqual([])
  })
})

test('two runs of several services are compared service by service, the worse first', async () => {
  const file = join(folder, 'runs.html')
  const named = (scenario: string, report: Report) => answerOf({ ...report, scenario })
  const before = [named('mail', checkpointable), named('orders', springBoot), named('old', grizzly)]
  const after = [named('orders', checkpointable), named('mail', springBoot), named('files', checkpointable)]
  writeFileSync(file, toHtml([...before, ...after], { compare: { before: 3 } }))
  await look(file, async ({ page, complaints }) => {
    await page.screenshot({ path: join(pictures, 'runs-1280-light.png') })
    const cells = await page.locator('.runs tbody tr').allInnerTexts()
    expect(cells.map((row) => row.split('\t').map((cell) => cell.trim()))).toEqual([
      ['mail', 'Checkpointable', 'Blocked', '2', '0', '0', '0'],
      ['orders', 'Blocked', 'Checkpointable', '0', '2', '0', '0'],
      ['old', 'Blocked', 'not there', '0', '2', '0', '0'],
      ['files', 'not there', 'Checkpointable', '0', '0', '0', '0'],
    ])
    await page.getByRole('link', { name: 'mail' }).click()
    await expect
      .poll(() => page.locator('.sign').allInnerTexts())
      .toEqual(['new', 'new', 'new', 'new', 'new'])
    await page.getByRole('link', { name: 'crac-preflight' }).click()
    await page.locator('.runs').waitFor()
    expect(complaints).toEqual([])
  })
})

test('the timeline says who holds what since when, and opens it', async () => {
  await look(
    everything,
    async ({ page, complaints }) => {
      const timeline = page.locator('.timeline')
      await timeline.focus()
      await page.keyboard.press('ArrowDown')
      const told = page.locator('#timeline .pointed')
      await expect.poll(() => told.innerText()).toContain('since 432 ms')
      expect(await told.innerText()).toBe(
        '14 tcp 0.0.0.0:8080 listening · grizzly-framework-4.0.2.jar · since 432 ms · bound 433 ms, listening 433 ms · blocked',
      )
      const painted = `(() => { const { width, height } = document.querySelector('canvas')
        const { data } = document.querySelector('canvas').getContext('2d').getImageData(0, 0, width, height)
        return new Set(new Uint32Array(data.buffer)).size })()`
      expect(await page.evaluate(painted)).toBeGreaterThan(10)
      await page.keyboard.press('Enter')
      await page.locator('tr.meant').waitFor()
      expect(page.url()).toMatch(/#grizzly-felix\/fd:14$/)
      expect(complaints).toEqual([])
    },
    { hash: '#grizzly-felix' },
  )
})

const views = [
  ['overview', '#', '.services'],
  ['service', '#spring-boot-web', '.card'],
  ['descriptor', '#grizzly-felix/fd:14', 'tr.meant'],
  ['failed', '#orders~2', '.failure'],
  ['compare', '#~compare/1:2', '.sign'],
] as const
const looks = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const

test.for(looks)(
  'in %s at %d px it has no violation of accessibility and fits',
  async ([colorScheme, width]) => {
    await look(
      everything,
      async ({ page, complaints }) => {
        await page.evaluate(axe)
        const [url = ''] = page.url().split('#')
        for (const [name, hash, shows] of views) {
          await page.goto(`${url}${hash}`)
          await page.locator(shows).first().waitFor()
          await page.evaluate('scrollTo(0, 0)')
          await page.screenshot({
            path: join(pictures, `${name}-${width}-${colorScheme}.png`),
            fullPage: true,
          })
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
          expect(overflow).toBeLessThanOrEqual(0)
          expect(await violations(page)).toEqual([])
        }
        expect(complaints).toEqual([])
      },
      // What checks is not of the page, and the page's policy is right to refuse it.
      { colorScheme, viewport: { width, height: 800 }, bypassCSP: true },
    )
  },
)

async function violations(page: Page): Promise<unknown[]> {
  return await page.evaluate(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
    ({ id, nodes: nodes.slice(0, 3).map(({ html, any }) => [html.slice(0, 200), any[0]?.message]) })))`)
}
