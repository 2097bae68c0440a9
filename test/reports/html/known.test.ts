/** What a team knows of its blockers beforehand, in a real browser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { parse } from 'yaml'
import { judged } from '../../../harness/baseline/judge.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf } from '../../../harness/model/answer.js'
import { toHtml } from '../../../reports/html/html.js'
import { grizzly, springBoot } from '../../fixtures/reports/reports.js'
import { browser, look } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-known-'))
const file = join(folder, 'known.html')
const pictures = join(packageRoot, 'build', 'pictures')

const odd = `${grizzly.blockers[0]!.id}:it's "odd" \${HOME}: x`
const [listener, ...others] = grizzly.blockers
const accepting = (accept: string[]) => ({
  expect: 'checkpointable' as const,
  accept,
  tolerate: [],
  strict: false,
})
const accepted = judged(
  springBoot,
  accepting([...springBoot.blockers.map(({ id }) => id), 'file:com.acme.Gone']),
)
const mixed = judged(
  { ...grizzly, blockers: [...others, { ...listener!, id: odd }] },
  accepting(others.map(({ id }) => id)),
)

beforeAll(() => {
  mkdirSync(pictures, { recursive: true })
  writeFileSync(file, toHtml([mixed, accepted].map(answerOf)))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('a service whose blockers are all accepted is not red, and blockers are counted by what is known', async () => {
  await look(file, async ({ page, complaints }) => {
    const badge = page.locator('tr', { hasText: springBoot.scenario }).locator('.badge')
    expect(await badge.getAttribute('class')).toBe('badge accepted')
    expect(await badge.textContent()).toBe('Accepted')
    expect(await page.locator('.headline').textContent()).toBe('1 blocked, 1 accepted')
    const known = page.getByRole('region', { name: 'Blockers by what is known' })
    const rows = () => page.locator('.services tbody th').allTextContents()
    await known.getByRole('button', { name: /^accepted/ }).click()
    expect(await rows()).toEqual(
      others.length > 0 ? [grizzly.scenario, springBoot.scenario] : [springBoot.scenario],
    )
    await known.getByRole('button', { name: /^new/ }).click()
    expect(await rows()).toEqual([grizzly.scenario])
    await page.screenshot({ path: join(pictures, 'known-overview.png'), fullPage: true })
    expect(complaints).toEqual([])
  })
})

test('accepted blockers are marked and come last, and what is gone is told', async () => {
  await look(
    file,
    async ({ page, complaints }) => {
      expect(await page.locator('.tag.accepted').count()).toBe(others.length)
      expect(await page.locator('.card').last().locator('.tag.accepted').count()).toBe(1)
      expect(await page.locator('.card').first().locator('.tag.accepted').count()).toBe(0)
      await page.goto(`${page.url().split('#')[0] ?? ''}#${springBoot.scenario}`)
      await page.locator('#gone').waitFor()
      await page.screenshot({ path: join(pictures, 'known-service.png'), fullPage: true })
      expect(await page.locator('#gone li').innerText()).toContain('file:com.acme.Gone')
      expect(await page.locator('.card').first().innerText()).toContain('Accepted: it fails no check')
      expect(await page.locator('.card.is-accepted').count()).toBe(springBoot.blockers.length)
      expect(complaints).toEqual([])
    },
    { hash: `#${grizzly.scenario}` },
  )
})

test('each form that accepts a blocker means its very id', async () => {
  await look(
    file,
    async ({ page }) => {
      const card = page.locator('.card').first()
      const chosen = async (name: string): Promise<string> => {
        await card.getByRole('button', { name, exact: true }).click()
        return (await card.locator('.code pre').last().textContent()) ?? ''
      }
      const services = parse(await chosen('crac-preflight.yaml'))
      expect(services.apps[grizzly.scenario].accept).toEqual([odd.replace('${', '$${')])
      expect(parse(await chosen('baseline'))).toEqual({ [grizzly.scenario]: [odd] })
      expect(await chosen('TypeScript')).toBe(`expect: {\n  blockedBy: [${JSON.stringify(odd)}],\n}`)
      expect(await chosen('--accept')).toBe(`--accept '${odd.replaceAll("'", `'\\''`)}'`)
    },
    { hash: `#${grizzly.scenario}` },
  )
})
