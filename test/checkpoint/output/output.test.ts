import { describe, expect, test } from 'vitest'
import { OutputParser, parseOutput } from '../../../harness/checkpoint/output/output.js'

const suppressed = (exception: string) =>
  parseOutput(`jdk.internal.crac.mirror.CheckpointException\n\tSuppressed: ${exception}\n`).findings[0]

const impl = 'jdk.internal.crac.mirror.impl.CheckpointOpen'
const none = { fd: null, address: null }

test.each([
  // Java's claims
  [`${impl}FileException: /srv/app/data 1.txt`, { ...none, resource: 'file' }],
  [`${impl}FileException: data.txt`, { ...none, resource: 'file' }],
  [`${impl}FileException: File descriptor is already open`, { ...none, resource: 'file' }],
  [`${impl}ResourceException: Cannot close /srv/a.txt`, { ...none, resource: 'file' }],
  [
    `${impl}SocketException: Socket[addr=db/10.0.0.9,port=5432,localport=40000]`,
    { fd: null, resource: 'socket', address: { local: ':40000', remote: 'db/10.0.0.9:5432' } },
  ],
  [
    `${impl}SocketException: ServerSocket[addr=0.0.0.0/0.0.0.0,localport=8080]`,
    { fd: null, resource: 'socket', address: { local: '0.0.0.0/0.0.0.0:8080', remote: null } },
  ],
  [
    `${impl}SocketException: sun.nio.ch.ServerSocketChannelImpl[/[0:0:0:0:0:0:0:0]:8080]`,
    { fd: null, resource: 'socket', address: { local: '/[0:0:0:0:0:0:0:0]:8080', remote: null } },
  ],
  [
    `${impl}SocketException: java.nio.channels.SocketChannel[connected local=/10.0.0.4:1 remote=db/10.0.0.9:5432]`,
    { fd: null, resource: 'socket', address: { local: '/10.0.0.4:1', remote: 'db/10.0.0.9:5432' } },
  ],
  [
    `${impl}SocketException: java.nio.channels.SocketChannel[connection-pending remote=/10.0.0.9:5432]`,
    { fd: null, resource: 'socket', address: { local: null, remote: '/10.0.0.9:5432' } },
  ],
  [
    `${impl}SocketException: sun.nio.ch.UnixAsynchronousServerSocketChannelImpl[/127.0.0.1:33973]`,
    { fd: null, resource: 'socket', address: { local: '/127.0.0.1:33973', remote: null } },
  ],
  [
    `${impl}SocketException: sun.nio.ch.ServerSocketChannelImpl[/tmp/my app.sock]`,
    { fd: null, resource: 'socket', address: { local: '/tmp/my app.sock', remote: null } },
  ],
  [
    `${impl}SocketException: Cannot find remote address for sun.nio.ch.SocketChannelImpl[connected local=/10.0.0.4:1]`,
    { fd: null, resource: 'socket', address: { local: '/10.0.0.4:1', remote: null } },
  ],
  [
    `${impl}SocketException: SSLSocket[hostname=db.acme.example, port=443, Session(17|TLS_AES_256_GCM_SHA384)]`,
    { fd: null, resource: 'socket', address: { local: null, remote: 'db.acme.example:443' } },
  ],
  ...['closed', 'unbound', ''].map(
    (state) =>
      [
        `${impl}SocketException: sun.nio.ch.ServerSocketChannelImpl[${state}]`,
        { ...none, resource: 'socket' },
      ] as const,
  ),
  [`${impl}SocketException: java.nio.channels.SocketChannel[unconnected]`, { ...none, resource: 'socket' }],
  [`${impl}SocketException: sun.nio.ch.DatagramChannelImpl@1b2c3d`, { ...none, resource: 'socket' }],
  [`${impl}ResourceException: sun.nio.ch.PipeImpl$1@1b2c3d`, { ...none, resource: 'pipe' }],
  [`${impl}ResourceException: Pipe 5 -> 6`, { ...none, resource: 'pipe' }],
  [`${impl}ResourceException: java.lang.Process$PipeInputStream@1b2c3d`, { ...none, resource: 'pipe' }],
  [
    `${impl}ResourceException: java.lang.ProcessImpl$ProcessPipeOutputStream@1b2c3d`,
    { ...none, resource: 'pipe' },
  ],
  // bare descriptors
  [
    `${impl}ResourceException: FileDescriptor 5: regular: /srv/app/data.txt`,
    { fd: 5, resource: 'file', address: null },
  ],
  [`${impl}ResourceException: FileDescriptor 5: fifo: pipe:[17]`, { fd: 5, resource: 'pipe', address: null }],
  [
    `${impl}ResourceException: FileDescriptor 5: socket: family=AF_UNIX`,
    { fd: 5, resource: 'socket', address: null },
  ],
  [
    `${impl}ResourceException: FileDescriptor 6: socket: family=AF_INET6 type=SOCK_DGRAM localaddr=0a00ca150000000000000000000000000000ffff7f00000100000000 remoteaddr=`,
    { fd: 6, resource: 'socket', address: { local: '[::ffff:127.0.0.1]:51733', remote: null } },
  ],
  [
    `${impl}ResourceException: FileDescriptor 6: socket: family=AF_INET6 type=SOCK_DGRAM localaddr=0a0000350000000020010db800000000000000000000000100000000 remoteaddr=0a000035000000000000000000000000000000000000000000000000`,
    { fd: 6, resource: 'socket', address: { local: '[2001:db8::1]:53', remote: '[::]:53' } },
  ],
  [
    `${impl}ResourceException: FileDescriptor 6: socket: family=AF_INET type=SOCK_DGRAM localaddr=02000035c0a800010000000000000000 remoteaddr=0200`,
    { fd: 6, resource: 'socket', address: { local: '192.168.0.1:53', remote: null } },
  ],
  [
    `${impl}ResourceException: FileDescriptor 6: socket: family=AF_UNIX type=SOCK_STREAM localaddr=01002f746d702f6100 remoteaddr=`,
    { fd: 6, resource: 'socket', address: { local: '/tmp/a', remote: null } },
  ],
  // the native scan
  [
    `${impl}FileException: FD fd=61 type=regular path=/tmp/a b (deleted)`,
    { fd: 61, resource: 'file', address: null },
  ],
  [`${impl}FileException: FD fd=61 type=directory path=/tmp`, { fd: 61, resource: 'file', address: null }],
  [
    `${impl}ResourceException: FD fd=4 type=fifo path=pipe:[8953321]`,
    { fd: 4, resource: 'pipe', address: null },
  ],
  [
    `${impl}ResourceException: FD fd=9 type=unknown path=anon_inode:[eventpoll]`,
    { fd: 9, resource: 'other', address: null },
  ],
  [
    `${impl}ResourceException: FD fd=9 type=unknown path=anon_inode:inotify`,
    { fd: 9, resource: 'other', address: null },
  ],
  [
    `${impl}SocketException: FD fd=7 type=socket path=socket:[19379]`,
    { fd: 7, resource: 'socket', address: null },
  ],
  // selectors
  ['java.nio.channels.IllegalSelectorException', { ...none, resource: 'selector', message: '' }],
  ['java.nio.channels.IllegalSelectorException: null', { ...none, resource: 'selector', message: '' }],
  [
    'sun.nio.ch.SelectorCRaCSupport$BusySelectorException: Selector sun.nio.ch.EPollSelectorImpl@1f has registered keys from channels: [sun.nio.ch.ServerSocketChannelImpl[closed]]',
    { ...none, resource: 'selector', type: 'BusySelectorException' },
  ],
  [
    `${impl}SocketException: EPoll Event FD 12 left open in sun.nio.ch.EPollSelectorImpl@1f with registered keys.`,
    { fd: 12, resource: 'selector', address: null },
  ],
  // what is no descriptor
  ['java.lang.RuntimeException: Native checkpoint failed.', { ...none, resource: 'native' }],
  ['java.lang.RuntimeException: Unknown C/R result: 3', { ...none, resource: 'native' }],
  ['java.lang.RuntimeException: C/R is not configured', { ...none, resource: 'other' }],
  ['java.lang.IllegalStateException: Recursive checkpoint is not allowed', { ...none, resource: 'other' }],
  ['java.lang.UnsupportedOperationException', { ...none, resource: 'other', message: '' }],
  [
    'jdk.internal.crac.OpenResourcePolicies$ConfigurationException: File none.yaml used in property jdk.crac.resource-policies does not exist',
    { ...none, resource: 'other', type: 'ConfigurationException' },
  ],
] as const)('reads what is suppressed: %s', (exception, expected) => {
  const found = suppressed(exception)
  expect(found).toMatchObject(expected)
  if (!('message' in expected)) expect(exception.endsWith(`: ${found?.message ?? ''}`)).toBe(true)
})

