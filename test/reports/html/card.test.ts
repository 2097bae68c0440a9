/** The card of a blocker in a real browser: all that is known of it is there, and what is to be copied can be. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { toHtml } from '../../../reports/html/html.js'
import { origin } from '../../fixtures/reports/frames.js'
import { noOrigins } from '../../fixtures/reports/plain.js'
import { grizzly, springBoot } from '../../fixtures/reports/reports.js'
import { browser, look, type Page } from '../../support/browser.js'
import { needing } from '../../support/capability.js'

const test = needing(browser)
const folder = mkdtempSync(join(tmpdir(), 'page-card-'))
const pictures = join(packageRoot, 'build', 'pictures')
const [one, two, related] = ['one.html', 'two.html', 'related.html'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]

const finding = grizzly.blockers[0]!.findings[0]!
const poller = 'com.acme.Poller.<init>(Poller.java:12)'
/** A selector that watches the listener, and a connection that the listener has accepted, with somebody at its other end. */
const withOthers: Report = {
  ...grizzly,
  blockers: [
    {
      ...grizzly.blockers[0]!,
      id: 'selector:com.acme.Poller.<init>',
      kind: 'selector',
      summary: 'selector that is open',
      findings: [
        {
          ...finding,
          fd: 15,
          resource: 'selector',
          message: 'FD fd=15 type=epoll path=anon_inode:[eventpoll]',
        },
      ],
      descriptors: [15],
      owner: { frame: poller, jar: 'orders.jar', artifact: null },
    },
    {
      ...grizzly.blockers[0]!,
      id: 'socket:com.acme.Main.main',
      kind: 'socket',
      summary: 'connection 127.0.0.1:8080 to 127.0.0.1:41234',
      findings: [{ ...finding, fd: 16 }],
      descriptors: [16],
      owner: { frame: 'com.acme.Main.main(Main.java:21)', jar: null, artifact: null },
    },
  ],
  descriptors: [
    ...grizzly.descriptors,
    {
      ...noOrigins,
      fd: 15,
      kind: 'eventpoll',
      target: 'anon_inode:[eventpoll]',
      verdict: 'blocked',
      rule: 'selector',
      watches: [14],
      origin: origin('main', 500, 'epoll_create1', poller),
    },
    {
      ...noOrigins,
      fd: 16,
      kind: 'socket',
      target: 'tcp 127.0.0.1:8080 to 127.0.0.1:41234',
      verdict: 'blocked',
      rule: 'open socket',
      listener: 14,
      peerHolders: [{ pid: 812, name: 'nginx', fd: 7, own: false, end: null }],
      origin: origin('main', 600, 'accept', 'com.acme.Main.main(Main.java:21)'),
    },
  ],
}

beforeAll(() => {
  mkdirSync(pictures, { recursive: true })
  writeFileSync(one, toHtml([answerOf(grizzly)]))
  writeFileSync(two, toHtml([answerOf(springBoot)]))
  writeFileSync(related, toHtml([answerOf(withOthers)]))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const card = (page: Page, summary: string) => page.getByRole('article', { name: summary })
const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] }
const copied = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()')

test('a blocker shows owner, jar, remedy and its stacks, of which the creation is open', async () => {
  await look(one, async ({ page, complaints }) => {
    const listener = card(page, 'listening socket 0.0.0.0:8080')
    const text = await listener.innerText()
    expect(text).toContain('TCPNIOBindingHandler.bindToChannelAndAddress(TCPNIOBindingHandler.java:106)')
    expect(text).toContain('grizzly-framework-4.0.2.jar')
    expect(text).toContain('org.glassfish.grizzly:grizzly-framework:4.0.2')
    expect(text).toContain('Stop the listener in beforeCheckpoint')
    expect(text).toMatch(/created by thread "main"/)
    await listener.getByRole('button', { name: 'Bound' }).click()
    expect(await listener.innerText()).toMatch(/bound by thread "main"/)
    expect(await listener.locator('.is-owner').innerText()).toContain('bindToChannelAndAddress:106')
    expect(complaints).toEqual([])
  })
})

