import { expect, test } from 'vitest'
import type { DescriptorGroup } from '../../../harness/model/answer.js'
import { renderGroups } from '../../../reports/terminal/groups.js'
import { displayWidth } from '../../../reports/parts/terminal-text.js'
import { hostileLedger, ledger } from '../../fixtures/reports/ledgers.js'

const groups: DescriptorGroup[] = [
  {
    name: 'com.acme:pool:1.2',
    entries: ledger.slice(0, 3),
    stacks: [
      { frames: ledger[2]?.origin?.java ?? [], owner: 'com.acme.Log.start(Log.java:9)', count: 1 },
      { frames: ledger[0]?.origin?.java ?? [], owner: 'com.acme.Pool.open(Pool.java:42)', count: 2 },
    ],
  },
  { name: '(opened before tracing)', entries: ledger.slice(4), stacks: [] },
]

test('each group has its count, its name and what it holds', () => {
  expect(renderGroups(groups, { color: false, width: 80, by: 'owner', stackLines: 0 }))
    .toMatchInlineSnapshot(`
    "COUNT  OWNER
        3  com.acme:pool:1.2
           3 file: /data/a, /data/b, /data/c
        1  (opened before tracing)
           1 file: pipe:[1]
    "
  `)
})

test('stacks are shown where they are wanted, the most frequent first, with the line to blame', () => {
  expect(renderGroups(groups, { color: false, width: 80, by: 'owner', stackLines: 5 }))
    .toMatchInlineSnapshot(`
    "COUNT  OWNER
        3  com.acme:pool:1.2
           3 file: /data/a, /data/b, /data/c
        1  (opened before tracing)
           1 file: pipe:[1]

    com.acme:pool:1.2
      2 ×
          … 2 JDK frames (java.io.FileInputStream.<init>)
      ──▶ at com.acme.Pool.open(Pool.java:42)
          at com.acme.Main.main(Main.java:7)
      1 ×
          … 2 JDK frames (java.io.FileInputStream.<init>)
      ──▶ at com.acme.Log.start(Log.java:9)
          at com.acme.Main.main(Main.java:8)
    "
  `)
})

test('no line is wider than the terminal, and nothing of the app controls it', () => {
  const frames = hostileLedger[0]?.origin?.java ?? []
  const hostile = hostileLedger.map((entry) => ({
    name: `${entry.target}${'x'.repeat(90)}`,
    entries: [entry, ...hostileLedger],
    stacks: [{ frames, owner: null, count: 1 }],
  }))
  for (const width of [40, 80, 120]) {
    const text = renderGroups(hostile, { color: false, width, by: 'site', stackLines: 9 })
    expect(text.split('\n').filter((line) => displayWidth(line) > width)).toEqual([])
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
    expect(text).not.toMatch(/^\s*::/m)
  }
})
