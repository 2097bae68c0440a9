import { expect, test } from 'vitest'
import { toCollapsed } from '../../../reports/flame/collapsed.js'
import { hostileLedger, ledger } from '../../fixtures/reports/ledgers.js'

const lines = (text: string) => text.trimEnd().split('\n')
const format = /^[^\s;]+(?:;[^\s;]+)* \d+$/

test('each different stack is one line, the outermost frame first, and the counts are those of the descriptors', () => {
  expect(lines(toCollapsed(ledger))).toEqual([
    '[opened_before_tracing];[file] 1',
    'com.acme.Main.main(Main.java:7);com.acme.Pool.open(Pool.java:42);java.io.FileInputStream.<init>(FileInputStream.java:157);java.io.FileInputStream.open0(FileInputStream.java);[file]_openat 2',
    'com.acme.Main.main(Main.java:8);com.acme.Log.start(Log.java:9);java.io.FileInputStream.<init>(FileInputStream.java:157);java.io.FileInputStream.open0(FileInputStream.java);[file]_openat 1',
    'java.io.FileInputStream.<init>(FileInputStream.java:157);java.io.FileInputStream.open0(FileInputStream.java);[file]_openat 1',
  ])
})

test('no name of the app can end a frame, a line or begin the count', () => {
  const collapsed = lines(toCollapsed(hostileLedger))
  expect(collapsed.length).toBe(hostileLedger.length)
  for (const line of collapsed) {
    expect(line).toMatch(format)
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  }
  expect(collapsed.some((line) => line.includes('a_b:c_99\\nd.<script>alert(1)</script>'))).toBe(true)
})

test('the address of a hidden class does not part what is one place', () => {
  const [first, second] = ['0x00007f01', '0x00007f02'].map((address) =>
    toCollapsed(ledger.slice(0, 1).map((entry) => withClass(entry, `com.acme.Main$$Lambda$7/${address}`))),
  )
  expect(first).toBe(second)
})

function withClass(entry: (typeof ledger)[number], name: string): (typeof ledger)[number] {
  const { origin } = entry
  return {
    ...entry,
    origin: origin && { ...origin, java: origin.java.map((each) => ({ ...each, class: name })) },
  }
}

test('an empty ledger is an empty file', () => {
  expect(toCollapsed([])).toBe('')
})
