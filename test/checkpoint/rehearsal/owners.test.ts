import { expect, test } from 'vitest'
import { type CracVersion, cracVersions } from '../../../harness/checkpoint/engine.js'
import { jdkOf, jdk, jdks } from '../../support/java.js'
import { Owners, VirtualSelect } from './programs/owner-programs.js'
import { cases, messages, workshopFor, running } from './programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'

const workshop = workshopFor({ Owners, VirtualSelect })

type Expected = RegExp[] | Record<CracVersion, RegExp[]>

const listener = /^sun\.nio\.ch\.ServerSocketChannelImpl\[\/127\.0\.0\.1:\d+\]$/
const scanned = (type: string, path: string): RegExp => new RegExp(`^FD fd=\\d+ type=${type} path=${path}`)
const scannedPipe = scanned('fifo', 'pipe:')
const epoll = [
  scanned('unknown', 'anon_inode:\\[eventpoll\\]'),
  scanned('unknown', 'anon_inode:\\[eventfd\\]'),
]
const leftOpen = [/^EPoll Event FD \d+ left open in /, /^EPoll FD \d+ left open in /]
const busy = (channel: string): RegExp =>
  new RegExp(`^Selector .* has registered keys from channels: \\[${channel}`)
/** A selector with one key, beside what its channel has to say. */
const busySelector = (channel: string, own: RegExp): Record<CracVersion, RegExp[]> => {
  const claimed = [busy(channel), own, ...leftOpen]
  return { '21.0.4': [/^$/, own, ...epoll], '21': claimed, '25': claimed }
}
const watchService = [
  scanned('unknown', 'anon_inode:inotify'),
  ...Array<RegExp>(2).fill(scanned('socket', '')),
]
const group = [scanned('unknown', 'anon_inode:\\[eventpoll\\]'), scannedPipe, scannedPipe]
const pipe = /^sun\.nio\.ch\.PipeImpl\$1@/
const leakedListener = [scanned('socket', 'socket:')]
const processStream = /^java\.lang\.Process\$PipeInputStream@/

/** Derived, not recorded: the third column names the section or the recorded program that says so. */
const programs: [string, Expected, string][] = [
  ['channel of a RandomAccessFile', [/^dir\/\.\.\/data\.txt$/], 'decisions.md 2.3: the path as it was given'],
  ['file that is deleted on close', [/^gone-soon\.txt$/], 'recorded as FileDeleted'],
  ['two ZipFiles over one file', [/^data\.zip$/], 'decisions.md 2.3: the JDK opens one file for both'],
  ['closed URLClassLoader', [], 'decisions.md 2.3'],
  ['jar: URL, read in a frame that is gone', [], 'decisions.md 1.3'],
  [
    'jar: URL, read in a frame that waits',
    [/^plugin\.jar$/],
    'decisions.md 1.3: a dead local holds the stream',
  ],
  ['random device opened by the app', [/^\/dev\/urandom$/], 'decisions.md 2.3'],
  ['System.in closed', [], 'decisions.md 2.7'],
  ['stream over FileDescriptor.in', [], 'decisions.md 2.7, recorded as StdinReader'],
  ['mapped file, its channel closed', [], 'decisions.md 2.1: mappings are not looked at'],
  [
    'directory stream',
    Array<RegExp>(2).fill(scanned('directory', '.*/dir$')),
    'decisions.md 2.9: two descriptors',
  ],
  [
    'connected datagram channel',
    [/^FileDescriptor \d+: socket: family=AF_INET6 type=SOCK_DGRAM localaddr=0a\w+ remoteaddr=0a\w+$/],
    'decisions.md 3.2, recorded as DgChan',
  ],
  ['leaked datagram channel', [], 'decisions.md 1.3: no socket claim holds it, so its cleaner closes it'],
  [
    'leaked listener',
    { '21.0.4': leakedListener, '21': [listener], '25': [listener] },
    'decisions.md 1.3: claimed before the GC since sockets have a priority of their own',
  ],
  ['new Socket()', [], 'decisions.md 2.6: it has no descriptor yet'],
  [
    'bound SocketChannel',
    [/^java\.nio\.channels\.SocketChannel\[unconnected local=\/127\.0\.0\.1:\d+\]$/],
    'recorded as SscUnbound',
  ],
  [
    'unbound unix sockets',
    [
      /^java\.nio\.channels\.SocketChannel\[unconnected\]$/,
      /^sun\.nio\.ch\.ServerSocketChannelImpl\[unbound\]$/,
    ],
    'recorded as SscUnbound',
  ],
  ['closed asynchronous channel', group, 'decisions.md 2.9, recorded as AsyncSock: the group stays'],
  ['cancelled key, nobody selects', [listener], 'decisions.md 4.3: a helper selects and flushes it'],
  [
    'cancelled key, a thread selects',
    { ...busySelector('sun', listener), '25': [listener] },
    'decisions.md 4.3, recorded as SelClosedKeyBlocked: only 25 flushes',
  ],
  [
    'key without an interest',
    [listener],
    'decisions.md 4.1: counts what a select has taken over, which never takes this',
  ],
  ['key whose interest is gone', busySelector('sun', listener), 'decisions.md 4.1: interest 0 counts'],
  ['key that the selecting thread has not seen', [listener], 'decisions.md 4.1'],
  ['selector with a wakeup pending', [], 'decisions.md 4.1'],
  [
    'selector over one end of a pipe',
    busySelector('sun\\.nio\\.ch\\.SourceChannelImpl@', pipe),
    'decisions.md 4.2, recorded as NioPipe',
  ],
  ['pipe, one end closed', [pipe], 'decisions.md 2.8: one exception for both ends'],
  ['pipe, both ends closed', [], 'decisions.md 2.8'],
  [
    'one end of a leaked pipe',
    [/^FileDescriptor \d+: fifo: /, scannedPipe],
    'decisions.md 1.3: the GC comes before pipes',
  ],
  [
    'leaked pipe',
    [scannedPipe, scannedPipe],
    'decisions.md 1.3: the GC comes before pipes, and a pipe has no cleaner',
  ],
  ['process, its input closed', [processStream, processStream], 'recorded as Proc'],
  [
    'process that writes to a file',
    [/^java\.lang\.ProcessImpl\$ProcessPipeOutputStream@/],
    'recorded as Proc',
  ],
  ['two watch services', [...watchService, ...watchService], 'decisions.md 2.9, recorded as WatchKeys'],
  ['file opened by beforeCheckpoint', [/^data\.txt$/], 'decisions.md 1.1: judged after the notifications'],
  ['channel closed by beforeCheckpoint, its key left', [], 'recorded as ResCloseSel'],
]

