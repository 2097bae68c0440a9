/** What people see of a real check's XML in the readers that they have; `npm run test:readers` installs those. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { run } from '../../cli/command-line.js'
import { browser, look } from '../../support/browser.js'
import { capability, needing } from '../../support/capability.js'
import { jdk } from '../../support/java.js'

const installed = join(packageRoot, 'build', 'readers')
const program = (...path: string[]): string => join(installed, 'node_modules', ...path)
const readers = capability(
  'readers',
  existsSync(program('allure')) && existsSync(join(installed, 'python')),
  'no reader is installed; "npm run test:readers" installs and tests them',
)
const folder = mkdtempSync(join(tmpdir(), 'readers-'))
const results = join(folder, 'results')
const xml = join(results, 'preflight.xml')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Two blockers, and an app that never ran: failed, skipped and without a verdict. */
beforeAll(async () => {
  if (readers.refusal !== null) return
  const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
  const checks = { leaky: ['leaks.Main', 'FileInput', 'Listener'], dead: ['NoSuchClass'] }
  const files = []
  for (const [name, words] of Object.entries(checks)) {
    const json = join(folder, `${name}.json`)
    const options = ['--name', name, '--trace', 'preload', '--ready', 'log=/READY/', '--json', json]
    await run(['check', ...options, '--', jdk.java, '-cp', leaks, ...words])
    files.push(json)
  }
  mkdirSync(results)
  const { code, stderr } = await run(['merge', ...files, '--junit', join(folder, 'merged.xml')])
  expect(code, stderr).toBe(3)
  renameSync(join(folder, 'merged.xml'), xml)
}, 180_000)

const node = (...args: string[]) => execa(process.execPath, args, { cwd: folder, env: { NO_COLOR: '1' } })
const python = (...args: string[]) =>
  execa('python3', args, { cwd: folder, env: { PYTHONPATH: join(installed, 'python') } })

/** What each of them has to show of the one blocker that the tests look at, in its order. */
const blocker =
  /file \/tmp\/\S+input\.txt, owned by leaks\.FileInput\.open\(FileInput\.java:14\)[^]*at leaks\.FileInput\.open\(FileInput\.java:14\)[^]*Remedy: Close the file after use/
const source = { file: 'scenarios/leaks/src/leaks/FileInput.java', line: '14' }

needing(readers, browser)('Allure', { timeout: 180_000 }, async () => {
  const single = ['--single-file', '--output', join(folder, 'allure')]
  await node(program('allure', 'cli.js'), 'awesome', results, ...single)
  await look(join(folder, 'allure', 'index.html'), async ({ page }) => {
    await page.getByText('file:leaks.FileInput.open').first().click()
    await page.getByText('Remedy: Close the file').first().waitFor()
    const shown = await page.innerText('body')
    expect(shown).toMatch(blocker)
    await page.goBack()
    await page.getByText('Success rate').first().waitFor()
    const list = await page.innerText('body')
    expect(list).toMatch(/Total\s+4\s+Failed\s+2\s+Broken\s+1\s+Skipped\s+1/)
    for (const scenario of ['leaky', 'dead']) expect(list).toContain(`${scenario}\n`)
  })
})

needing(readers, browser)('xunit-viewer, in a terminal and as a page', { timeout: 120_000 }, async () => {
  const viewer = program('xunit-viewer', 'bin', 'xunit-viewer.js')
  const { stdout } = await node(viewer, '-r', results, '-o', join(folder, 'viewer.html'), '-c')
  expect(stdout).toMatch(/ {4}verdict=blocked\n/)
  expect(stdout).toMatch(blocker)
  expect(stdout).toMatch(/✗ file:leaks\.FileInput\.open time=/)
  await look(join(folder, 'viewer.html'), async ({ page }) => {
    await page.getByText('file:leaks.FileInput.open').first().waitFor()
    const shown = await page.innerText('body')
    expect(shown).toMatch(blocker)
    expect(shown).toMatch(new RegExp(`file\\s+${source.file}\\s+line\\s+14`))
  })
})

needing(readers, browser)('junit2html, as a page and as a table', { timeout: 120_000 }, async () => {
  await python('-m', 'junit2htmlreport', xml, join(folder, 'junit2html.html'))
  await look(join(folder, 'junit2html.html'), async ({ page }) => {
    const shown = await page.innerText('body')
    expect(shown).toContain('[F] crac-preflight.leaky : file:leaks.FileInput.open')
    expect(shown).toMatch(blocker)
  })
  const { stdout } = await python('-m', 'junit2htmlreport', '--summary-matrix', xml)
  expect(stdout).toMatch(/file:leaks\.FileInput\.open +f\s/)
})

// EnricoMi/publish-unit-test-result-action reads it with junitparser, mikepenz/action-junit-report with xml-js.
needing(readers)('what the two GitHub actions read has file and line', async () => {
  const parser = [
    'import json, sys, junitparser',
    'suites = junitparser.JUnitXml.fromfile(sys.argv[1])',
    'cases = [(case.name, case._elem.get("file"), case._elem.get("line"), [r.message for r in case.result]) for suite in suites for case in suite]',
    'print(json.dumps({"failures": suites.failures, "errors": suites.errors, "cases": cases}))',
  ]
  const { stdout } = await python('-c', parser.join('\n'), xml)
  const read = JSON.parse(stdout) as { failures: number; errors: number; cases: [string, ...unknown[]][] }
  expect(read).toMatchObject({ failures: 2, errors: 1 })
  expect(read.cases.find(([name]) => name === 'file:leaks.FileInput.open')).toEqual([
    'file:leaks.FileInput.open',
    source.file,
    source.line,
    [expect.stringContaining('owned by leaks.FileInput.open(FileInput.java:14)')],
  ])
  const script = `const xml = require(${JSON.stringify(program('xml-js'))}), fs = require('fs')
    process.stdout.write(xml.xml2json(fs.readFileSync(${JSON.stringify(xml)}, 'utf8'), { compact: true }))`
  const asObject = JSON.parse((await node('-e', script)).stdout) as {
    testsuites: { testsuite: { testcase: { _attributes: object } | { _attributes: object }[] }[] }
  }
  const cases = asObject.testsuites.testsuite.flatMap(({ testcase }) => testcase)
  expect(cases.map(({ _attributes }) => _attributes)).toContainEqual(
    expect.objectContaining({ name: 'file:leaks.FileInput.open', ...source }),
  )
})
