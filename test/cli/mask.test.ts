import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileJava, fixture, jdk } from '../support/java.js'
import { run } from './command-line.js'

const classes = compileJava('secrets', [fixture('java/17/Secrets.java')], 17)
const folder = mkdtempSync(join(tmpdir(), 'mask-'))

const secrets = ['hunter2', 'Tok3n-of-the-app', 'L1cense-of-acme', 'argument-secret']
const java = (...args: string[]) => [
  ...['--env', 'SESSION_KEY=only-in-the-environment', '--mask', 'acme.lic*', '--', jdk.java],
  ...['-Ddb.password=hunter2', '-DapiToken=Tok3n-of-the-app', '-Dacme.license=L1cense-of-acme'],
  ...['-cp', classes, 'Secrets', ...args],
]

/** Everything that was written, with the name of what wrote it. */
const written = (...paths: string[]): [string, string][] =>
  paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')])

function expectNone(texts: [string, string][]): void {
  const shown = texts.flatMap(([name, text]) =>
    [...secrets, 'only-in-the-environment']
      .filter((secret) => text.includes(secret))
      .map((secret) => `${name}: ${secret}`),
  )
  expect(shown).toEqual([])
}

test('no output of a check shows a secret of the command line, the properties, the log or a path', async () => {
  const [json, junit, html, reports] = ['r.json', 'r.xml', 'r.html', 'reports'].map((name) =>
    join(folder, name),
  )
  const { code, stdout, stderr } = await run([
    ...['check', '--ready', 'log=/READY/', '--annotations', 'github', '--json', json!, '--junit', junit!],
    ...['--html', html!, '--report-folder', reports!],
    ...java('--password', 'argument-secret'),
  ])
  expect(code, stderr).toBe(1)
  const files = readdirSync(reports!).map((name) => join(reports!, name))
  const texts = [
    ...written(json!, junit!, html!, ...files),
    ['terminal', stdout + stderr] as [string, string],
  ]
  expectNone(texts)
  const all = Object.fromEntries(texts)
  expect(all['reports/app.log']).toContain('jdbc:postgresql://app:****@db/orders\n> Authorization: ****\n')
  expect(all['reports/app.log']).toContain('{"client_secret": "****", "user": "anna"}\nacme.license=****\n')
  const { app } = JSON.parse(all['r.json']!)
  expect(app.command.slice(1)).toEqual([
    ...['-Ddb.password=****', '-DapiToken=****', '-Dacme.license=****'],
    ...['-cp', classes, 'Secrets', '--password', '****'],
  ])
})

test('neither does what an app died of, nor a trace', async () => {
  const died = await run(['check', '--ready', 'log=/NEVER/', ...java()])
  expect(died.code).toBe(3)
  expect(died.stdout).toContain('no login with password=****')
  const traced = await run(['trace', '--ready', 'log=/READY/', '--json', '-', ...java('stay')])
  expect(traced.code, traced.stderr).toBe(0)
  expect(traced.stdout).toMatch(/token=\*\*\*\*/)
  expectNone([
    ['death', died.stdout + died.stderr],
    ['trace', traced.stdout + traced.stderr],
  ])
})
