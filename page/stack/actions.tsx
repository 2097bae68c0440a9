import { useState } from 'preact/hooks'
import { actionSentence } from '../../reports/parts/sentences'
import type { Action } from '../../reports/parts/stacks'
import { NativeStack, Stack } from './stack'

const verbs: Record<Action['verb'], string> = {
  created: 'Created',
  bound: 'Bound',
  listened: 'Listens',
  connected: 'Connected',
  thrown: 'Thrown',
}

const done: Record<Action['verb'], string> = {
  ...{
    created: 'created',
    bound: 'bound',
    listened: 'set to listen',
    connected: 'connected',
    thrown: 'thrown',
  },
}

/** Who did what to the descriptors of a blocker; one at a time, the creation first. */
export function Actions({ actions, owner }: { actions: Action[]; owner: string | null }) {
  const [at, setAt] = useState(0)
  const shown = actions[at]
  if (shown === undefined) return null
  return (
    <div class="actions">
      {actions.length === 1 ? null : (
        <div class="choice" role="group" aria-label="Which stack">
          {actions.map((action, i) => (
            <button key={i} type="button" aria-pressed={i === at} onClick={() => setAt(i)}>
              {verbs[action.verb]}
              {actions.filter(({ verb }) => verb === action.verb).length > 1 ? (
                <span class="count">{action.descriptors.map(({ fd }) => fd).join(', ')}</span>
              ) : null}
            </button>
          ))}
        </div>
      )}
      <p class="action">
        {actionSentence(shown)}
        {shown.also.length === 0
          ? ''
          : `; ${shown.also.map((verb) => done[verb]).join(' and ')} by the same code`}
      </p>
      {shown.frames.length > 0 ? (
        <Stack key={at} frames={shown.frames} owner={owner} native={shown.origin?.native ?? []} />
      ) : (
        <NativeStack frames={shown.origin?.native ?? []} />
      )}
    </div>
  )
}
