import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { TracerError } from '../../../harness/model/errors.js'
import { TracerConnection } from '../../../harness/ledger/observers/kernel/tracer-connection.js'
import type { Target } from '../target.js'

const record = {
  ...{
    type: 'record',
    kind: 'open',
    ts: 1,
    until: null,
    tgid: 1,
    tid: 1,
    nsTid: 1,
    fd: 3,
    syscall: 'openat',
  },
  ...{ file: 'ffff', inode: 1, device: 1, sample: 'sent', comm: 'java', name: 'x', address: null },
  stack: ['0x1'],
}
const live = {
  type: 'live',
  fd: 3,
  file: 'ffff',
  inode: 1,
  device: 1,
  mode: 33188,
  link: '/x',
  inherited: false,
}
const counts = { seen: 1, lost: 0, dropped: 0, unpaired: 0, missed: 0, interrupted: 0 }
const error = { type: 'error', code: 'EPERM', doing: 'load', message: 'x', program: 'on_alloc', uid: 0 }
const loaded = { type: 'loaded', tracepoints: 'raw', missing: [], trial: { made: 1, seen: 1 } }
const lines = [
  loaded,
  { type: 'ready', pid: 1, signal: 27, inherited: 3 },
  record,
  live,
  { type: 'snapshot-end', pid: 1, ...counts },
  error,
]

/** Whatever the program says: an answer, or an error of the tracer, and no request is left without either. */
export const tracerLines: Target = {
  name: 'tracer-lines',
  seeds: [Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)],
  run: async (input) => {
    const events = new EventEmitter()
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const ended = new Promise<string>((resolve) => events.once('end', () => resolve('exit status 0')))
    const program = { stdin, stdout, stderr, ended, kill: () => void events.emit('end') }
    const connection = new TracerConnection(program, 'fdtrace', 10_000)
    const asked = connection.ask('snapshot 1\n', ({ type }) => type === 'snapshot-end')
    stdout.write(input.subarray(0, input.length >> 1))
    stdout.end(input.subarray(input.length >> 1))
    stdout.once('end', () => events.emit('end'))
    const answer = await asked.catch((error: unknown) => error)
    if (!Array.isArray(answer) && !(answer instanceof TracerError)) throw answer
  },
}
