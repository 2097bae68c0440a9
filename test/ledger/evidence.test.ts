import { expect, test } from 'vitest'
import { countEvidence, mergeEvidence, noLosses } from '../../harness/ledger/evidence.js'
import type { LiveFile, TracerRecord } from '../../harness/ledger/records.js'
import type { Sample } from '../../harness/ledger/observers/profiler/samples.js'
import { evidenceSentence } from '../../reports/parts/sentences.js'
import { entry } from '../blockers/literals.js'

const record = (sample: TracerRecord['sample']) => ({ sample }) as TracerRecord
const live = (inherited: boolean) => ({ inherited }) as LiveFile

test('everything that is missing is counted by its reason, and told', () => {
  const taken = record('sent')
  const evidence = countEvidence({
    tracer: 'ebpf',
    records: [taken, record('sent'), record('pending'), record('no-room'), record('boot'), record('forked')],
    samples: new Map([[taken, {} as Sample]]),
    live: [live(true), live(false), live(false)],
    entries: [entry(0, 'pipe', 'p'), entry(4, 'file', '/a'), entry(5, 'file', '/b', ['A.a'])],
    losses: { noRoom: 1, unpaired: 2, missed: 3 },
    notes: [null, 'one thing', 'one thing', 'another'],
  })
  expect(evidence).toEqual({
    tracer: 'ebpf',
    records: 6,
    sampled: 1,
    unsampled: 5,
    lost: 6,
    losses: { noRoom: 1, unpaired: 2, missed: 3 },
    // Nobody has asked for those of boot and of a forked child.
    lostSamples: 3,
    // The inherited one has no maker in this app.
    withoutOrigin: 1,
    note: 'one thing; another',
  })
  expect(evidenceSentence(evidence)).toBe(
    'ebpf: 6 records, 1 with a sampled stack, 5 without, 6 lost (1 for want of room, 2 in calls that made too many, 3 by the kernel), 3 requested stacks are missing, 1 descriptor with unknown creator',
  )
})

test('what two observers lost is added up, and what one of them knows is known', () => {
  const counted = {
    records: [],
    samples: new Map<TracerRecord, Sample>(),
    live: [live(false)],
    losses: { ...noLosses, missed: 2 },
  }
  const kernel = countEvidence({ ...counted, tracer: 'ebpf', entries: [entry(4, 'file', '/a')], notes: [] })
  const preload = countEvidence({
    ...counted,
    tracer: 'preload',
    entries: [entry(4, 'file', '/a')],
    notes: [],
  })
  const entries = [entry(4, 'file', '/a', ['A.a'])]
  expect(kernel.withoutOrigin).toBe(1)
  expect(mergeEvidence(kernel, preload, { entries, live: counted.live, notes: [null] })).toMatchObject({
    tracer: 'both',
    lost: 4,
    losses: { missed: 4 },
    withoutOrigin: 0,
    note: null,
  })
})
