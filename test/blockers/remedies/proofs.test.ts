import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { remedyRules } from '../../../harness/blockers/remedies/rules.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { fixture } from '../../support/java.js'
import { idOf, type Program } from './programs/program.js'
import { programs } from './programs/programs.js'

const source = ({ at, name }: Program): string => {
  const [module = '', pack = ''] = at.split('/')
  return fixture('remedies', module, 'src', 'main', 'java', 'com', 'example', pack, `${name}.java`)
}

test('every run is of a program that there is, and has a name of its own', () => {
  expect(programs.map(source).filter((file) => !existsSync(file))).toEqual([])
  expect(new Set(programs.map(idOf)).size).toBe(programs.length)
})

test('a remedy names the run or the test that applies it, or is marked as untried', () => {
  const ids = new Set(programs.map(idOf))
  const proved = remedyRules.filter(({ proof }) => proof !== 'untried')
  const isThere = (proof: string) => ids.has(proof) || existsSync(join(packageRoot, proof))
  expect(proved.map(({ proof }) => proof).filter((proof) => !isThere(proof))).toEqual([])
  console.log(
    `remedies: ${proved.length} of ${remedyRules.length} applied and proved, ${remedyRules.length - proved.length} untried`,
  )
})