test('folded frames open in their place, and what is copied is in the clipboard', async () => {
  await look(
    one,
    async ({ page, complaints }) => {
      const listener = card(page, 'listening socket 0.0.0.0:8080')
      const fold = listener.getByRole('button', { name: /JDK frames/ }).first()
      expect(await listener.innerText()).not.toContain('Net.socket0')
      await fold.click()
      expect(await fold.getAttribute('aria-expanded')).toBe('true')
      expect(await listener.locator('.unfolded').first().innerText()).toBe('sun.nio.ch.Net.socket0')
      await listener.getByRole('button', { name: 'Copy the whole stack' }).click()
      await expect.poll(() => copied(page)).toMatch(/^\tat sun\.nio\.ch\.Net\.socket0\n/)
      await listener.getByRole('button', { name: 'TypeScript' }).click()
      await listener.getByRole('button', { name: 'Copy what accepts it' }).click()
      await expect.poll(() => copied(page)).toContain(`blockedBy: ['${grizzly.blockers[0]!.id}']`)
      expect(complaints).toEqual([])
    },
    clipboard,
  )
})

test('who bound and listened is told with thread and time, by a stack of its own where it is other code', async () => {
  await look(one, async ({ page }) => {
    const listener = card(page, 'listening socket 0.0.0.0:8080')
    const told: Record<string, string> = {}
    for (const name of ['Created', 'Bound']) {
      await listener.getByRole('button', { name, exact: true }).click()
      told[name] = await listener.locator('.action').innerText()
    }
    expect(told).toEqual({
      Created: 'created by thread "main", 432 ms after the start, in socket',
      Bound: 'bound by thread "main", 433 ms after the start, in bind; set to listen by the same code',
    })
  })
})

test('what a selector watches, where a connection was accepted and who is at its other end are there', async () => {
  await look(related, async ({ page, complaints }) => {
    const selector = await card(page, 'selector that is open').innerText()
    expect(selector).toContain(
      'Watches descriptor 14 tcp 0.0.0.0:8080 listening, created at org.glassfish.grizzly',
    )
    const connection = card(page, 'connection 127.0.0.1:8080 to 127.0.0.1:41234')
    expect(await connection.innerText()).toContain('Accepted from descriptor 14 tcp 0.0.0.0:8080 listening')
    const held = connection.getByRole('link', { name: /held by nginx \(pid 812\)/ })
    await page.screenshot({ path: join(pictures, 'card-related.png'), fullPage: true })
    await held.click()
    await page.locator('tr.meant').waitFor()
    expect(page.url()).toMatch(/#grizzly-felix\/fd:16$/)
    expect(complaints).toEqual([])
  })
})

test('the finding is there in the JDK’s words, with who decided, by whose rules, and how sure that is', async () => {
  await look(one, async ({ page }) => {
    const listener = await card(page, 'listening socket 0.0.0.0:8080').innerText()
    expect(listener).toContain(
      'CheckpointOpenSocketException: sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:8080]',
    )
    expect(listener).toContain('rehearsal by the rules of CRaC 25 on JDK 17.0.15 (Debian), 210 ms')
    const native = card(page, 'unix socket made by native code')
    const text = await native.innerText()
    expect(text).toContain(
      'CheckpointOpenSocketException: FD fd=4 type=socket path=socket:[81233],port=29295',
    )
    expect(text).toContain('not certain: unknowable on a stock JDK (rehearsal by the rules of CRaC 25')
    expect(text).toContain('nscd')
    expect(text).toContain('__nscd_get_mapping+0xb1 (libc.so.6)')
  })
})

test('the policy, and what accepts a blocker in each place, are copied as they are', async () => {
  await look(
    two,
    async ({ page }) => {
      const [, logback] = springBoot.blockers
      const log = card(page, logback!.summary)
      await log.getByRole('button', { name: 'Copy the policy' }).click()
      await expect.poll(() => copied(page)).toBe(logback!.remedy.policy)
      const { id } = logback!
      const forms = {
        id,
        'crac-preflight.yaml': `apps:\n  spring-boot-web:\n    accept:\n      - ${id}`,
        baseline: `spring-boot-web:\n  - ${id}`,
        TypeScript: `expect: {\n  blockedBy: ['${id}'],\n}`,
        '--accept': `--accept '${id}'`,
      }
      for (const [name, text] of Object.entries(forms)) {
        await log.getByRole('button', { name, exact: true }).click()
        await log.getByRole('button', { name: 'Copy what accepts it' }).click()
        await expect.poll(() => copied(page)).toBe(text)
      }
      await page.screenshot({ path: join(pictures, 'card-unfolded.png'), fullPage: true })
    },
    clipboard,
  )
})
