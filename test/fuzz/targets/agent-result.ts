import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAnswer } from '../../../harness/checkpoint/rehearsal/answer-file.js'
import {
  afterRestoreOf,
  findingsOf,
  noteOf,
  restoreOf,
} from '../../../harness/checkpoint/rehearsal/result.js'
import { localHost } from '../../../harness/host/local-host.js'
import { EngineError } from '../../../harness/model/errors.js'
import { toReported } from '../../../harness/model/finding.js'
import { findingSchema } from '../../../harness/model/report.js'
import type { Target } from '../target.js'

const frame = { class: 'a.B', method: 'c', file: 'B.java', line: 7 }
const finding = {
  type: 'jdk.crac.impl.CheckpointOpenFileException',
  message: '/srv/data.txt',
  fd: 5,
  subject: { is: 'file', path: '/srv/data.txt' },
  unknowable: false,
  why: null,
  thrownAt: [frame],
}
const result = {
  outcome: 'refused',
  output: '1:\njdk.crac.CheckpointException\n',
  timedOut: false,
  findings: [finding, { ...finding, fd: null, subject: null, why: 'x', unknowable: true }],
  descriptors: [{ fd: 5, verdict: 'blocked', rule: 'x' }],
  restore: null,
  jdk: { feature: 17 },
  notes: [],
}
const file = join(mkdtempSync(join(tmpdir(), 'fuzz-')), 'result.json')

export const agentResult: Target = {
  name: 'agent-result',
  seeds: [Buffer.from(JSON.stringify(result))],
  run: async (input) => {
    writeFileSync(file, input)
    const answer = await readAnswer(file, localHost).catch((error: unknown) => error)
    if (answer instanceof EngineError) return
    if (answer instanceof Error) throw answer
    const read = answer as Awaited<ReturnType<typeof readAnswer>>
    for (const each of findingsOf(read)) findingSchema.parse(toReported(each))
    noteOf(read, { cracVersion: '25', jdkFeature: null })
    restoreOf(read)
    afterRestoreOf(read)
  },
}
