import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  OutputParser,
  parseOutput,
  type CheckpointOutput,
} from '../../../harness/checkpoint/output/output.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { toReported } from '../../../harness/model/finding.js'
import { findingSchema } from '../../../harness/model/report.js'
import { wrappers } from './wrappers.js'

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'output', name), 'utf8')
const texts = ['refused.txt', 'engine-failed.txt', 'passed.txt', 'not-restored.txt'].map(fixture)
const answers = [fixture('refused.txt'), fixture('engine-failed.txt')]

/** Words of CRaC's grammar in any order: far likelier to upset a parser than random bytes. */
const words = fc.constantFrom(
  ...texts.join('\n').split(/(?<=\n)|(?<=[ :[\]"=])/),
  '\\n\\t',
  '{"',
  '"}',
  '\\',
  '\u001b[31m',
  '\u0000',
  '\r\n',
  'Error (criu/cr-restore.c:1): ',
  'warp: Checkpoint failed',
  'JVM: FD fd=99999999999999 ',
  'localaddr=0a',
  'Socket[addr=',
  '... 3 more\n',
  'app-1 | ',
)
const soup = fc
  .array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 80 })
  .map((list) => list.join(''))

function expectSound(output: CheckpointOutput): void {
  for (const finding of output.findings) {
    findingSchema.parse(toReported(finding))
    expect(finding.message).not.toMatch(/[\n\u0000\u001b]/)
  }
  if (output.findings.length > 0) expect(output.outcome).not.toBe(null)
  if (output.outcome === 'checkpoint-ok' || output.outcome === 'restore-ok')
    expect(output.findings).toEqual([])
}

test('no text throws, and what is found is always sound', () => {
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 500 })), (text) => {
      expectSound(parseOutput(text))
    }),
    { numRuns: 3000 },
  )
})

test('no mutation of a real text throws', () => {
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(60), put: words })
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, { maxLength: 12 }), (text, edits) => {
      const mutated = edits.reduce((result, { at, cut, put }) => {
        const index = Math.floor(at * result.length)
        return result.slice(0, index) + put + result.slice(index + cut)
      }, text)
      expectSound(parseOutput(mutated))
    }),
    { numRuns: 2000 },
  )
})

test('a text in bytes is the same text, wherever its bytes were cut', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        soup,
        fc.constantFrom(...texts),
        fc.constantFrom(...texts.map((text) => text.replaceAll('a', 'ä€😀'))),
      ),
      fc.array(fc.nat(2000), { maxLength: 20 }),
      (text, cuts) => {
        const bytes = Buffer.from(text, 'utf8')
        const parser = new OutputParser()
        const places = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]
        const buffer = Buffer.alloc(bytes.length)
        places.slice(1).forEach((to, i) => {
          // The same memory each time: what is kept of a piece must be a copy.
          const length = bytes.copy(buffer, 0, places[i], to)
          parser.push(buffer.subarray(0, length))
        })
        expect(parser.end()).toEqual(parseOutput(bytes.toString('utf8')))
      },
    ),
    { numRuns: 1000 },
  )
})

