import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { localHost } from '../../../../harness/host/local-host.js'
import { PreloadObserver } from '../../../../harness/ledger/observers/preload/preload.js'
import { captureTable } from '../../../../harness/ledger/table/capture.js'

const END = '{"type":"end","seen":0,"withJava":0,"lost":0,"noRoom":0,"closedSince":0}\n'

/** What is told of this very process, as if it had ended as a JVM; `lay` puts the file where the library would. */
async function told(lay: (file: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'at-death-'))
  lay(join(folder, `death-${process.pid}.jsonl`))
  const app = { pid: process.pid, host: localHost, load: null, answersSignals: false }
  const observing = await new PreloadObserver(folder, localHost, true).attach(app)
  const captured = await captureTable(process.pid, localHost, () => Promise.resolve(null))
  return await observing.ended(process.pid).collect(captured)
}

test('what a JVM has written at its end is read', async () => {
  expect(await told((file) => writeFileSync(file, END))).toMatchObject({ notes: [], found: { records: [] } })
})

test('a link in its place leads nowhere, and what it led to stays as it is', async () => {
  const elsewhere = join(mkdtempSync(join(tmpdir(), 'at-death-')), 'elsewhere')
  writeFileSync(elsewhere, END)
  const { found, notes } = await told((file) => symlinkSync(elsewhere, file))
  expect({ found, notes }).toEqual({ found: null, notes: [expect.stringMatching(/can't be had: ELOOP/)] })
  expect(readFileSync(elsewhere, 'utf8')).toBe(END)
})

test('where it has written nothing, that is said', async () => {
  const { found, notes } = await told(() => undefined)
  expect({ found, notes }).toEqual({ found: null, notes: [expect.stringContaining('the JVM was killed')] })
})
