#!/usr/bin/env node
/**
 * `npm run demo`: checks a real Spring Boot app and shows which Java lines keep it from a checkpoint. With `-- --restore` it
 * takes the profile that nothing speaks against, restores the app, and shows the numbers.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.mjs'
import { runVisibly, setUp } from './run-visibly.mjs'
import { criu, withCriu } from './setup/criu.mjs'
import { root } from './setup/run.mjs'

const app = join(root, 'scenarios', 'spring-boot-web')
const reports = 'preflight-report'
const page = join(reports, 'report.html')

function readJson(...path) {
  return JSON.parse(readFileSync(join(...path), 'utf8'))
}

// Null when the report shows that the app came back.
function complaintOfRestore({ restoration }) {
  return restoration?.verdict === 'restored'
    ? null
    : `the restore is "${restoration?.verdict}": ${restoration?.reason}`
}

// Null when the report shows what the app is known to do wrong.
function complaint(report) {
  if (report.verdict !== 'blocked') return `the verdict is "${report.verdict}", expected "blocked"`
  const missing = readJson(app, 'expected.json').default.blockers.filter(
    ({ owner }) => !report.blockers.some((blocker) => blocker.owner?.frame.startsWith(`${owner}(`)),
  )
  return missing.length === 0 ? null : `no blocker names ${missing.map(({ owner }) => owner).join(', ')}`
}

const args = process.argv.slice(2)
const restores = args.includes('--restore')

const checkOptions = (port) => [
  ...['--name', 'spring-boot-web', '--ready', 'log=/Started .* in/'],
  ...['--warm-up', `GET http://127.0.0.1:${port}/orders${restores ? ' *50' : ''}`],
  ...(restores ? ['--restore'] : []),
  ...[
    '--json',
    join(reports, 'report.json'),
    '--junit',
    join(reports, 'junit.xml'),
    '--html',
    page,
    '--report-folder',
    reports,
  ],
]

await setUp('demo', args)
if (restores) await criu()

rmSync(join(root, reports), { recursive: true, force: true })
const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-demo-'))
try {
  const port = await freePort()
  const java = [
    'java',
    '-jar',
    join(app, 'target', 'orders.jar'),
    `--server.port=${port}`,
    `--orders.folder=${folder}`,
    ...(restores ? ['--spring.profiles.active=clean'] : []),
  ]
  const cli = join('dist', 'harness', 'cli', 'main.js')
  const words = [cli, 'check', ...checkOptions(port), '--', ...java]
  const status = await runVisibly(process.execPath, words, restores ? withCriu() : {})
  // 1 is the exit code of a blocked app, which is what the demo is there to show.
  const [expected, complaintOf] = restores ? [0, complaintOfRestore] : [1, complaint]
  const reason =
    status === expected
      ? complaintOf(readJson(root, reports, 'report.json'))
      : `check ended with exit code ${status}`
  console.log(
    reason === null
      ? `\nThe demo app is ${restores ? 'back from its image' : 'blocked'}, as it should be. Look at ${page} in a browser; the other reports are beside it.`
      : `\nThe demo did not show what it should: ${reason}. Reports, if any: ${reports}/`,
  )
  process.exitCode = reason === null ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