test.each([
  [
    'jdk.crac.impl.CheckpointOpenSocketException: tcp6 localAddr :: localPort 8080 remoteAddr :: remotePort 0',
    { resource: 'socket', address: { local: '[::]:8080', remote: '[::]:0' } },
  ],
  [
    'jdk.crac.impl.CheckpointOpenSocketException: udp localAddr 0.0.0.0 localPort 53 remoteAddr 10.0.0.9 remotePort 99',
    { resource: 'socket', address: { local: '0.0.0.0:53', remote: '10.0.0.9:99' } },
  ],
  ['jdk.crac.impl.CheckpointOpenSocketException: socket:[375218]', { resource: 'socket', address: null }],
  ['jdk.crac.impl.CheckpointOpenResourceException: anon_inode:inotify', { resource: 'other' }],
  ['jdk.crac.impl.CheckpointOpenResourceException: pipe:[372585]', { resource: 'pipe' }],
  ['jdk.crac.impl.CheckpointOpenFileException: /tmp/abc.tmp (deleted)', { resource: 'file' }],
])('reads what the JDK 14 prototype throws bare: %s', (line, expected) => {
  const output = parseOutput(`${line}\n\tat java.base/jdk.crac.Core.translateJVMExceptions(Core.java:80)\n`)
  expect(output).toMatchObject({ outcome: 'checkpoint-failed', top: null, findings: [expected] })
})

