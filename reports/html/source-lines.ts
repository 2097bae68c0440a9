import type { Answer } from '../../harness/model/answer.js'
import { placeOf } from '../source/blocker-place.js'
import type { SourceLinks } from '../source/forge.js'
import type { Sources } from '../source/sources.js'
import type { SourceLine } from './page-data.js'

/** The line of the repository at hand for each blocker that has one, by its id. */
export function sourceLines(
  answer: Pick<Answer, 'blockers' | 'descriptors'>,
  sources: Sources,
  links: SourceLinks,
): SourceLine[] {
  return answer.blockers.flatMap((blocker) => {
    const place = placeOf(answer, blocker, sources)
    return place === null ? [] : [{ id: blocker.id, ...place, url: links.to(place) }]
  })
}
