import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { packageRoot } from '../../harness/host/package-root.js'
import { seeded } from '../support/seeded.js'
import { mutated } from './mutate.js'
import type { Target } from './target.js'

/** An input of the longest size takes some milliseconds. */
const LONGEST_MS = 3000

export interface Fuzzed {
  inputs: number
  seconds: number
  /** Where the inputs lie that have shown something, and what. */
  failures: string[]
}

/** When to stop. */
export interface Until {
  inputs: number
  seconds: number
}

const folderOf = (name: string) => join(packageRoot, 'test', 'fuzz', 'corpus', name)

/** What has shown something once, and what is worth to begin with. */
export function corpusOf({ name }: Target): { file: string; input: Buffer }[] {
  const folder = folderOf(name)
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder).map((file) => ({ file, input: readFileSync(join(folder, file)) }))
}

/** Gives a target mutations of its seeds and of its corpus, the same for the same seed; keeps the inputs that fail. */
export async function fuzz(target: Target, seed: number, until: Until): Promise<Fuzzed> {
  const random = seeded(seed)
  const seeds = [...target.seeds, ...corpusOf(target).map(({ input }) => input)]
  const begin = performance.now()
  const failures: string[] = []
  let inputs = 0
  const elapsed = () => (performance.now() - begin) / 1000
  for (; inputs < until.inputs && elapsed() < until.seconds && failures.length < 5; inputs++) {
    const input = mutated(seeds, random)
    const why = await failureOf(target, input)
    if (why !== null) failures.push(`${keep(target, input)}: ${why}`)
  }
  return { inputs, seconds: elapsed(), failures }
}

/** What a target did that it must not do, at once or later; null where it did nothing of the kind. */
export async function failureOf({ run }: Target, input: Buffer): Promise<string | null> {
  const begin = process.cpuUsage().user
  let failure: unknown = null
  const upset = (error: unknown) => (failure ??= error)
  process.on('uncaughtException', upset)
  try {
    await run(input)
    await new Promise(setImmediate)
  } catch (error) {
    failure = error
  } finally {
    process.off('uncaughtException', upset)
  }
  if (failure !== null)
    return failure instanceof Error ? (failure.stack ?? failure.message) : inspect(failure)
  const took = (process.cpuUsage().user - begin) / 1000
  return took > LONGEST_MS ? `it took ${Math.round(took)} ms` : null
}

function keep({ name }: Target, input: Buffer): string {
  const folder = join(packageRoot, 'build', 'fuzz', name)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16))
  writeFileSync(file, input)
  return file
}