test.each([
  [
    'jdk.crac.impl.CheckpointOpenFileException: FileDescriptor 4 left open: /etc/passwd (regular) ',
    { fd: 4, resource: 'file', message: 'FileDescriptor 4 left open: /etc/passwd (regular)' },
  ],
  [
    'jdk.crac.impl.CheckpointOpenFileException: FileDescriptor 7 left open: tcp6 local /[0:0:0:0:0:0:0:0]:8080 remote not bound ',
    { fd: 7, resource: 'socket', address: { local: '/[0:0:0:0:0:0:0:0]:8080', remote: null } },
  ],
])('reads what 17 said in early 2023: %s', (line, expected) => {
  expect(suppressed(line)).toMatchObject(expected)
})

describe('the table', () => {
  test.each([
    [
      'JVM: FD fd=5 type=socket: details1="socket:[17]"  details2="tcp6 localAddr :: localPort 80" BAD: opened by application',
      { fd: 5, type: 'socket', path: 'socket:[17]', reason: 'opened by application', ok: false },
    ],
    [
      'JVM: FD fd=5 type=regular: details1="/a" BAD: opened by application details2="/a" ',
      { fd: 5, type: 'regular', path: '/a', reason: 'opened by application', ok: false },
    ],
    [
      'JVM: FD fd=1 type=character: details1="/dev/random" OK: always available, random or urandom',
      {
        fd: 1,
        type: 'character',
        path: '/dev/random',
        reason: 'always available, random or urandom',
        ok: true,
      },
    ],
    [
      'JVM: FD fd=8 type=regular path="/a "b" OK: c" OK: allowed in -XX:CRaCAllowedOpenFilePrefixes',
      {
        fd: 8,
        type: 'regular',
        path: '/a "b" OK: c',
        reason: 'allowed in -XX:CRaCAllowedOpenFilePrefixes',
        ok: true,
      },
    ],
  ])('is read in every generation: %s', (line, expected) => {
    expect(parseOutput(`${line}\nCR: Checkpoint ...\n`).resources).toEqual([expected])
  })

  test('a line that the end of the text cut is not half read', () => {
    expect(parseOutput('JVM: FD fd=8 type=regular path="/a').resources).toEqual([])
  })
})

const failure = (text: string) => {
  const { outcome, findings } = parseOutput(text)
  return [outcome, ...findings.map(({ type, message, resource }) => [type, resource, message])]
}

