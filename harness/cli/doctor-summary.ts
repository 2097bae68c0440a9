/** One thing that was looked at. `needed`: without it there is no check at all, or none with evidence. */
export interface Diagnosis {
  what: string
  found: string
  ok: boolean
  needed: boolean
  /** How to get what is missing. */
  advice: string | null
}

/** In one sentence what works on a machine, and what does not. */
export function summaryOf(diagnoses: readonly Diagnosis[]): string {
  const has = (what: string) => diagnoses.some((each) => each.what === what && each.ok)
  const crac = has('CRaC JDK')
  const features: [string, boolean][] = [
    [crac ? 'check on a CRaC JDK' : 'check by rehearsal, as no JDK here has CRaC', crac || has('JDK')],
    ['Java lines of what is held', has('eBPF tracer') || has('preload tracer')],
    ['apps in containers', has('Docker engine')],
    ['--restore', has('CRIU')],
    ['explain', true],
  ]
  const told = (ok: boolean) => features.filter(([, works]) => works === ok).map(([name]) => name)
  const not = told(false)
  return `What works here: ${told(true).join('; ')}.${not.length > 0 ? ` What does not: ${not.join('; ')}.` : ''}`
}

/** The same for programs. Fields are added, and none changes its meaning. */
export const toDoctorJson = (diagnoses: readonly Diagnosis[], ready: boolean): object => ({
  schema: 'crac-preflight/doctor@1',
  ready,
  summary: summaryOf(diagnoses),
  checks: diagnoses.map(({ what, found, ok, needed, advice }) => ({
    what,
    found,
    ok,
    needed,
    advice: ok ? null : advice,
  })),
})
