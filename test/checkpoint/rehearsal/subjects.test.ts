import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CracVersion, cracVersions } from '../../../harness/checkpoint/engine.js'
import { toFinding } from '../../../harness/checkpoint/output/exceptions/messages.js'
import type { Finding } from '../../../harness/model/finding.js'
import { AllKinds } from './programs/subject-programs.js'
import { cases, running, workshopFor } from './programs/rehearsed-app.js'

const workshop = workshopFor({ AllKinds })

/** The agent says each thing once, so it has no need to say what a repetition would mean. */
const withoutOnce = ({ subject: { once: _once, ...subject }, ...finding }: Finding) => ({
  ...finding,
  subject,
})

/** What a reader of the agent's text alone would find. */
const asRead = ({ type, message, fd, unknowable, thrownAt }: Finding): Finding => ({
  ...toFinding(type, message),
  fd,
  unknowable,
  thrownAt,
})

const kindsOf = (findings: Finding[]): string[] =>
  [...new Set(findings.map(({ subject }) => subject.is))].sort()

async function asked(options: string, versions: readonly CracVersion[]): Promise<Finding[]> {
  return await running(workshop, `${options} ${cases} AllKinds`.trim(), async (app) => {
    const all: Finding[] = []
    for (const version of versions) all.push(...(await app.ask(version)).findings)
    return all
  })
}

test('the agent sends the values that its text means, of every kind and in every generation', async () => {
  const findings = await asked('', cracVersions)
  expect(findings.map(withoutOnce)).toEqual(findings.map(asRead).map(withoutOnce))
  expect(kindsOf(findings)).toEqual([
    ...['bare', 'busy-selector', 'descriptor', 'file', 'pipe', 'process-pipe', 'selector-part', 'socket'],
    'unnamed',
  ])
})

test('so it does of policies that fail, and of a policies file that can not be used', async () => {
  const file = join(workshop.folder, 'failing-policies.yaml')
  const policies = ['pipe', 'file', 'socket'].map((type) => `type: ${type}\naction: sing\n`)
  writeFileSync(file, policies.join('---\n'))
  const failing = await asked(`-Djdk.crac.resource-policies=${file}`, ['25'])
  expect(failing.map(withoutOnce)).toEqual(failing.map(asRead).map(withoutOnce))
  expect(failing.map(({ subject }) => subject)).toContainEqual(
    expect.objectContaining({ is: 'pipe', failed: true }),
  )
  const missing = await asked(`-Djdk.crac.resource-policies=${file}.not`, ['25'])
  expect(missing.map(({ subject }) => subject)).toContainEqual(
    expect.objectContaining({ is: 'not-a-descriptor', trouble: 'policy-file' }),
  )
})

test('a file is a file, whatever its name would be read as', async () => {
  const names = ['Pipe 3 -> 4', 'socket:[12]', 'Selector s has registered keys', 'sun.nio.ch.PipeImpl$1@12']
  const findings = await running(
    workshop,
    `${cases} AllKinds ${names.map((name) => name.replaceAll(' ', '_')).join(' ')}`,
    async (app) => (await app.ask()).findings,
  )
  expect(findings.map(({ subject }) => subject)).toEqual(
    names.map((path) => expect.objectContaining({ is: 'file', path }) as unknown),
  )
})
