import { describe, expect } from 'vitest'
import { remedyRules } from '../../../harness/blockers/remedies/rules.js'
import { needing, type Capability } from '../../support/capability.js'
import { jdkOf } from '../../support/java.js'
import { apply, built } from './apply.js'
import { idOf, type Program } from './programs/program.js'
import { programs } from './programs/programs.js'

const isAll = process.env.PREFLIGHT_REMEDIES === 'all'
const chosen = programs.filter(({ everyTime }) => everyTime ?? isAll)

const needs = ({ jdk }: Program): Capability[] => (jdk === undefined ? [built] : [built, jdkOf(jdk)])

describe('a program is refused, and passes once what its remedies say is done', () => {
  for (const program of chosen) {
    const test = needing(...needs(program))
    // Alone, two at a time; beside other files, which are two already, one.
    const each = isAll ? test.concurrent : test
    each(idOf(program), { timeout: 240_000 }, async () => {
      const { refused, advice, followed, output } = await apply(program)
      expect(refused.verdict, refused.failure?.message).toBe('blocked')
      const said = advice.map(({ text, rule }) => ({ proof: rule?.proof, text }))
      expect(said).not.toContainEqual({ proof: 'untried', text: expect.anything() as string })
      // What names this run as its proof must have been said in it.
      for (const { proof, text } of remedyRules.filter(({ proof }) => proof === idOf(program)))
        expect(
          said.map(({ proof }) => proof),
          text,
        ).toContain(proof)
      expect(followed.verdict, followed.blockers.map(({ summary }) => summary).join('\n')).toBe(
        'checkpointable',
      )
      // Whatever a Resource has closed it opens again; where the code alone is changed nothing is closed.
      const opened = output.split('\n').filter((line) => line === 'OPENED').length
      if (isFollowedByCode(program)) expect([0, 2]).toContain(opened)
    })
  }
})

const isFollowedByCode = ({ follows }: Program): boolean => follows === undefined || 'mode' in follows
