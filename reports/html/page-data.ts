/** What the page is a function of. */
import type { Answer } from '../../harness/model/answer.js'

/** Everything that the page shows. */
export interface PageData {
  answers: PageAnswer[]
  /** The page is about what is different between two runs: so many of the answers are of the earlier one. Else null. */
  compare: { before: number } | null
  /** The part that is shown first of a page with one answer, as links name it; null: its beginning. */
  opens: string | null
}

export type PageAnswer = Omit<Answer, 'groups'> & {
  /** Of the blockers whose line is in the repository where the page was written. */
  sourceLines?: SourceLine[]
}

/** Where a blocker comes from; `url` is null where the repository is on no forge that is known. */
export interface SourceLine {
  /** The blocker's. */
  id: string
  file: string
  line: number | null
  url: string | null
}
