import { expect, test } from 'vitest'
import { renderLedger } from '../../../reports/terminal/ledger.js'
import { displayWidth } from '../../../reports/parts/terminal-text.js'
import { grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'

const entries = [...grizzly.descriptors, ...springBoot.descriptors]

test('each live descriptor is one line, and a missing stack has its reason below the table', () => {
  expect(renderLedger(entries, { color: false, width: 80, evidence: grizzly.evidence }))
    .toMatchInlineSnapshot(`
    "FD  KIND    TARGET                         OPENED AT                      THREAD
    4   socket  unix stream                    socket+0x7 (libc.so.6) (1)     java
    14  socket  tcp 0.0.0.0:8080 listening     TCPNIOBindingH…lAndAddress:95  main
    1   pipe    pipe:[77123]                   (2)                            -
    9   file    /srv/orders/logs/orders.log    ResilientFileO…ream.<init>:28  main
    23  file    /srv/orders/data/orders.mv.db  FilePathDisk.open:342          main

    (1) opened before the JVM could give Java stacks
    (2) inherited: it was open before the app started

    ebpf: 913 records, 910 with a sampled stack, 3 without, 0 lost
    1 descriptor of JVM boot has a native stack only; --boot-stacks names more of
    them.
    "
  `)
})

test('a wide terminal shows everything uncut', () => {
  expect(renderLedger(entries, { color: false, width: 160 })).not.toContain('TCPNIOBindingH…')
})

test('no row is wider than the terminal, whatever the app named its threads and files', () => {
  for (const width of [60, 80, 120]) {
    const text = renderLedger([...entries, ...hostile.descriptors], { color: false, width })
    expect(text.split('\n').filter((line) => displayWidth(line) > width)).toEqual([])
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
  }
})

test('a ledger without descriptors is a heading', () => {
  expect(renderLedger([], { color: false, width: 80 })).toBe('FD  KIND  TARGET  OPENED AT  THREAD\n')
})
