/** What a restore saves and changes, in a real browser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf } from '../../../harness/model/answer.js'
import { toHtml } from '../../../reports/html/html.js'
import { springBoot } from '../../fixtures/reports/reports.js'
import { keptInContainer, restored } from '../../fixtures/reports/restored.js'
import { browser, look } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-restore-'))
const pictures = join(packageRoot, 'build', 'pictures')
const file = join(folder, 'restore.html')
const { descriptors, blockers } = springBoot

beforeAll(() => {
  writeFileSync(file, toHtml([answerOf({ ...restored, descriptors, blockers })]))
  mkdirSync(pictures, { recursive: true })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('a restore shows what it saves, its latencies, and what is different with what to do', async () => {
  await look(file, async ({ page, complaints }) => {
    const restore = page.locator('#restore')
    const widthOf = async (tone: string): Promise<number> =>
      (await restore.locator(`.start.${tone} .until-ready`).boundingBox())!.width
    expect((await widthOf('cold')) / (await widthOf('warm'))).toBeGreaterThan(25)
    const text = await restore.innerText()
    expect(text).toContain('33.4 times sooner')
    expect(text).toContain('41 MB compressed, written in 812 ms')
    expect(text).toContain('The first 50 requests, up to 580 ms')
    expect(text).toMatch(/holds DB_PASSWORD, api\.token\b/)
    for (const tone of ['cold', 'warm']) {
      const points = await restore.locator(`polyline.${tone}`).getAttribute('points')
      expect(points?.split(' ')).toHaveLength(50)
    }
    const rows = restore.locator('tbody tr')
    expect(await rows.first().innerText()).toContain('missing')
    expect(await rows.first().getByRole('link').getAttribute('href')).toMatch(/jdk\/crac\/Resource\.html$/)
    expect(await rows.last().innerText()).toContain(
      'was opened again by com.acme.orders.Web.listen(Web.java:31)',
    )
    expect(await rows.last().getByRole('link').count()).toBe(0)
    expect(complaints).toEqual([])
  })
})

test('a kept image has three lines that bring it back, and a container says what it was given', async () => {
  const kept = join(folder, 'kept.html')
  const asProcess = { ...restored.restoration!, kept: { folder: '/srv/kept', use: ['criu restore'] } }
  const answers = [keptInContainer, { ...restored, restoration: asProcess }].map(answerOf)
  writeFileSync(kept, toHtml(answers))
  await look(
    kept,
    async ({ page, complaints }) => {
      const lines = () => page.locator('#restore .code pre').innerText()
      expect(await lines()).toBe(
        [
          "cd '/srv/images/orders of today'",
          'docker build --tag restored .',
          'docker run --cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE --security-opt seccomp=unconfined restored',
        ].join('\n'),
      )
      expect(await page.locator('#restore .headline').innerText()).toContain(
        'with CHECKPOINT_RESTORE and SYS_PTRACE, and without a seccomp profile',
      )
      await page.goto(`${page.url().split('#')[0] ?? ''}#restored`)
      await expect.poll(lines).toBe('cd /srv/kept\n./restore.sh &\ntail -f output.log')
      expect(await page.locator('#restore .headline').count()).toBe(0)
      expect(complaints).toEqual([])
    },
    { hash: '#kept' },
  )
})

/** How light the text of headings, facts and cards is, by the darkest part of its colours, from 0 to 1. */
const lightest = `Math.max(...[...document.querySelectorAll('h1, dd, .card-what, .frame code')].map((element) =>
  Math.min(...getComputedStyle(element).color.match(/\\d+/g).slice(0, 3).map(Number)) / 255))`

const looks = [
  ['light', 'screen', 1280],
  ['dark', 'screen', 1280],
  ['light', 'screen', 360],
  ['dark', 'screen', 2560],
  ['dark', 'print', 794],
] as const

test('it fits a telephone, a large screen and a sheet of paper', async () => {
  await look(file, async ({ page }) => {
    for (const [colorScheme, media, width] of looks) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme, media })
      const path = join(pictures, `restore-${media}-${width}-${colorScheme}.png`)
      await page.screenshot({ path, fullPage: true })
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      // Paper is white: what is printed of a dark screen is written in black.
      if (media === 'print') expect(await page.evaluate(lightest)).toBeLessThan(0.5)
    }
  })
})
