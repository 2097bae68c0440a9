import { createHash } from 'node:crypto'
import type { Report } from '../../harness/model/report.js'

/**
 * Gives each of the reports a file name of its own that its scenario is known by and that is the same in the next run.
 * What no file name holds everywhere is replaced; two scenarios that look alike then are told apart by a hash.
 */
export function nameFiles<T extends { report: Pick<Report, 'scenario'> }>(
  named: readonly T[],
): Map<string, T> {
  const files = new Map<string, T>()
  // File systems may take letters of either case for the same.
  const taken = new Set<string>()
  for (const each of named) {
    const { scenario } = each.report
    const plain = plainName(scenario)
    let name = plain === scenario ? plain : `${plain}-${hash(scenario)}`
    for (let nth = 2; taken.has(name.toLowerCase()); nth++) name = `${plain}-${hash(`${scenario} ${nth}`)}`
    taken.add(name.toLowerCase())
    files.set(name, each)
  }
  return files
}

/** A file name has 255 bytes at most, endings included. */
const LONGEST = 180

/** Nothing in it may lead out of the folder, or hide the file. */
const plainName = (scenario: string): string =>
  scenario
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+|^$/, '_')
    .slice(0, LONGEST)

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
