#!/usr/bin/env node
/** `npm run pictures`: the pictures of the README, of the page that the demo has written, in a real Chromium. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { setUp } from './run-visibly.mjs'
import { findTool, root } from './setup/run.mjs'

const page = join(root, 'preflight-report', 'report.html')
const folder = join(root, 'docs', 'images')
const pictures = [
  { name: 'page-light', colorScheme: 'light' },
  { name: 'page-dark', colorScheme: 'dark' },
]

await setUp('demo', [])
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: findTool('chromium') ?? findTool('google-chrome') ?? undefined,
  args: ['--no-sandbox'],
})
try {
  for (const { name, colorScheme } of pictures) {
    const tab = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 900 } })
    await tab.goto(pathToFileURL(page).href)
    for (const card of await tab
      .locator('.card-toggle')
      .all()
      .then((all) => all.slice(1)))
      await card.click()
    await tab.locator('#timeline .pointed').waitFor()
    await tab.waitForFunction(`document.querySelector('canvas').width > 1000`)
    await tab.mouse.move(0, 0)
    await tab.evaluate('scrollTo(0, 0)')
    const { y, height } = await tab.locator('#timeline').boundingBox()
    await tab.screenshot({
      path: join(folder, `${name}.png`),
      clip: { x: 0, y: 0, width: 1200, height: Math.ceil(y + height) },
      fullPage: true,
    })
    await tab.close()
  }
} finally {
  await browser.close()
}
