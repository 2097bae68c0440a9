/** What was done to a descriptor, as marks on its bar and in words. */
import type { JudgedDescriptor } from '../../harness/model/answer'
import { duration } from '../../harness/model/text'

export interface Mark {
  letter: string
  word: string
  atMs: number
}

/** In the order of their times; an accepted connection was made by its accept. */
export function marksOf({ origin, bound, listened, connected }: JudgedDescriptor): Mark[] {
  const isAccepted = origin?.syscall?.startsWith('accept') === true
  const actions = [
    ['a', 'accepted', isAccepted ? origin.atMs : null],
    ['b', 'bound', bound?.atMs],
    ['l', 'listening', listened?.atMs],
    ['c', 'connected', connected?.atMs],
  ] as const
  return actions
    .flatMap(([letter, word, atMs]) => (atMs == null ? [] : [{ letter, word, atMs: Math.max(0, atMs) }]))
    .sort((a, b) => a.atMs - b.atMs)
}

/** `bound 1.2 s, listening 1.2 s` */
export const marksText = (descriptor: JudgedDescriptor): string =>
  marksOf(descriptor)
    .map(({ word, atMs }) => `${word} ${duration(atMs)}`)
    .join(', ')
