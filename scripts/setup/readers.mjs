/** Programs that teams read JUnit XML with, in build/readers: npm's without their install scripts, PyPI's beside them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const folder = join('build', 'readers')

// xml-js and junitparser are what the two GitHub actions that annotate from JUnit XML read it with.
const fromNpm = ['allure@3.18.0', 'xunit-viewer@10.6.1', 'xml-js@1.6.11']
const fromPypi = ['junit2html==31.1.4', 'junitparser==5.0.3']

export async function readers() {
  await makeOnce({ name: 'readers', inputs: [join('scripts', 'setup', 'readers.mjs')] }, async () => {
    say(`installing readers of JUnit XML into ${folder}: ${[...fromNpm, ...fromPypi].join(', ')}`)
    const into = join(root, folder)
    rmSync(into, { recursive: true, force: true })
    mkdirSync(into, { recursive: true })
    writeFileSync(join(into, 'package.json'), '{ "private": true }\n')
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', into, ...fromNpm])
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check']
    await run('python3', [...pip, '--target', join(into, 'python'), ...fromPypi])
    return [join(folder, 'node_modules'), join(folder, 'python')]
  })
}
