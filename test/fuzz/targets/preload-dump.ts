import {
  identify,
  readDump,
  toRecords,
  toSamples,
} from '../../../harness/ledger/observers/preload/preload-dump.js'
import { localHost } from '../../../harness/host/local-host.js'
import { openSymbols } from '../../../harness/ledger/symbols/native.js'
import { readLiveTable } from '../../../harness/ledger/table/live-table.js'
import { refusing, type Target } from '../target.js'

const stack = {
  type: 'stack',
  stack: 1,
  java: [{ class: 'a.B', method: 'c', file: 'B.java', line: 7 }],
  native: ['0x7f0012345678', '0x1'],
}
const [kind, thread] = ['open', 'main']
const record = { type: 'record', kind, ts: 5, tid: 7, fd: 5, syscall: 'openat', function: 'open64', thread }
const place = { file: '1', inode: 100, device: 1, sample: 'taken', stack: 1 }
const end = { type: 'end', seen: 3, withJava: 3, lost: 0, noRoom: 0, closedSince: 0 }
const lines = [
  { type: 'link', fd: 5, file: '1', closed: null },
  stack,
  { ...record, ...place },
  { ...record, ...place, kind: 'connect', ts: 6 },
  { type: 'link', fd: 5, file: '2', closed: 40 },
  { ...record, ...place, file: '2', sample: 'not-java', stack: 0 },
  { type: 'sample', ts: 9, tid: 7, sample: 'taken', stack: 1, thread },
  end,
]
const symbols = await openSymbols(process.pid)
const live = await readLiveTable(process.pid, localHost)

export const preloadDump: Target = {
  name: 'preload-dump',
  seeds: [Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)],
  run: async (input) => {
    const dump = refusing(
      () => readDump(input.toString('utf8')),
      ({ message }) =>
        /^Line \d+ is none that the library writes\.$|^The dump of the preloaded library is cut\.$/.test(
          message,
        ),
    )
    if (dump === undefined) return
    await symbols.load([...dump.stacks.values()].flatMap(({ native }) => native))
    toRecords(dump, process.pid, (address) => symbols.name(address))
    toSamples(dump)
    if (identify(live, dump, 30).length !== live.length) throw new Error('a descriptor got lost')
  },
}
