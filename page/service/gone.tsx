import type { Known } from '../../harness/model/known'
import { Section } from '../parts/section'

/** What was accepted or expected beforehand, and is not there. */
export function GoneSection({ known }: { known: Known }) {
  const { gone, unmet, strict } = known
  return (
    <Section id="gone" title="Not there" count={gone.length + unmet.length}>
      <ul class="gone">
        {unmet.map((pattern) => (
          <Missing key={pattern} pattern={pattern} fails text="expected, and no blocker is it" />
        ))}
        {gone.map((pattern) => (
          <Missing
            key={pattern}
            pattern={pattern}
            fails={strict}
            text="accepted, and no blocker is it any more: take it out of what is accepted"
          />
        ))}
      </ul>
    </Section>
  )
}

function Missing({ pattern, fails, text }: { pattern: string; fails: boolean; text: string }) {
  return (
    <li>
      <code>{pattern}</code> <span class={fails ? 'fails' : 'faint'}>{text}</span>
    </li>
  )
}
