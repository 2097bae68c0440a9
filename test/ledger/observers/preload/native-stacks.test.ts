import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileJava, fixture, jdks } from '../../../support/java.js'
import { observe } from '../../observed.js'

const classes = compileJava('through-helper', [fixture('java/17/ThroughHelper.java')], 17)

test.for(jdks)(
  'two files that one native method opens through one helper have native frames of their own on JDK $feature',
  async ({ home, java }) => {
    const folder = mkdtempSync(join(tmpdir(), 'through-helper-'))
    const include = join(home, 'include')
    const headers = [`-I${include}`, `-I${join(include, 'linux')}`]
    const library = join(folder, 'libhelper.so')
    execFileSync('cc', ['-O1', '-shared', '-fPIC', ...headers, '-o', library, fixture('through-helper.c')])
    const { entries } = await observe('preload', folder, (options) => [
      ...[java, ...options, '-cp', classes, 'ThroughHelper', folder],
    ])
    const functions = (name: string) =>
      entries
        .find(({ target }) => target.endsWith(`/${name}.txt`))
        ?.origin?.native.flatMap(
          (frame) => /(open_a_file|open_log|open_journal|openBoth)/.exec(frame)?.[0] ?? [],
        )
    expect(functions('log')).toEqual(['open_a_file', 'open_log', 'openBoth'])
    expect(functions('journal')).toEqual(['open_a_file', 'open_journal', 'openBoth'])
  },
)
