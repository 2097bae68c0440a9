import { createHash } from 'node:crypto'
import type { Answer } from '../../harness/model/answer.js'

/** The same for a blocker in each run, so that a CI knows it again: it is made of names and ids only. */
export function fingerprintOf({ command, name }: Answer, id: string): string {
  return createHash('sha256').update(`${command}\n${name}\n${id}`).digest('hex')
}
