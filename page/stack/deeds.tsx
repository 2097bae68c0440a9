import { useState } from 'preact/hooks'
import { deedSentence } from '../../reports/parts/sentences'
import type { Deed } from '../../reports/parts/stacks'
import { NativeStack, Stack } from './stack'

const verbs: Record<Deed['verb'], string> = {
  created: 'Created',
  bound: 'Bound',
  listened: 'Listens',
  connected: 'Connected',
  thrown: 'Thrown',
}

/** Who did what to the descriptors of a blocker; one at a time, the creation first. */
export function Deeds({ deeds, owner }: { deeds: Deed[]; owner: string | null }) {
  const [at, setAt] = useState(0)
  const shown = deeds[at]
  if (shown === undefined) return null
  return (
    <div class="deeds">
      {deeds.length === 1 ? null : (
        <div class="choice" role="group" aria-label="Which stack">
          {deeds.map((deed, i) => (
            <button key={i} type="button" aria-pressed={i === at} onClick={() => setAt(i)}>
              {verbs[deed.verb]}
              {deeds.filter(({ verb }) => verb === deed.verb).length > 1 ? (
                <span class="count">{deed.descriptors.map(({ fd }) => fd).join(', ')}</span>
              ) : null}
            </button>
          ))}
        </div>
      )}
      <p class="deed">{deedSentence(shown)}</p>
      {shown.frames.length > 0 ? (
        <Stack key={at} frames={shown.frames} owner={owner} native={shown.origin?.native ?? []} />
      ) : (
        <NativeStack frames={shown.origin?.native ?? []} />
      )}
    </div>
  )
}
