/** A checkpoint of an app in a container, and its return in another one of the same image. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import type { RunningApp } from '../../../harness/run/running-app.js'
import { answerOf } from '../../../harness/model/answer.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../../support/capability.js'
import { criu } from '../../support/criu.js'
import { docker, engine, image, inventory } from '../../support/docker.js'

/** A server that counts its visitors, by what a stock run-time of the fewest modules has. */
const counts = `import java.io.*; import java.net.*; import jdk.crac.*;
public class Counts implements Resource { static final Counts me = new Counts(); static ServerSocket server; static int visitors; static java.nio.MappedByteBuffer map;
    static void start() throws Exception { server = new ServerSocket(8080); ServerSocket mine = server;
        new Thread(() -> { try { while (true) try (Socket s = mine.accept()) { BufferedReader in = new BufferedReader(new InputStreamReader(s.getInputStream())); while (!in.readLine().isEmpty()) { }
            s.getOutputStream().write(("HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 1\\r\\n\\r\\n" + ++visitors).getBytes()); } } catch (IOException e) { } }, "server").start(); }
    public void beforeCheckpoint(Context<? extends Resource> c) throws Exception { server.close(); }
    public void afterRestore(Context<? extends Resource> c) throws Exception { start(); }
    public static void main(String[] a) throws Exception { start(); Core.getGlobalContext().register(me);
        if (a.length > 0) try (RandomAccessFile made = new RandomAccessFile("/tmp/made.txt", "rw")) { map = made.getChannel().map(java.nio.channels.FileChannel.MapMode.READ_WRITE, 0, 4096); }
        System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Counts: counts })
afterAll(() => {
  workshop.remove()
})

const app = (name: string, ...args: string[]) => ({
  image: image(name),
  binds: [{ source: workshop.jar, target: '/work/app.jar', mode: 'ro' as const }],
  command: [...(name === 'user' ? [] : ['java']), '-cp', '/work/app.jar', 'Counts', ...args],
  ports: [8080],
  ready: { log: /READY/ },
})

function visiting(): { answers: string[]; warmUp: (app: RunningApp) => Promise<void> } {
  const answers: string[] = []
  const warmUp = async (app: RunningApp) => {
    answers.push(await (await app.fetch('/')).text())
  }
  return { answers, warmUp }
}

needing(engine, criu)('an app comes back in another container of its image, with its state', async () => {
  const before = await inventory()
  const { answers, warmUp } = visiting()
  const report = await preflight(app('root'), { restore: true, trace: 'preload', warmUp })
  expect(report).toMatchObject({ failure: null, verdict: 'checkpointable', blockers: [] })
  expect(report.restoration).toMatchObject({
    verdict: 'restored',
    engine: 'criu',
    capabilities: ['CHECKPOINT_RESTORE', 'SYS_PTRACE'],
  })
  // Its third visitor is the second one of another life.
  expect(answers).toEqual(['1', '2', '2'])
  const told = report.restoration?.differences.map(({ kind, change }) => `${kind} ${change}`)
  expect(told).toEqual(expect.arrayContaining(['listener restored', 'host-name changed', 'clock changed']))
  expect(renderTerminal(answerOf(report), { color: false, width: 400 })).toMatch(
    /restored by CRIU \S+ in another container, with CHECKPOINT_RESTORE and SYS_PTRACE and without a seccomp profile, in/,
  )
  expect(await inventory()).toEqual(before)
})

needing(engine, criu)('a file that only the first container had is named, and nothing stays', async () => {
  const before = await inventory()
  const report = await preflight(app('root', 'maps'), { restore: true, trace: 'none' })
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.blockers.map(({ id }) => id)).toEqual(['after-restore:image'])
  expect(report.restoration?.reason).toMatch(/^CRIU could not bring the app back: .*tmp\/made\.txt/)
  expect(await inventory()).toEqual(before)
})

needing(engine, criu)(
  'an app of uid 1000 without a shell on a read-only root is kept, and comes back by the lines of a Dockerfile',
  async () => {
    const folder = join(workshop.folder, 'kept')
    const { answers, warmUp } = visiting()
    const spec = { ...app('user'), readOnly: true, tmpfs: { '/tmp': '' } }
    const report = await preflight(spec, {
      ...{ restore: true, restoreOnce: true, keepImage: folder, trace: 'preload', warmUp },
    })
    expect(report).toMatchObject({
      failure: null,
      verdict: 'checkpointable',
      restoration: { kept: { folder } },
    })
    expect(answers).toEqual(['1', '2'])
    const lines = readFileSync(join(folder, 'Dockerfile'), 'utf8').trimEnd().split('\n').slice(1)
    expect(lines).toEqual(report.restoration?.kept?.use)
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['FROM', 'COPY', 'USER', 'ENTRYPOINT'])

    // What a builder does with these lines, by the engine's own interface.
    const api = await docker()
    const [from = '', copy = '', ...config] = lines
    const made = await api.createContainer({ Image: from.replace('FROM ', '') })
    execFileSync('tar', [
      '-C',
      folder,
      '--transform',
      `s,^\\.,${copy.split(' ').at(-1) ?? ''},`,
      '-cPf',
      join(workshop.folder, 'kept.tar'),
      '.',
    ])
    await made.putArchive(join(workshop.folder, 'kept.tar'), { path: '/' })
    const { Id } = (await made.commit({ repo: 'crac-preflight-test/kept', changes: config })) as {
      Id: string
    }
    await made.remove()
    const container = await api.createContainer({
      Image: Id,
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: {
        CapAdd: ['CHECKPOINT_RESTORE', 'SYS_PTRACE'],
        SecurityOpt: ['seccomp=unconfined'],
        Binds: [`${workshop.jar}:/work/app.jar:ro`],
        PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
    })
    try {
      await container.start()
      const { NetworkSettings } = await container.inspect()
      const port = NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort ?? ''
      const ask = () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          (response) => response.text(),
          () => '',
        )
      await expect.poll(ask, { timeout: 20_000 }).toBe('2')
    } finally {
      await container.remove({ force: true })
      await api.getImage(Id).remove({ force: true })
    }
  },
)
