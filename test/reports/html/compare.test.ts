/** Two runs on one page, in a real browser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { toHtml } from '../../../reports/html/html.js'
import { checkpointable, grizzly, springBoot } from '../../fixtures/reports/reports.js'
import { browser, look } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-compare-'))
const pictures = join(packageRoot, 'build', 'pictures')

beforeAll(() => {
  mkdirSync(pictures, { recursive: true })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
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

test('a blocker that another line holds has moved, and says where it was', async () => {
  const file = join(folder, 'moved.html')
  const [h2, logback] = springBoot.blockers
  const moved: Report = {
    ...springBoot,
    blockers: [
      // The same id on another line, and the same file by another owner.
      {
        ...h2!,
        owner: { ...h2!.owner!, frame: 'org.h2.store.fs.disk.FilePathDisk.open(FilePathDisk.java:350)' },
      },
      {
        ...logback!,
        id: 'file:com.acme.Log.start',
        owner: { frame: 'com.acme.Log.start(Log.java:9)', jar: 'orders.jar', artifact: null },
      },
    ],
  }
  writeFileSync(file, toHtml([springBoot, moved].map(answerOf), { compare: { before: 1 } }))
  await look(file, async ({ page, complaints }) => {
    await page.locator('.sign').first().waitFor()
    await page.screenshot({ path: join(pictures, 'moved-1280-light.png') })
    const changes = page.locator('#compared-blockers li')
    expect(await changes.locator('.sign').allInnerTexts()).toEqual(['moved', 'moved'])
    const owners = (at: number) => changes.nth(at).locator('.change-owner').allInnerTexts()
    expect(await owners(0)).toEqual([
      expect.stringContaining('FilePathDisk.java:350'),
      expect.stringMatching(/^was .*FilePathDisk.java:342/),
    ])
    expect(await owners(1)).toEqual([
      'com.acme.Log.start(Log.java:9) in orders.jar',
      expect.stringMatching(/^was ch\.qos\.logback\..*ResilientFileOutputStream\.java:28\) in logback-core/),
    ])
    expect(await page.locator('#compared-blockers > p').innerText()).toBe('')
    expect(await page.locator('#compared-descriptors > p').innerText()).toBe('3 as before')
    await changes.nth(1).getByRole('link').click()
    expect(await page.locator('.card.meant').innerText()).toContain('com.acme.Log.start(Log.java:9)')
    expect(complaints).toEqual([])
  })
})
