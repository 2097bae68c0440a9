/** A CRaC JDK in an image whose engine writes its own: what the engine finds in the app, and what is left of it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { chmod, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { tar } from '../../../harness/app/container/sidecar/tar.js'
import { preflight } from '../../../harness/preflight.js'
import { bootApp as boot } from '../../../harness/run/boot.js'
import { needing } from '../../support/capability.js'
import { docker, engine, image } from '../../support/docker.js'
import { forkingJdk } from '../../support/forking-launcher.js'
import { compileJava, fixture, jdk, jdks } from '../../support/java.js'

const classes = compileJava('asks', [fixture('java/17/Asks.java'), fixture('java/17/Ends.java')], 17)
const recordings = fixture('transcripts', 'own-checkpoint-21.0.4.txt')
const folder = mkdtempSync(join(tmpdir(), 'real-engine-'))
let cracImage = ''

/** The test image with a launcher and an engine as a CRaC JDK has them. */
beforeAll(async () => {
  if (engine.refusal !== null) return
  const api = await docker()
  const container = await api.createContainer({ Image: image('root') })
  const launcher = await readFile(forkingJdk(jdks.at(-1) ?? jdk).java)
  await container.putArchive(
    tar([
      { path: 'bin/java', mode: 0o755, content: launcher },
      { path: 'lib/criuengine', mode: 0o755, content: Buffer.from('') },
    ]),
    { path: '/opt/java' },
  )
  const { Id } = (await container.commit({ repo: 'crac-preflight-test/crac' })) as { Id: string }
  cracImage = Id
  await container.remove({ force: true })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  if (cracImage !== '') await (await docker()).getImage(cracImage).remove({ force: true })
})

/** An app as `docker run -v FOLDER:/cr` starts it. */
const app = async (name: string, ...command: string[]) => {
  const source = join(folder, name)
  mkdirSync(source)
  await chmod(source, 0o777)
  return {
    source,
    spec: {
      image: cracImage,
      binds: [
        { source, target: '/cr' },
        { source: classes, target: '/classes', mode: 'ro' as const },
        { source: recordings, target: '/recordings.txt', mode: 'ro' as const },
      ],
      command: ['java', '-XX:CREngine=criuengine', ...command],
    },
  }
}

const users = [
  ['as root', {}],
  ['as uid 1000 on a read-only root file system', { user: '1000', readOnly: true, tmpfs: { '/tmp': '' } }],
  ['below an init', { init: true }],
  ['behind a script', { script: true }],
] as const

needing(engine).for(users)(
  'an image that is written counts and stays, with its output: %s',
  async ([name, how]) => {
    const recorded = ['/recordings.txt', 'own-pass-criu', 'image', '/cr/image', 'killed']
    const { source, spec } = await app(
      name.replaceAll(' ', '-'),
      ...['-XX:CRaCCheckpointTo=/cr/image', '-cp', '/classes', 'Asks', ...recorded],
    )
    const command = 'script' in how ? ['sh', '-c', `exec ${spec.command.join(' ')}`] : spec.command
    const report = await preflight(
      { ...spec, command, ...how, ready: { log: /never/ } },
      { trace: 'preload' },
    )
    expect(report).toMatchObject({ failure: null, verdict: 'checkpointable', engine: { name: 'crac' } })
    expect(readdirSync(join(source, 'image'))).toContain('inventory.img')
    expect(readFileSync(join(source, 'image.log'), 'utf8')).toContain('CR: Checkpoint ...')
  },
)

needing(engine)(
  'its engine finds no pipe and no socket of another in the app’s standard streams',
  async () => {
    const { source, spec } = await app(
      'streams',
      ...['-XX:CRaCCheckpointTo=/cr', '-cp', '/classes', 'Ends', 'wait'],
    )
    const running = await boot({ ...spec, user: '1000', ready: { log: /READY/ } }, { trace: 'preload' })
    const jvm = await running.jvm()
    const streams = [0, 1, 2].map((fd) => readlinkSync(`/proc/${jvm}/fd/${fd}`))
    await running.stop()
    expect(streams).toEqual(['/dev/null', '/cr/output.log', '/cr/output.log'])
    expect(running.output).toContain('HOOK')
    // Without an image nobody needs it.
    expect(existsSync(join(source, 'output.log'))).toBe(false)
  },
)

needing(engine)('why CRIU refused stands in its log in the container, and is the finding', async () => {
  const why =
    '(00.06) Error (criu/files.c:400): locks: Some file locks are hold by dumping tasks!\n(00.07) Error (criu/cr-dump.c:1781): Dumping FAILED.\n'
  const recorded = ['/recordings.txt', 'own-pass-criu', 'log', '/cr', why, 'wait']
  const { source, spec } = await app(
    'refused',
    ...['-XX:CRaCCheckpointTo=/cr', '-cp', '/classes', 'Asks', ...recorded],
  )
  const report = await preflight({ ...spec, ready: { log: /never/ } }, { trace: 'preload' })
  expect(report).toMatchObject({ verdict: 'blocked' })
  expect(report.blockers).toMatchObject([
    { findings: [{ message: expect.stringMatching(/^locks: Some file locks are hold/) as string }] },
  ])
  expect(report.engine.output).toContain('dump4.log:')
  expect(readdirSync(source)).toContain('dump4.log')
})