test.each(programs)('%s: the answer follows from the rules of each generation', async (name, expected) => {
  const play = (versions: readonly CracVersion[]): Promise<void> =>
    running(workshop, `${cases} Owners ${name.replaceAll(' ', '_')}`, async (app) => {
      for (const version of versions) {
        const wanted = Array.isArray(expected) ? expected : expected[version]
        const said = messages(await app.ask(version))
        expect({ version, said: [...said].sort() }).toEqual({ version, said: matching(said, wanted) })
      }
    })
  if (Array.isArray(expected)) await play(cracVersions)
  // What one generation's order leaves to the garbage collector, the next would not find any more.
  else for (const version of cracVersions) await play([version])
})

/** The same messages, where each of them fits a pattern of its own; else the patterns, to show what is missing. */
function matching(said: string[], wanted: RegExp[]): string[] {
  const left = [...wanted]
  const fits = said.every((message) => {
    const at = left.findIndex((pattern) => pattern.test(message))
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
  return fits && left.length === 0 ? [...said].sort() : wanted.map(String)
}

const jdk25 = jdks.find(({ feature }) => feature === 25)

needing(jdkOf(25))('on JDK 25, too, the 21 line hides the path that a unix socket is bound to', async () => {
  await running(
    workshop,
    `${cases} Owners connected_unix_sockets`,
    async (app) => {
      const accepted = async (version: CracVersion): Promise<string | undefined> =>
        messages(await app.ask(version)).at(-1)
      expect(await accepted('21')).toBe('java.nio.channels.SocketChannel[connected local= remote=]')
      expect(await accepted('25')).toBe('java.nio.channels.SocketChannel[connected local=u.sock remote=]')
    },
    { jdk: jdk25 ?? jdk },
  )
})

/** decisions.md 4.1: a helper selects for the virtual thread, and takes over its keys; but nobody has recorded it. */
needing(jdkOf(25))(
  'a key that a selecting virtual thread has not taken over is unknowable in 25',
  async () => {
    const answer = await running(workshop, `${cases} VirtualSelect`, (app) => app.ask(), {
      jdk: jdk25 ?? jdk,
    })
    expect(
      answer.findings.map(({ message, unknowable }) => [message.replace(/[ [].*/, ''), unknowable]),
    ).toEqual([
      ['Selector', true],
      ['EPoll', true],
      ['EPoll', true],
      ['sun.nio.ch.ServerSocketChannelImpl', false],
    ])
    expect(answer.note).toContain('a selecting virtual thread')
  },
)
