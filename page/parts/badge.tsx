import { outcomeNames, type Outcome } from '../data/services'

/** A verdict as a word with its colour. */
export function Badge({ outcome }: { outcome: Outcome }) {
  return <span class={`badge ${outcome}`}>{outcomeNames[outcome]}</span>
}

/** How complete the evidence is, in one word. */
export function EvidenceWord({ word }: { word: string | null }) {
  if (word === null) return <span class="faint">–</span>
  return <span class={`evidence evidence-${word}`}>{word}</span>
}
