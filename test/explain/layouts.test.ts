import { expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'

const text = `4711:
An exception during a checkpoint operation:
jdk.internal.crac.mirror.CheckpointException
	Suppressed: jdk.internal.crac.mirror.impl.CheckpointOpenSocketException: sun.nio.ch.ServerSocketChannelImpl[/[0:0:0:0:0:0:0:0]:8080]
		at java.base/jdk.internal.crac.JDKSocketResourceBase.lambda$beforeCheckpoint$0(JDKSocketResourceBase.java:68)
		at java.base/jdk.internal.crac.mirror.Core.checkpointRestore1(Core.java:169)
	Caused by: java.lang.Exception: This file descriptor was created by main at epoch:1700000000000 here
		at java.base/sun.nio.ch.ServerSocketChannelImpl.<init>(ServerSocketChannelImpl.java:129)
		at com.acme.shop.Server.start(Server.kt:31)
		... 2 more
	Suppressed: jdk.internal.crac.mirror.impl.CheckpointOpenFileException: logs/app one.log
		at java.base/jdk.internal.crac.JDKFileResource.lambda$beforeCheckpoint$0(JDKFileResource.java:52)
	Caused by: java.lang.Exception: This file descriptor was created by writer thread 7 at epoch:1700000000001 here
		at java.base/java.io.FileOutputStream.open0(Native Method)
		at com.acme.shop.Audit$Log.open(Audit.scala:10)
	Suppressed: jdk.internal.crac.mirror.impl.CheckpointOpenFileException: FD fd=57 type=regular path=/sys/fs/cgroup/cpu,cpuacct/svc.slice/cpu.cfs_quota_us
		at java.base/jdk.internal.crac.mirror.Core.translateJVMExceptions(Core.java:115)
	Suppressed: jdk.internal.crac.mirror.impl.CheckpointOpenSocketException: java.nio.channels.SocketChannel[connected local=/10.0.0.4:50404 remote=db.acme.example/10.0.0.3:5432]
		at java.base/jdk.internal.crac.JDKSocketResourceBase.lambda$beforeCheckpoint$0(JDKSocketResourceBase.java:68)
	Suppressed: jdk.internal.crac.mirror.impl.CheckpointOpenResourceException: FileDescriptor 6: socket: family=AF_INET6 type=SOCK_DGRAM localaddr=0a00 remoteaddr=
		at java.base/java.io.FileDescriptor$Resource.beforeCheckpoint(FileDescriptor.java:401)
	Suppressed: sun.nio.ch.EPollSelectorImpl$BusySelectorException: Selector sun.nio.ch.EPollSelectorImpl@476d29ab has registered keys from channels: [sun.nio.ch.ServerSocketChannelImpl[closed]]
		at java.base/sun.nio.ch.EPollSelectorImpl.beforeCheckpoint(EPollSelectorImpl.java:395)
`

/** What it means, without what only the layout decides. */
async function meaning(of: string | Uint8Array[]): Promise<unknown> {
  const [one] = await explainTexts([{ name: 'a.log', text: of }])
  return {
    outcome: one!.whole.outcome,
    findings: one!.whole.findings,
    blockers: one!.text.answers.map(({ blockers }) =>
      blockers.map(({ id, summary, owner, remedy }) => ({ id, summary, owner, remedy })),
    ),
  }
}

const lines = (change: (line: string, at: number) => string) => text.trimEnd().split('\n').map(change)
const each = (change: (line: string, at: number) => string) => `${lines(change).join('\n')}\n`

/** Breaks lines at their spaces, as mail and ticket systems do: what goes on loses its indent. */
function wrapped(width: number, first = '', rest = first): string {
  return each((line) => {
    const spaced = line.replaceAll('\t', '    ')
    const parts: string[] = []
    let part = /^ */.exec(spaced)![0]
    for (const word of spaced.trim().split(' ')) {
      const next = part.trim() === '' ? part + word : `${part} ${word}`
      if (part.trim() !== '' && next.length > width) {
        parts.push(part)
        part = word
      } else part = next
    }
    return [...parts, part].map((one, at) => (at === 0 ? first : rest) + one).join('\n')
  })
}

const widths = [60, 66, 72, 76, 78, 80, 92, 100]

test.each(widths)('what is wrapped at %i columns means what it meant', async (width) => {
  const expected = await meaning(text)
  expect(await meaning(wrapped(width))).toEqual(expected)
  expect(await meaning(wrapped(width, '> '))).toEqual(expected)
  expect(await meaning(wrapped(width, '> > '))).toEqual(expected)
  // A mailer that quotes first and wraps then.
  expect(await meaning(wrapped(width, '> ', ''))).toEqual(expected)
})

test('a message that has room on its line is whole, whatever follows', async () => {
  const shown = await meaning(`${wrapped(72)}jdk.crac.CheckpointException
    Suppressed: jdk.crac.impl.CheckpointOpenFileException: /a
the next line of the app
        at jdk.crac.Core.checkpointRestore(Core.java:1)
`)
  expect(JSON.stringify(shown)).toContain('"file /a"')
})

const escaped = (line: string) => line.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const utf16 = (of: string) => Buffer.from(of, 'utf16le')

test.each<[string, string | Uint8Array[]]>([
  ['in a page of HTML', each((line) => `${escaped(line).replaceAll('\t', '&nbsp;&nbsp;&nbsp;')}<br>`)],
  ['in one line of HTML', `${lines(escaped).join('<br/>')}\n`],
  ['with spaces that must not break', text.replaceAll('\t', '\u00a0\u00a0').replaceAll(': ', ':\u00a0')],
  [
    'in an attribute of XML',
    `<failure message="${lines(escaped).join('&#10;').replaceAll('\t', '&#9;')}"/>\n`,
  ],
  ['as a table of a time and a line', each((line, at) => `17645535${String(10 + at)},"${line}"`)],
  ['as a table with ISO times', each((line) => `2026-12-01T01:45:02.123Z,"${line}"`)],
  ['as a list of strings', JSON.stringify({ stack: lines((line) => line) }, null, 2)],
  ['in UTF-16 that has lost its mark', [utf16(text)]],
  ['in UTF-16 of the other order, without a mark', [utf16(text).swap16()]],
  ['in a page of Jira', `{noformat:title=log}\n${text}{noformat}\n`],
  ['in a fence that is quoted', `> \`\`\`java\n${each((line) => `> ${line}`)}> \`\`\`\n`],
  ['with the line ends of Windows', text.replaceAll('\n', '\r\n')],
])('%s it means what it meant', async (_, of) => {
  expect(await meaning(of)).toEqual(await meaning(text))
})
