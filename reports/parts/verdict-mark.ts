import { isAsKnown, type Answer } from '../../harness/model/answer.js'

/** What came of a check, in one word with its sign; what was known beforehand is no failure. */
export function verdictMark(answer: Answer): {
  sign: string
  word: string
  colour: 'green' | 'red' | 'yellow'
} {
  const { verdict, known } = answer
  if (verdict === null) return { sign: '?', word: 'no verdict', colour: 'yellow' }
  if (verdict === 'failed') return { sign: '?', word: 'failed', colour: 'yellow' }
  if (verdict === 'blocked' && known !== null && isAsKnown(answer))
    return { sign: '✔', word: 'accepted', colour: 'green' }
  if (verdict === 'blocked') return { sign: '✘', word: 'blocked', colour: 'red' }
  return isAsKnown(answer)
    ? { sign: '✔', word: 'checkpointable', colour: 'green' }
    : { sign: '✘', word: 'not as expected', colour: 'red' }
}
