import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { flameBoxes } from '../../../reports/flame/flame-boxes.js'
import { toFlame } from '../../../reports/flame/flame.js'
import { hostileLedger, ledger, opened } from '../../fixtures/reports/ledgers.js'
import { browser, look, type Seen } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const folder = mkdtempSync(join(tmpdir(), 'flame-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function shown(entries: typeof ledger, at: (seen: Seen) => Promise<void>): Promise<void> {
  const file = join(folder, 'flame.html')
  writeFileSync(file, toFlame(entries, 'orders'))
  await look(file, at)
}

const visible = `[...document.querySelectorAll('.box')].filter((box) => !box.hidden).map((box) => box.textContent.trim())`
const focused = `document.activeElement.textContent.trim()`

test('a box is as wide as what came about below it, and lies in its caller', () => {
  const boxes = flameBoxes(ledger)
  expect(boxes[0]).toMatchObject({ name: 'all', left: 0, count: 5, depth: 0 })
  expect(boxes.find(({ name }) => name.startsWith('com.acme.Pool.open'))).toMatchObject({
    count: 2,
    depth: 2,
  })
  for (const [i, box] of boxes.entries()) {
    const caller = boxes.slice(0, i).findLast(({ depth }) => depth === box.depth - 1)
    if (caller === undefined) continue
    expect(caller.left).toBeLessThanOrEqual(box.left)
    expect(caller.left + caller.count).toBeGreaterThanOrEqual(box.left + box.count)
  }
})

test('a stack of any depth is drawn', () => {
  const deep = Array.from({ length: 20_000 }, (_, i) => `com.acme.Recursion.call:${i + 1}`)
  expect(flameBoxes([opened(4, '/x', ...deep)]).length).toBe(20_002)
})

test('the page needs nothing from elsewhere, and only its own script may run', () => {
  const page = toFlame(ledger, 'orders')
  expect(page).not.toMatch(/https?:|url\(|@import|<link|<img|<iframe/)
  const [, script = ''] = /<script>(.*?)<\/script>/s.exec(page) ?? []
  expect(page.match(/<script/g)?.length).toBe(1)
  const hash = createHash('sha256').update(script).digest('base64')
  expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`)
})

test('a hostile ledger adds no tag and no attribute', () => {
  const shapes = (page: string) =>
    new Set(
      [...page.matchAll(/<([a-z]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)/g)].map(([, tag, attributes = '']) =>
        `${tag} ${attributes.replace(/="[^"]*"/g, '')}`.replace(/\s+/g, ' '),
      ),
    )
  const page = toFlame(hostileLedger, '</title><script>alert(1)</script>')
  expect([...shapes(page)].filter((shape) => !shapes(toFlame(ledger, 'orders')).has(shape))).toEqual([])
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
})

needing(browser)(
  'in a browser it zooms, moves by the arrow keys and searches, without the mouse',
  async () => {
    await shown(ledger, async ({ page, complaints }) => {
      const all = await page.evaluate<string[]>(visible)
      expect(all[0]).toBe('all')
      await page.evaluate(`document.querySelector('.box').focus()`)
      await page.keyboard.press('ArrowDown')
      expect(await page.evaluate(focused)).toBe('com.acme.Main.main(Main.java:7)')
      await page.keyboard.press('ArrowRight')
      expect(await page.evaluate(focused)).toMatch(/^(?:com.acme.Main.main\(Main.java:8\)|\[opened)/)
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('ArrowDown')
      expect(await page.evaluate(focused)).toBe('com.acme.Pool.open(Pool.java:42)')
      expect(await page.evaluate(`document.getElementById('detail').textContent`)).toBe(
        'com.acme.Pool.open(Pool.java:42): 2 of 5 (40.0 %)',
      )
      await page.keyboard.press('Enter')
      expect((await page.evaluate<string[]>(visible)).some((name) => name.includes('Log'))).toBe(false)
      expect(await page.evaluate(`document.activeElement.style.width`)).toBe('100%')
      await page.keyboard.press('Escape')
      expect(await page.evaluate(visible)).toEqual(all)
      await page.keyboard.press('/')
      expect(await page.evaluate(`document.activeElement.id`)).toBe('search')
      for (const key of 'fileinput') await page.keyboard.press(key)
      expect(await page.evaluate(`document.getElementById('found').textContent`)).toBe('4 of 5 descriptors')
      expect(await page.evaluate(`document.querySelectorAll('.box.hit').length`)).toBe(6)
      expect(complaints).toEqual([])
    })
  },
)

needing(browser)('in a browser no name of the app becomes markup or runs', async () => {
  await shown(hostileLedger, async ({ page, complaints }) => {
    expect(await page.evaluate(`document.querySelectorAll('img, .box *, [onclick]').length`)).toBe(0)
    expect(await page.evaluate(`document.scripts.length`)).toBe(1)
    expect(
      (await page.evaluate<string[]>(visible)).some((name) => name.includes('<script>alert(1)</script>')),
    ).toBe(true)
    expect(complaints).toEqual([])
  })
})

needing(browser)('in a browser it follows the system to dark, readable in both', async () => {
  await shown(ledger, async ({ page }) => {
    const looks: string[] = []
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      looks.push(await page.evaluate(`getComputedStyle(document.body).backgroundColor`))
      for (const contrast of await page.evaluate<number[]>(contrasts)) expect(contrast).toBeGreaterThan(4.5)
    }
    expect(new Set(looks).size).toBe(2)
  })
})

/** The contrast of each box's text, as WCAG counts it. */
const contrasts = `[...document.querySelectorAll('.box')].map((box) => {
  const light = (color) => {
    const [r, g, b] = color.match(/\\d+/g).map((each) => each / 255).map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const style = getComputedStyle(box)
  const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x)
  return (a + 0.05) / (b + 0.05)
})`

needing(browser)('a graph of nothing is a page all the same', async () => {
  await shown([], async ({ page, complaints }) => {
    expect(await page.evaluate(visible)).toEqual(['all'])
    expect(complaints).toEqual([])
  })
})
