import { expect, test } from 'vitest'
import { salvageSamples } from '../../../../harness/ledger/observers/profiler/samples.js'
import { chunk, event, field, number, pool, tree, type } from './recordings.js'

const INT = type(1, 'int')

const hostile: Record<string, () => Buffer> = {
  'a type that has itself as a field': () => chunk(tree(type(2, 'a', field('a', 2))), pool(2, 0)),
  'a row of types, each of the next one twice': () => {
    const row = Array.from({ length: 60 }, (_, i) =>
      type(i + 2, `t${i}`, field('a', i + 3), field('b', i + 3)),
    )
    return chunk(tree(...row, type(62, 'int')), pool(2, 0))
  },
  'many values of a type without fields': () =>
    chunk(tree(type(2, 'a', field('all', 3, '1')), type(3, 'empty')), [
      ...pool(2, ...number(50_000), ...new Array<number>(50_000).fill(0)),
    ]),
  'elements within elements': () => {
    let root = tree(INT)
    for (let i = 0; i < 200; i++) root = { tag: 'x', children: [root] }
    return chunk(root, pool(1, 0))
  },
  'events that reach into all that follow': () => {
    const types = tree(INT, type(2, 'jdk.ExecutionSample', field('all', 1, '1')))
    const each = event(2, ...number(50_000))
    return chunk(types, pool(1, 0), Array.from({ length: 20_000 }, () => each).flat())
  },
  'chunks that all lead to one': () => {
    const last = chunk(tree(INT), pool(1, 0))
    const count = 20_000
    const before = Buffer.alloc(68 * count)
    for (let i = 0; i < count; i++) {
      before.write('FLR\0', 68 * i, 'latin1')
      before.writeBigUInt64BE(68n, 68 * i + 8)
      before.writeBigUInt64BE(last.readBigUInt64BE(16) + BigInt(68 * (count - i)), 68 * i + 16)
      before.writeBigUInt64BE(last.readBigUInt64BE(24) + BigInt(68 * (count - i)), 68 * i + 24)
    }
    return Buffer.concat([before, last])
  },
  'a string without end': () => chunk(tree(type(2, 'java.lang.String')), pool(2, 3, 255, 255, 255, 255, 127)),
}

test.for(Object.keys(hostile))('%s is a damage, told soon', (kind) => {
  const recording = hostile[kind]!()
  const begin = process.cpuUsage().user
  expect(salvageSamples(recording)).toEqual({ samples: [], damage: expect.any(String) })
  expect((process.cpuUsage().user - begin) / 1000).toBeLessThan(2000)
})

test('a recording of the same make without a fault is read', () => {
  const types = tree(INT, type(2, 'jdk.ExecutionSample', field('sampledThread', 1), field('startTime', 1)))
  expect(salvageSamples(chunk(types, pool(1, 0), event(2, 7, 9)))).toMatchObject({
    samples: [{ time: 9 }],
    damage: null,
  })
})