test.each([
  [
    'JVM: invalid info for restore provided: not queued',
    'checkpoint-failed',
    'invalid info for restore provided: not queued',
  ],
  [
    'JVM: invalid info for restore provided (may be failed checkpoint)',
    'checkpoint-failed',
    'invalid info for restore provided (may be failed checkpoint)',
  ],
  ['CR: /opt/jdk/lib/criu call failed', 'checkpoint-failed', '/opt/jdk/lib/criu call failed'],
  [
    'CRIU failed with exit code 1 - check cr/dump4.log',
    'checkpoint-failed',
    'CRIU failed with exit code 1 - check cr/dump4.log',
  ],
  ['cannot find CRIU to use', 'checkpoint-failed', 'cannot find CRIU to use'],
  [
    '[0.1s][error][crac] CRaC engine failed to checkpoint to cr: error 3',
    'checkpoint-failed',
    'CRaC engine failed to checkpoint to cr: error 3',
  ],
  [
    'OpenJDK 64-Bit Server VM warning: Could not find /opt/jdk/lib/criuengine: No such file or directory',
    'checkpoint-failed',
    'Could not find /opt/jdk/lib/criuengine: No such file or directory',
  ],
  [
    '[ERROR   ] CWWKC0453E: The server checkpoint request failed with the following message: err=-52',
    'checkpoint-failed',
    'CWWKC0453E: The server checkpoint request failed with the following message: err=-52',
  ],
  [
    'CWWKE0957I: Restoring the checkpoint server process failed. Check the log.',
    'restore-failed',
    'CWWKE0957I: Restoring the checkpoint server process failed. Check the log.',
  ],
  [
    '[0.1s][error][crac] Cannot open CRaCRestoreFrom=cr: No such file or directory',
    'restore-failed',
    'Cannot open CRaCRestoreFrom=cr: No such file or directory',
  ],
  [
    "VM option 'NativeMemoryTracking' is not restore-settable and is not available on restore.",
    'restore-failed',
    "VM option 'NativeMemoryTracking' is not restore-settable and is not available on restore.",
  ],
  [
    "Error (criu/cr-restore.c:1506): Can't fork for 9: Read-only file system",
    'restore-failed',
    "Can't fork for 9: Read-only file system",
  ],
  [
    '(00.1) Error (criu/cr-restore.c:2100): Pid 9 do not match expected 12',
    'restore-failed',
    'Pid 9 do not match expected 12',
  ],
  ['52502.443912: warp: Checkpoint failed!', 'checkpoint-failed', 'warp: Checkpoint failed!'],
])('reads how an engine fails: %s', (line, outcome, message) => {
  expect(failure(`${line}\n`)).toEqual([outcome, [null, 'native', message]])
})

test('a CPU that lacks features is a failed restore, whatever else the sentence names', () => {
  const line =
    'You have to specify -XX:CPUFeatures=0x2,0x3 together with -XX:CRaCCheckpointTo when making a checkpoint file; specified -XX:CRaCRestoreFrom file contains CPU features 0x4,0x3; missing features of this CPU are 0x4,0x0 = avx512f'
  expect(failure(line)).toEqual(['restore-failed', [null, 'native', line]])
})

test('OpenJ9 says by the class which half failed', () => {
  const at = '\n\tat openj9.criu/org.eclipse.openj9.criu.CRIUSupport.checkpointJVM(CRIUSupport.java:800)\n'
  expect(failure(`org.eclipse.openj9.criu.SystemCheckpointException: Could not dump, err=-52${at}`)).toEqual([
    'checkpoint-failed',
    ['SystemCheckpointException', 'native', 'Could not dump, err=-52'],
  ])
  expect(failure(`Caused by: org.eclipse.openj9.criu.JVMRestoreException: no${at}`)[0]).toBe('restore-failed')
})

test('the lines of one failing engine make one finding, which names the cause', () => {
  expect(
    failure(
      [
        'CR: Checkpoint ...',
        'CRIU failed with exit code 1 - check cr/dump4.log',
        '(00.003985) Warn  (criu/net.c:1): unable',
        '(00.004001) Error (compel/src/lib/infect.c:358): Unable to detach from 15763: No such process',
        '(00.004009) Error (criu/cr-dump.c:2063): Dumping FAILED.',
        'CWWKE0963E: The server checkpoint request failed because netlink system calls were unsuccessful.',
      ].join('\n'),
    ),
  ).toEqual(['checkpoint-failed', [null, 'native', 'Unable to detach from 15763: No such process']])
})

