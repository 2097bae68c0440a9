import type { LedgerEntry } from '../../harness/model/report.js'
import { jsonText, printable } from '../parts/escape.js'
import { originStack } from '../parts/origin-stacks.js'

/** The origins of live descriptors as a sampled profile that speedscope and its kin open: one sample for each descriptor. */
export function toSpeedscope(entries: readonly LedgerEntry[], name: string): string {
  const places = new Map<string, number>()
  const placeOf = (frame: string): number => {
    const known = places.get(frame) ?? places.size
    places.set(frame, known)
    return known
  }
  const samples = entries.map((entry) => originStack(entry).map((frame) => placeOf(printable(frame.name))))
  const profile = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'crac-preflight',
    name: printable(name),
    activeProfileIndex: 0,
    shared: { frames: [...places.keys()].map((frame) => ({ name: frame })) },
    profiles: [
      {
        type: 'sampled',
        name: 'live descriptors',
        unit: 'none',
        startValue: 0,
        endValue: samples.length,
        samples,
        weights: samples.map(() => 1),
      },
    ],
  }
  return `${jsonText(profile)}\n`
}
