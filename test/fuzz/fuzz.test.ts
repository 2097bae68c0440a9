import { expect, test } from 'vitest'
import { corpusOf, failureOf, fuzz } from './fuzz.js'
import { targets } from './targets/index.js'

/** `npm run fuzz` says how long; `npm test` takes so many inputs. */
const seconds = Number(process.env.CRAC_PREFLIGHT_FUZZ_SECONDS ?? 0)
const seed = Number(process.env.CRAC_PREFLIGHT_FUZZ_SEED ?? 1)
const SHORT = { inputs: 1000, seconds: 60 }

for (const target of targets) {
  test(
    `whatever comes to the reader of ${target.name}, it is read or refused`,
    async () => {
      const until = seconds > 0 ? { inputs: Infinity, seconds } : SHORT
      const { inputs, seconds: took, failures } = await fuzz(target, seed, until)
      console.log(
        `${target.name}: seed ${seed}, ${inputs} inputs in ${took.toFixed(1)} s (${Math.round(inputs / took)}/s), ${failures.length} failures`,
      )
      expect(failures).toEqual([])
    },
    120_000 + 2000 * seconds,
  )

  test(`what has once upset the reader of ${target.name} does so no more`, async () => {
    for (const input of target.seeds) expect(await failureOf(target, input)).toBe(null)
    for (const { file, input } of corpusOf(target))
      expect([file, await failureOf(target, input)]).toEqual([file, null])
  })
}
