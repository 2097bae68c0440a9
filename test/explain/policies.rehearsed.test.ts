import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'
import { policyFile } from '../../reports/explain/policy-file.js'
import { preflight } from '../../harness/preflight.js'
import { compileJava, fixture, jdks } from '../support/java.js'

const programs = ['FisRel', 'Ssc', 'Proc', 'Dgram']
const classes = compileJava(
  'policies',
  [...programs, 'Hold'].map((name) => fixture('transcripts', 'cases', `${name}.java`)),
  17,
)
const folder = mkdtempSync(join(tmpdir(), 'policies-'))
writeFileSync(join(folder, 'data.txt'), 'data')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const newest = jdks.at(-1)

function check(program: string, jdkOptions: string[]) {
  return preflight(
    {
      command: [newest?.java ?? 'java', '-cp', classes, program],
      cwd: folder,
      ready: { log: /READY/ },
      jdkOptions,
    },
    { engine: 'rehearsal', cracVersion: '25', trace: 'none' },
  )
}

test.each(programs)(
  'the rules written for what stops %s let it be checkpointed',
  { timeout: 120_000 },
  async (program) => {
    const refused = await check(program, [])
    expect(refused.verdict).toBe('blocked')
    const [explained] = await explainTexts([{ name: program, text: refused.engine.output }], '25')
    if (explained === undefined) throw new Error('nothing explained')
    const { text } = policyFile(explained.blockers, program)
    const file = join(folder, `${program}.policies`)
    writeFileSync(file, text ?? '')
    const passed = await check(program, [`-Djdk.crac.resource-policies=${file}`])
    expect(passed.engine.output).not.toContain('Suppressed: ')
    expect(passed.verdict).toBe('checkpointable')
  },
)
