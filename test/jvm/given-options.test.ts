import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withArgumentFiles, wordsOf } from '../../harness/jvm/given-options.js'
import { jdk } from '../support/java.js'

const folder = mkdtempSync(join(tmpdir(), 'given-'))
writeFileSync(
  join(folder, 'options'),
  '# the engine\n-Da="b c"  -XX:CREngine=criu\n"-Dd=e \\\n   f" -Dw=C:\\tmp\n  # the end\n',
)

test('a file of arguments is read as the launcher reads it', async () => {
  const words = await withArgumentFiles(['-Xmx64m', '@options', '@@x', '@none'], folder)
  expect(words).toEqual(['-Xmx64m', '-Da=b c', '-XX:CREngine=criu', '-Dd=e f', '-Dw=C:\\tmp', '@@x', '@none'])
  // What the launcher makes of it, by its own word.
  const seen = spawnSync(jdk.java, ['@options', '-version'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, _JAVA_LAUNCHER_DEBUG: '1' },
  })
  for (const word of words.slice(1, 5)) expect(seen.stdout + seen.stderr).toContain(word)
})

test('after --disable-@files none is read', async () => {
  const words = ['--disable-@files', '@options']
  expect(await withArgumentFiles(words, folder)).toEqual(words)
})

test('a variable is split at white space outside of quotes', () => {
  expect(wordsOf(' -Xmx1g  -XX:CRaCEngine=warp "-Dx=a b"\t')).toEqual([
    '-Xmx1g',
    '-XX:CRaCEngine=warp',
    '-Dx=a b',
  ])
})
