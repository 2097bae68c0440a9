/** Makes inputs of other inputs: what is cut, doubled, exchanged, or of another size than it says. */
export type Random = () => number

const below = (random: Random, most: number): number => Math.floor(random() * most)
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!

/** Longer ones only cost time: what grows has tests of its own. */
const LONGEST = 1 << 15

/** What readers stumble over: ends of ranges, of lines, of strings, of encodings, of numbers. */
const NASTY = [
  ...[
    '\n',
    '\r',
    '\0',
    '\t',
    '"',
    '\\',
    '\u2028',
    '\u001b[31m',
    '\u202e',
    '{',
    '}',
    '[',
    ']',
    ':',
    '-',
    '---',
  ],
  ...['0', '-1', '1e309', '4294967296', '9007199254740993', 'null', 'NaN', '0x', '%s', '..', '/'],
].map((text) => Buffer.from(text))
const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xfe, 0xff]

type Mutation = (input: Buffer, random: Random, others: readonly Buffer[]) => Buffer

const at = (input: Buffer, random: Random): number => below(random, input.length + 1)

/** Replaces `cut` bytes at a place. */
const splice = (input: Buffer, place: number, cut: number, put: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([input.subarray(0, place), put, input.subarray(place + cut)])

const mutations: Mutation[] = [
  (input, random) => splice(input, at(input, random), below(random, 16)),
  (input, random) => splice(input, at(input, random), 0, pick(random, NASTY)),
  (input, random) => splice(input, at(input, random), below(random, 8), pick(random, NASTY)),
  (input, random) => splice(input, at(input, random), 1, Buffer.from([pick(random, BYTES)])),
  (input, random) => splice(input, at(input, random), 1, Buffer.from([below(random, 256)])),
  (input, random) => input.subarray(0, at(input, random)),
  (input, random) => input.subarray(at(input, random)),
  // A part of it again, or of another one, somewhere else.
  (input, random) => {
    const from = at(input, random)
    return splice(input, at(input, random), 0, input.subarray(from, from + below(random, 200)))
  },
  (input, random, others) => {
    const other = pick(random, others)
    const from = at(other, random)
    return splice(
      input,
      at(input, random),
      below(random, 200),
      other.subarray(from, from + below(random, 400)),
    )
  },
  // Lines: lost, doubled, in another order.
  (input, random) => {
    const lines = input.toString('latin1').split('\n')
    const line = below(random, lines.length)
    const put = pick(random, [[], [lines[line]!, lines[line]!], [pick(random, lines), lines[line]!]])
    return Buffer.from(lines.toSpliced(line, 1, ...put).join('\n'), 'latin1')
  },
]

/** One to six mutations of one of the seeds. */
export function mutated(seeds: readonly Buffer[], random: Random): Buffer {
  let input = pick(random, seeds)
  for (let n = 1 + below(random, 6); n > 0; n--) input = pick(random, mutations)(input, random, seeds)
  return input.subarray(0, LONGEST)
}
