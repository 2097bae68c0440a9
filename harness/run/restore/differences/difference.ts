import type { Difference } from '../../../model/restoration.js'
import { remedyFor } from '../remedies.js'

type Measured = Omit<Difference, 'remedy' | 'before' | 'after' | 'frame'> &
  Partial<Pick<Difference, 'before' | 'after' | 'frame'>>

/** A difference with what is to be done about it. */
export const difference = ({ before = null, after = null, frame = null, ...rest }: Measured): Difference => ({
  kind: rest.kind,
  change: rest.change,
  what: rest.what,
  before,
  after,
  frame,
  text: rest.text,
  remedy: remedyFor(rest.kind, rest.change),
})
