import { salvageSamples } from '../../../harness/ledger/observers/profiler/samples.js'
import type { Target } from '../target.js'
import { chunk, event, field, pool, tree, type } from '../../ledger/observers/profiler/recordings.js'

const INT = type(1, 'int')
const sample = type(2, 'jdk.ExecutionSample', field('sampledThread', 1), field('startTime', 1))
const stacks = tree(INT, sample, type(3, 'java.lang.String'), type(4, 'a', field('b', 1, '1'), field('c', 3)))

export const jfr: Target = {
  name: 'jfr',
  seeds: [
    chunk(tree(INT, sample), pool(1, 0), event(2, 7, 9)),
    chunk(stacks, pool(4, 3, 1, 2, 3, 3, 2, 65, 66), [...event(2, 7, 9), ...event(2, 8, 10)]),
  ],
  run: (input) => {
    const { samples, damage } = salvageSamples(input)
    if (damage !== null && typeof damage !== 'string') throw new Error('the damage is no text')
    for (const { java, native } of samples)
      if (!Array.isArray(java) || !Array.isArray(native)) throw new Error('a sample has no stack')
  },
}
