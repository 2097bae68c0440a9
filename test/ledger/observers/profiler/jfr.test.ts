import { expect, test } from 'vitest'
import { salvageSamples } from '../../../../harness/ledger/observers/profiler/samples.js'

/** Seven bits to a byte, as JFR writes numbers. */
function number(value: number): number[] {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return [...bytes, value]
}

/** An event: how long it is with its length, what it is, and what it says. */
function event(kind: number, ...says: number[]): number[] {
  const body = [...number(kind), ...says]
  const most = body.length + 4
  const sized = number(most)
  return [...sized, ...body, ...new Array<number>(most - sized.length - body.length).fill(0)]
}

const text = (value: string): number[] => [3, ...number(value.length), ...Buffer.from(value)]

interface Element {
  tag: string
  attributes?: Record<string, string>
  children?: Element[]
}

/** The metadata event: a table of strings, and a tree of elements that says everything by their numbers. */
function metadata(root: Element): number[] {
  const strings: string[] = []
  const index = (word: string): number[] => {
    if (!strings.includes(word)) strings.push(word)
    return number(strings.indexOf(word))
  }
  const element = ({ tag, attributes = {}, children = [] }: Element): number[] => [
    ...index(tag),
    ...number(Object.keys(attributes).length),
    ...Object.entries(attributes).flatMap(([name, value]) => [...index(name), ...index(value)]),
    ...number(children.length),
    ...children.flatMap(element),
  ]
  const tree = element(root)
  return event(0, 0, 0, 0, ...number(strings.length), ...strings.flatMap(text), ...tree)
}

const type = (id: number, name: string, ...fields: Element[]): Element => ({
  tag: 'class',
  attributes: { id: String(id), name },
  children: fields,
})
const field = (name: string, of: number, dimension = '0'): Element => ({
  tag: 'field',
  attributes: { name, class: String(of), dimension },
})

/** A chunk: its header, its metadata, its pools, its events. */
function chunk(types: Element, pools: number[], events: number[] = []): Buffer {
  const described = metadata(types)
  const all = Buffer.from([...new Array<number>(68).fill(0), ...events, ...described, ...pools])
  all.write('FLR\0', 'latin1')
  all.writeBigUInt64BE(BigInt(all.length), 8)
  all.writeBigUInt64BE(BigInt(68 + events.length + described.length), 16)
  all.writeBigUInt64BE(BigInt(68 + events.length), 24)
  return all
}

const tree = (...classes: Element[]): Element => ({ tag: 'root', children: classes })
/** The pool of one type, with one value. */
const pool = (id: number, ...value: number[]): number[] => event(1, 0, 0, 0, 0, 1, id, 1, 1, ...value)
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
