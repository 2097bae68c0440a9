/** The page in a real browser, as a user has it before the eyes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import { toHtml } from '../../../reports/html/html.js'
import { all, hostile, springBoot } from '../../fixtures/reports/reports.js'
import { browser, look, type Page } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-'))
const everything = join(folder, 'all.html')

beforeAll(() => {
  writeFileSync(everything, toHtml(all.map(answerOf)))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const rows = (page: Page) => page.locator('.services tbody th').allTextContents()

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
