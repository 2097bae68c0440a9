import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll } from 'vitest'
import { capability } from './capability.js'

export type { Page } from 'playwright-core'

/** A Chromium of this machine; undefined where there is none. */
const executablePath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path))

/** Pages can be looked at in a real browser. */
export const browser = capability(
  'browser',
  executablePath !== undefined,
  'there is no Chromium in PATH; "apt-get install chromium" gets one',
)

/** One for all tests of a file, started by the first that looks at a page. */
let running: Promise<Browser> | undefined

// The tests run as root on many machines, where Chromium's sandbox does not start.
const start = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    timeout: 60_000,
  })

afterAll(async () => {
  await (await running)?.close()
})

/** A page before a user's eyes. */
export interface Seen {
  page: Page
  /** Errors, what its security policy has refused, and every request but that for the page itself. */
  complaints: string[]
}

/** Opens a file, lets the test look at it, and closes it. */
export async function look(
  file: string,
  at: (seen: Seen) => Promise<void>,
  { hash = '', ...options }: BrowserContextOptions & { hash?: string } = {},
): Promise<void> {
  running ??= start()
  const context = await (await running).newContext({ viewport: { width: 1280, height: 800 }, ...options })
  try {
    const page = await context.newPage()
    const url = pathToFileURL(file).href
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => {
      if (request.url().split('#', 1)[0] !== url) complaints.push(`asked for ${request.url()}`)
    })
    page.on('dialog', (dialog) => complaints.push(`a dialog said ${dialog.message()}`))
    await page.goto(`${url}${hash}`)
    await at({ page, complaints })
  } finally {
    await context.close()
  }
}
