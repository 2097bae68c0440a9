#!/usr/bin/env node
/** `node bench/page.mjs`: how long a page of 40 services, 200 blockers and 5,000 descriptors takes to open and to scroll. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { toHtml } from '../dist/reports/html/html.js'
import { findTool } from '../scripts/setup/run.mjs'

const [SERVICES, BLOCKERS, DESCRIPTORS, RUNS] = [40, 200, 5000, 5]

const frame = (name, line) => ({ class: `com.acme.${name}`, method: 'open', file: `${name}.java`, line })
const stackOf = (i) =>
  Array.from({ length: 40 }, (_, depth) => frame(`Layer${depth}`, depth < 8 ? i + 1 : depth + 1))

function descriptor(i) {
  const origin = {
    atMs: i * 7,
    thread: `worker-${i % 16}`,
    tid: i,
    syscall: 'openat',
    java: stackOf(i),
    native: [],
  }
  const others = {
    peer: null,
    peerHolders: [],
    listener: null,
    watches: [],
    bound: null,
    listened: null,
    connected: null,
  }
  return {
    fd: i,
    kind: 'file',
    target: `/srv/data/${i}.db`,
    origin,
    ...others,
    missing: null,
    verdict: 'blocked',
    rule: 'open file',
  }
}

/** Of the descriptor of its service that has this number. */
function blocker(i) {
  const owner = {
    frame: `com.acme.Layer0.open(Layer0.java:${i + 1})`,
    artifact: null,
    jar: `lib-${i % 9}.jar`,
  }
  const remedy = { text: 'Close it in beforeCheckpoint.', policy: null }
  return {
    id: `file:com.acme.Layer0.open#${i}`,
    kind: 'file',
    summary: `file /srv/data/${i}.db`,
    findings: [],
    descriptors: [i],
    owner,
    remedy,
  }
}

const answers = Array.from({ length: SERVICES }, (_, i) => ({
  command: 'check',
  libraries: [],
  closed: null,
  name: `service-${i}`,
  verdict: 'blocked',
  headline: '5 blockers',
  ...{ assumed: null, note: null, known: null, groups: [], evidence: null, run: null },
  blockers: Array.from({ length: BLOCKERS / SERVICES }, (_, j) => blocker(i * 125 + j)),
  descriptors: Array.from({ length: DESCRIPTORS / SERVICES }, (_, j) => descriptor(i * 125 + j)),
}))

/** The times between frames while the page is scrolled to its end. */
const scroll = `new Promise((resolve) => {
  const times = []
  let last = performance.now()
  const step = (now) => {
    times.push(now - last)
    last = now
    scrollBy(0, 40)
    if (times.length < 120) requestAnimationFrame(step)
    else resolve(times.slice(1).sort((a, b) => a - b))
  }
  requestAnimationFrame(step)
})`

const spread = (times) =>
  `${times[Math.floor(times.length / 2)].toFixed(0)} ms (${times[0].toFixed(0)}–${times.at(-1).toFixed(0)})`

const folder = mkdtempSync(join(tmpdir(), 'page-bench-'))
const browser = await chromium.launch({
  executablePath: findTool('chromium') ?? undefined,
  args: ['--no-sandbox'],
})
try {
  const file = join(folder, 'page.html')
  writeFileSync(file, toHtml(answers))
  console.log(
    `${SERVICES} services, ${BLOCKERS} blockers, ${DESCRIPTORS} descriptors: ${(statSync(file).size / 1e6).toFixed(1)} MB`,
  )
  for (const [what, hash, ready, whole] of [
    ['overview', '', '.services tbody tr', '.services'],
    ['a service', '#service-7', '.card-body', '.descriptors'],
    ['a descriptor', '#service-7/fd:999', 'tr.meant', '.descriptors'],
  ]) {
    const times = []
    const wholes = []
    let frames = []
    for (let run = 0; run < RUNS; run += 1) {
      const page = await browser.newPage()
      const begin = performance.now()
      await page.goto(`${pathToFileURL(file).href}${hash}`)
      await page.locator(ready).first().waitFor()
      times.push(performance.now() - begin)
      await page.locator(whole).waitFor()
      wholes.push(performance.now() - begin)
      frames = await page.evaluate(scroll)
      await page.close()
    }
    for (const each of [times, wholes]) each.sort((a, b) => a - b)
    const [median, p95, most] = [0.5, 0.95, 1].map((part) =>
      frames[Math.floor((frames.length - 1) * part)].toFixed(1),
    )
    console.log(
      `${what}: open in ${spread(times)}, whole in ${spread(wholes)}; frames ${median} ms median, ${p95} ms p95, ${most} ms at most`,
    )
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