test("errors that CRIU got over don't count", () => {
  const text = '(00.1) Error (criu/kerndat.c:1): no hugetlb\n(00.2) Dumping finished successfully\n'
  expect(failure(text)).toEqual(['checkpoint-ok'])
})

test('an aggregate without anything suppressed is a failure of the engine', () => {
  expect(failure('CR: Checkpoint ...\njdk.crac.CheckpointException\n\tat Main.main(Main.java:6)\n')).toEqual([
    'checkpoint-failed',
  ])
})

test.each([
  ['CR: Checkpoint ...', 'checkpoint-ok'],
  ['[2.930s][info][crac] Checkpoint ...', 'checkpoint-ok'],
  ['CR: Skip Checkpoint', 'checkpoint-ok'],
  ['4711:\nCommand executed successfully', 'checkpoint-ok'],
  ['52502.633711: warp: Checkpoint successful!', 'checkpoint-ok'],
  ['java -XX:CRaCCheckpointTo=cr -jar a.jar\nKilled', 'checkpoint-ok'],
  [
    'INFO: Starting checkpoint\n./run.sh: line 13:     8 Killed                  java -jar a.jar',
    'checkpoint-ok',
  ],
  ['INFO: Starting checkpoint\n[1]    138991 killed     java -jar a.jar', 'checkpoint-ok'],
  ['INFO: Starting checkpoint\napp-1 exited with code 137', 'checkpoint-ok'],
  ['INFO: Starting checkpoint\n[1]  + 138991 killed     java -jar a.jar', 'checkpoint-ok'],
  ['INFO: Starting checkpoint\nzsh: killed     java -jar a.jar', 'checkpoint-ok'],
  ['INFO: Starting checkpoint\nmake: *** [run] Error 137', 'checkpoint-ok'],
  ['INFO: Starting checkpoint\nWorker 12 killed by the scheduler', null],
  [
    'CWWKC0451I: A server checkpoint was requested.\nx: line 951:   130 Killed                  "${JAVA}"',
    'checkpoint-ok',
  ],
  ['warp: Restore successful!', 'restore-ok'],
  ['x : Spring-managed lifecycle restart completed (restored JVM running for 30 ms)', 'restore-ok'],
  ['x : Restored OrdersApplication in 0.19 seconds (process running for 0.2)', 'restore-ok'],
  [
    'CWWKC0452I: The Liberty server process resumed operation from a checkpoint in 0.2 seconds.',
    'restore-ok',
  ],
  ['Killed', null],
  ['nothing here', null],
  ['', null],
])('tells success by its words: %s', (text, outcome) => {
  expect(parseOutput(text)).toMatchObject({ outcome, findings: [] })
})

const ok = 'CR: Checkpoint ...\nKilled\n'
const refused =
  'jdk.crac.CheckpointException\n\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: a.txt\n'
const engineFailed = 'CR: Checkpoint ...\nJVM: invalid info for restore provided: queued code -1\n'
const restored = 'warp: Restore successful!\n'
const notRestored = "Error (criu/cr-restore.c:1506): Can't fork for 9: File exists\n"

test.each([
  [ok + restored, 'checkpoint-ok'],
  [ok + notRestored, 'restore-failed'],
  [ok + refused, 'mixed'],
  [refused + ok, 'mixed'],
  [engineFailed + ok, 'mixed'],
  [ok + engineFailed, 'mixed'],
  [notRestored + restored, 'mixed'],
  [refused + refused, 'checkpoint-failed'],
  [refused + engineFailed, 'checkpoint-failed'],
  [engineFailed + engineFailed, 'checkpoint-failed'],
])('says how a text with several results ended: %j', (text, outcome) => {
  expect(parseOutput(text).outcome).toBe(outcome)
})

test('pieces may be cut anywhere', () => {
  const text = refused + engineFailed + ok
  for (let size = 1; size < 9; size++) {
    const parser = new OutputParser()
    for (let at = 0; at < text.length; at += size) parser.push(text.slice(at, at + size))
    expect(parser.end()).toEqual(parseOutput(text))
  }
})
