/** The timeline and the flame graph in a real browser: whose code, by jar, and what was opened and closed again. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf, type Answer } from '../../../harness/model/answer.js'
import { BEFORE_APP } from '../../../harness/model/origins/before-app.js'
import type { Report } from '../../../harness/model/report.js'
import { toHtml } from '../../../reports/html/html.js'
import { hostileLedger, ledger, opened } from '../../fixtures/reports/ledgers.js'
import { grizzly, springBoot } from '../../fixtures/reports/reports.js'
import { browser, look, type Page } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-timeline-'))
const pictures = join(packageRoot, 'build', 'pictures')
const file = (name: string) => join(folder, `${name}.html`)

const nothing = Array.from({ length: 60 }, () => 0)
const busy: Report = {
  ...springBoot,
  libraries: [
    { jar: 'pool-1.jar', artifact: 'com.acme:pool:1', packages: ['com.acme'] },
    { jar: 'h2-2.3.232.jar', artifact: null, packages: ['org.h2.store.fs.disk', 'org.h2.jdbc'] },
  ],
  descriptors: [
    ...springBoot.descriptors,
    { ...opened(30, '/data/a', 'com.acme.Pool.open:42'), verdict: 'claimed', rule: 'closed by its resource' },
  ],
  closed: {
    total: 33,
    spanMs: 100,
    by: [
      { code: 'app', jar: 'pool-1.jar', counts: nothing.with(3, 20).with(4, 5) },
      { code: 'jdk', jar: null, counts: nothing.with(3, 8) },
    ],
  },
}
const accepting = { accepted: springBoot.blockers.map(({ id }) => id), gone: [], unmet: [], strict: false }
const traced: Answer = { ...answerOf(springBoot), command: 'trace', name: 'traced', verdict: null, run: null }

beforeAll(() => {
  mkdirSync(pictures, { recursive: true })
  writeFileSync(file('busy'), toHtml([answerOf(busy)]))
  writeFileSync(file('accepted'), toHtml([answerOf({ ...springBoot, known: accepting })]))
  writeFileSync(file('listener'), toHtml([answerOf(grizzly)]))
  const flame = (descriptors: Answer['descriptors']) =>
    toHtml([{ ...traced, descriptors }], { opens: 'flame' })
  const stdin: Answer['descriptors'][number] = { ...ledger.at(-1)!, missing: BEFORE_APP }
  writeFileSync(file('flame'), flame([...ledger, stdin]))
  writeFileSync(file('hostile-flame'), flame(hostileLedger))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const told = (page: Page) => page.locator('#timeline .pointed').innerText()

test('what was opened and closed again stands above the bars, by time and jar, and in a table', async () => {
  await look(file('busy'), async ({ page, complaints }) => {
    const timeline = page.locator('.timeline')
    await timeline.focus()
    await page.keyboard.press('ArrowRight')
    await expect
      .poll(() => told(page))
      .toBe('300 ms to 400 ms: 28 opened and closed again · pool-1.jar 20, JDK 8')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => told(page)).toContain('400 ms to 500 ms: 5 opened')
    await page.screenshot({ path: join(pictures, 'density.png'), fullPage: true })
    const table = page.locator('.closed-again')
    expect(await table.count()).toBe(1)
    expect(await table.locator('tbody tr').count()).toBe(0)
    await table.locator('summary').click()
    await expect
      .poll(() => table.locator('tbody tr').allInnerTexts())
      .toEqual(['300 ms to 400 ms\t28\tpool-1.jar 20, JDK 8', '400 ms to 500 ms\t5\tpool-1.jar 5'])
    const { x, y, width } = (await timeline.boundingBox())!
    await page.mouse.move(x + width - 3, y + 50)
    await expect.poll(() => told(page)).toMatch(/^Strong bars/)
    expect(complaints).toEqual([])
  })
})

test('each bar is of the jar that made it, blocked or not', async () => {
  await look(file('busy'), async ({ page }) => {
    await page.locator('.timeline').focus()
    const owners: string[] = []
    for (let left = busy.descriptors.length; left > 0; left--) {
      await page.keyboard.press('ArrowDown')
      owners.push(await told(page))
    }
    expect(owners.find((text) => text.startsWith('30 /data/a'))).toContain(' · pool-1.jar · ')
    await page.keyboard.press('/')
    await page.keyboard.type('pool-1.jar')
    await expect.poll(() => page.locator('.hit-title').allTextContents()).toContain('30 /data/a')
    await page.keyboard.press('Escape')
    const { frame } = busy.blockers[0]!.owner!
    const [name = ''] = /\w+\.\w+(?=\()/.exec(frame) ?? []
    const classes = await page.locator('.flame .box', { hasText: name }).first().getAttribute('class')
    expect(classes).toMatch(/owner-\d/)
  })
})

test('bind, listen, connect and accept are marks with their times', async () => {
  await look(file('listener'), async ({ page }) => {
    expect(await told(page)).toContain('a accept, b bind, l listen, c connect')
    expect(await page.locator('p.closed-again').innerText()).toContain('is not counted')
    await page.locator('.timeline').focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => told(page)).toContain('bound 433 ms, listening 433 ms')
  })
})

test('a descriptor that accepted blockers alone name is accepted in the table, too, and can be looked for', async () => {
  await look(file('accepted'), async ({ page }) => {
    const words = () => page.locator('.descriptors .verdict-word').allInnerTexts()
    // The table comes when the browser has nothing else to do.
    await page.locator('.descriptors').waitFor()
    expect((await words()).filter((word) => word === 'accepted')).toHaveLength(2)
    expect(await words()).not.toContain('blocked')
    await page
      .getByRole('group', { name: 'By verdict' })
      .getByRole('button', { name: /^accepted/ })
      .click()
    await expect.poll(words).toEqual(['accepted', 'accepted'])
  })
})

test('a trace’s flame graph is the same page, opened there, and no name in it runs', async () => {
  await look(file('flame'), async ({ page, complaints }) => {
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('flame-title')
    const boxes = await page.locator('.flame .box').allInnerTexts()
    // Without the one that was open before the app, which is nobody's doing.
    expect(boxes[0]).toBe('5 descriptors')
    expect(boxes).not.toContain(BEFORE_APP)
    expect(boxes).toContain('Pool.open:42')
    expect(complaints).toEqual([])
  })
  await look(file('hostile-flame'), async ({ page, complaints }) => {
    expect(await page.locator('img, .box *:not(.plus), [onclick]').count()).toBe(0)
    expect(await page.locator('.flame').innerText()).toContain('<script>alert(1)</script>')
    expect(complaints).toEqual([])
  })
})