/** Every stream of every recorded run: what the JDK really prints, to be damaged in every way. */
const folder = join(packageRoot, 'test', 'fixtures', 'transcripts')
const recorded = ['crac-21.0.4', 'crac-21-current', 'crac-25-java-side'].flatMap((name) =>
  readFileSync(join(folder, `${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { jcmd, app } = JSON.parse(line) as Record<'jcmd' | 'app', Record<string, string | null>>
      return [jcmd.stdout, app.stdout, app.stderr].filter((text) => typeof text === 'string')
    }),
)

/** What happens to logs: lines get lost, doubled, swapped, joined, cut, prefixed, folded into a record, mixed with others. */
const damages: Record<string, (lines: string[], at: number, other: string[]) => string[]> = {
  lost: (lines, at) => lines.toSpliced(at, 1),
  doubled: (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  swapped: (lines, at) => lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? ''),
  joined: (lines, at) => lines.toSpliced(at, 2, `${lines[at] ?? ''}${lines[at + 1] ?? ''}`),
  'cut at the head': (lines, at) => lines.slice(at),
  'cut at the tail': (lines, at) => lines.slice(0, at),
  'cut within a line': (lines, at) => [...lines.slice(0, at), (lines[at] ?? '').slice(0, at * 7)],
  'in a record': (lines) => [JSON.stringify({ level: 'ERROR', stack_trace: lines.join('\n') })],
  'in a cut record': (lines, at) => [JSON.stringify({ stack_trace: lines.join('\n') }).slice(0, at * 40)],
  woven: (lines, _, other) => lines.flatMap((line, i) => [line, other[i] ?? '']),
  'woven with names': (lines, _, other) =>
    lines.flatMap((line, i) => [`a-1 | ${line}`, `b-1 | ${other[i] ?? ''}`]),
  ...Object.fromEntries(
    Object.entries(wrappers).map(([name, wrap]) => [name, (lines: string[]) => wrap(lines)]),
  ),
}

test('no recorded run, however damaged, throws or yields what is unsound', () => {
  const damage = fc.tuple(fc.constantFrom(...Object.keys(damages)), fc.nat(80))
  fc.assert(
    fc.property(
      fc.constantFrom(...recorded),
      fc.constantFrom(...recorded),
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      (text, other, list) => {
        const lines = list.reduce(
          (result, [name, at]) =>
            damages[name]?.(result, at % (result.length + 1), other.split('\n')) ?? result,
          text.split('\n'),
        )
        expectSound(parseOutput(lines.join('\n')))
      },
    ),
    { numRuns: 3000 },
  )
})

test('bytes that are no UTF-8 are read like any others', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expectSound(parseOutput(Buffer.from(bytes).toString('utf8')))
      expectSound(parseOutput(Buffer.from(bytes).toString('latin1')))
    }),
  )
})

test('where the text is cut into pieces makes no difference', () => {
  fc.assert(
    fc.property(
      fc.oneof(soup, fc.constantFrom(...texts)),
      fc.array(fc.nat(2000), { maxLength: 20 }),
      (text, cuts) => {
        const parser = new OutputParser()
        let from = 0
        for (const to of [...cuts].sort((a, b) => a - b)) {
          parser.push(text.slice(from, to))
          from = Math.max(from, to)
        }
        parser.push(text.slice(from))
        expect(parser.end()).toEqual(parseOutput(text))
      },
    ),
  )
})

/** Prefixes compose: what a container writes, a build tool shows. */
const prefixes = Object.entries(wrappers)
  .filter(([name]) => !name.includes('JSON') && !/escaped|logfmt|json-file|spaces/.test(name))
  .map(([name]) => name)

test('known prefixes, one around the other, change nothing', () => {
  const outer = fc.array(fc.constantFrom(...prefixes), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.constantFrom(...texts), outer, (text, list) => {
      const lines = list.reduce(
        (wrapped, name) => wrappers[name]?.(wrapped) ?? wrapped,
        text.trimEnd().split('\n'),
      )
      expect(parseOutput(lines.join('\n'))).toEqual(parseOutput(text))
    }),
  )
})

test('answers of several JVMs in one text yield the findings of each, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...answers), { maxLength: 6 }), (list) => {
      const whole = parseOutput(list.join(''))
      expect(whole.findings).toEqual(list.flatMap((text) => parseOutput(text).findings))
      expect(whole.resources).toEqual(list.flatMap((text) => parseOutput(text).resources))
    }),
  )
})

test('lines that say nothing change nothing, wherever they stand', () => {
  const noise = fc.constantFrom(
    'order 17 shipped',
    '2026-11-22T16:23:38Z INFO 8 --- [main] c.a.O : ok',
    '',
    'tick 4',
    '----',
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(60), noise), { maxLength: 10 }),
      (text, list) => {
        const lines = text.split('\n')
        // The line after a process id is jcmd's own answer; nothing comes between.
        for (const [at, line] of list) lines.splice(Math.max(2, at), 0, line)
        expect(parseOutput(lines.join('\n'))).toEqual(parseOutput(text))
      },
    ),
  )
})
