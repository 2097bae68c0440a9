/** Every view of the page, as light and dark, narrow and wide screens have it: it fits, and is accessible. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf, type Answer } from '../../../harness/model/answer.js'
import { toHtml } from '../../../reports/html/html.js'
import { fleet } from '../../fixtures/reports/fleet.js'
import { ledger } from '../../fixtures/reports/ledgers.js'
import { all, grizzly, springBoot } from '../../fixtures/reports/reports.js'
import { keptInContainer } from '../../fixtures/reports/restored.js'
import { browser, look, type Page } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-views-'))
const pictures = join(packageRoot, 'build', 'pictures')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const { descriptors, blockers } = springBoot
const traced: Answer = {
  ...answerOf(springBoot),
  ...{ command: 'trace', name: 'traced', verdict: null, run: null, blockers: [], descriptors: ledger },
}
const runs = [
  ...fleet.slice(0, 6),
  ...fleet.slice(2, 9).map((each) => ({ ...each, ...{ blockers: grizzly.blockers } })),
]
const pages = {
  all: toHtml(all.map(answerOf)),
  fleet: toHtml(fleet.map(answerOf)),
  restore: toHtml([answerOf({ ...keptInContainer, descriptors, blockers })]),
  trace: toHtml([traced]),
  runs: toHtml(runs.map(answerOf), { compare: { before: 6 } }),
}
const fileOf = (page: keyof typeof pages) => join(folder, `${page}.html`)

beforeAll(() => {
  for (const page of Object.keys(pages) as (keyof typeof pages)[]) writeFileSync(fileOf(page), pages[page])
  mkdirSync(pictures, { recursive: true })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What is shown, by which link of which page, when this is there. */
const views = [
  ['overview', 'all', '', '.services'],
  ['fleet', 'fleet', '', '.services'],
  ['service', 'all', '#spring-boot-web', '#run'],
  ['descriptor', 'all', '#grizzly-felix/fd:14', 'tr.meant'],
  ['failed', 'all', '#orders~2', '.failure'],
  ['compare', 'all', '#~compare/1:2', '.sign'],
  ['runs', 'runs', '', '.runs'],
  ['restored', 'restore', '', '#run'],
  ['trace', 'trace', '', '#run'],
] as const

/** `axe` is asked once for each scheme and each layout. */
const looks = [
  ['light', 1280, true],
  ['dark', 1280, true],
  ['light', 360, true],
  ['dark', 360, false],
  ['light', 3840, false],
] as const

test.for(looks)(
  'in %s at %d px each view fits, and has no violation of accessibility',
  { timeout: 240_000 },
  async ([colorScheme, width, isChecked]) => {
    await look(
      fileOf('all'),
      async ({ page }) => {
        for (const [name, file, hash, shows] of views) {
          // A page of its own: a view must not lean on the one before it.
          await page.goto('about:blank')
          await page.goto(`${pathToFileURL(fileOf(file)).href}${hash}`)
          await page.locator(shows).first().waitFor()
          await page.evaluate('scrollTo(0, 0)')
          const path = join(pictures, `${name}-${width}-${colorScheme}.png`)
          await page.screenshot({ path, fullPage: true })
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
          expect(overflow, name).toBeLessThanOrEqual(0)
          if (isChecked) expect(await violations(page), name).toEqual([])
        }
      },
      // What checks is not of the page, and the page's policy is right to refuse it.
      { colorScheme, viewport: { width, height: width > 3000 ? 2160 : 800 }, bypassCSP: true },
    )
  },
)

async function violations(page: Page): Promise<unknown[]> {
  await page.evaluate(axe)
  return await page.evaluate(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
    ({ id, nodes: nodes.slice(0, 3).map(({ html, any }) => [html.slice(0, 200), any[0]?.message]) })))`)
}
