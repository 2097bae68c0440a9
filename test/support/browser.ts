import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { capability } from './capability.js'

/** A Chromium of this machine; null where there is none. */
const chromium = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path))

/** Pages can be looked at in a real browser. */
export const browser = capability(
  'browser',
  chromium !== undefined,
  'there is no Chromium in PATH; "apt-get install chromium" gets one',
)

/** A page in a browser, as a user has it before the eyes. */
export interface Page {
  /** Runs an expression in the page and returns its value. */
  evaluate<T>(expression: string): Promise<T>
  press(key: string, text?: string): Promise<void>
  /** `light` or `dark`, as the user's system says. */
  prefer(scheme: 'light' | 'dark'): Promise<void>
  /** What the page has complained about: errors, and what its security policy has refused. */
  readonly complaints: string[]
  close(): Promise<void>
}

interface Message {
  id?: number
  method?: string
  result?: unknown
  error?: { message: string }
  params?: unknown
}

/** Opens a file in a headless browser, over the DevTools protocol on a pipe: nothing listens on a port. */
export async function openPage(file: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'browser-'))
  const child = spawn(
    chromium ?? '',
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const [toBrowser, fromBrowser] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  const waiting = new Map<number, (message: Message) => void>()
  const complaints: string[] = []
  let onLoad: () => void = () => undefined
  const loaded = new Promise<void>((resolve) => (onLoad = resolve))
  let rest = ''
  fromBrowser.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop() ?? ''
    for (const each of messages) {
      const message = JSON.parse(each) as Message
      if (message.id !== undefined) waiting.get(message.id)?.(message)
      if (message.method === 'Page.loadEventFired') onLoad()
      if (message.method === 'Log.entryAdded' || message.method === 'Runtime.exceptionThrown')
        complaints.push(JSON.stringify(message.params))
    }
  })
  let last = 0
  const send = <T>(method: string, params: object = {}, sessionId?: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`))
        else resolve(result as T)
      })
      toBrowser.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
    })
  const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  })
  const inPage = <T>(method: string, params?: object) => send<T>(method, params, sessionId)
  for (const domain of ['Page', 'Log', 'Runtime']) await inPage(`${domain}.enable`)
  await inPage('Page.navigate', { url: pathToFileURL(file).href })
  await loaded
  return {
    complaints,
    async evaluate<T>(expression: string) {
      const { result, exceptionDetails } = await inPage<{ result: { value: T }; exceptionDetails?: object }>(
        'Runtime.evaluate',
        { expression, returnByValue: true },
      )
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
      return result.value
    },
    async press(key, text) {
      await inPage('Input.dispatchKeyEvent', { type: 'keyDown', key, ...(text && { text }) })
      await inPage('Input.dispatchKeyEvent', { type: 'keyUp', key })
    },
    async prefer(scheme) {
      const features = [{ name: 'prefers-color-scheme', value: scheme }]
      await inPage('Emulation.setEmulatedMedia', { features })
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await send('Browser.close').catch(() => undefined)
      const late = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(late)
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
