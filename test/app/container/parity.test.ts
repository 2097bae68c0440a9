import { chmodSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, expect } from 'vitest'
import type { AppSpec } from '../../../harness/app/spec.js'
import { preflight } from '../../../harness/preflight.js'
import type { Frame, Origin, Report } from '../../../harness/model/report.js'
import { SelBlocked } from '../../checkpoint/rehearsal/programs/rehearsal-programs.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { programs } from '../../checkpoint/transcripts.js'
import { bpf } from '../../support/bpf.js'
import { engine, image } from '../../support/docker.js'
import { jdks } from '../../support/java.js'
import { capability, needing } from '../../support/capability.js'

const workshop = openWorkshop({ SelBlocked })
afterAll(() => {
  workshop.remove()
})
// The app in the container sees the two mounts only; their folder may then be anybody's.
chmodSync(dirname(workshop.folder), 0o755)

const mounts = [workshop.folder, workshop.jar].map((path) => ({ source: path, target: path }))

const local = jdks[0]
/** As in test/cases.test.ts; and a linked run-time's flight recorder loads its classes on another way. */
const NOT_HERE = new Set(['EngineMissing', 'VThreadSock', 'Inherited7Ignored', 'PolSscReopen', 'Jfr'])

const jdk17 = capability('jdk17', local?.feature === 17, 'the image has a JDK 17, and this machine has none')

needing(engine, bpf, jdk17).concurrent.for(programs('25').filter(({ name }) => !NOT_HERE.has(name)))(
  '$name: a container and a local process give equal reports',
  async ({ arguments: words }) => {
    const args = words
      .replaceAll('/app/cases.jar', workshop.jar)
      .replaceAll('/srv/app', workshop.folder)
      .split(' ')
    const common = { cwd: workshop.folder, ready: { log: /READY/ }, timeoutMs: 20_000, name: 'same' }
    const inProcess = await check({ ...common, command: [local?.java ?? '', ...args] })
    const inContainer = await check({
      ...common,
      image: image('user'),
      user: '0',
      command: args,
      binds: [...mounts, { source: realpathSync('/bin/sleep'), target: '/bin/sleep' }],
    })
    expect(inContainer).toEqual(inProcess)
  },
)

async function check(spec: AppSpec): Promise<unknown> {
  return comparable(await preflight(spec))
}

/** The report without what must differ: times, ids, ports, paths of the JDK, and where the output goes. */
function comparable(report: Report): unknown {
  const { failure, verdict, blockers, descriptors, evidence, engine, jvm } = report
  return normalised({
    failure,
    verdict,
    jvm,
    note: engine.note,
    tracer: [evidence.tracer, evidence.lost > 0 ? evidence.lost : 0],
    blockers: blockers.map(({ findings, descriptors, ...rest }) => ({
      ...rest,
      count: descriptors.length,
      findings: findings.map(({ fd, ...finding }) => ({ ...finding, known: fd !== null })),
    })),
    descriptors: descriptors
      // What a local process inherits is its parent's affair.
      .filter(({ verdict, missing }) => verdict !== 'standard' && !missing?.startsWith('open before the app'))
      // What is open for a moment only is there or not, as it comes.
      .filter(({ rule }) => rule !== 'closed before the descriptors were judged')
      .map(({ kind, target, verdict, rule, missing, origin, bound }) =>
        JSON.stringify(
          normalised({ kind, target, verdict, rule, missing, origin: stack(origin), bound: stack(bound) }),
        ),
      )
      .sort(),
  })
}

/** jlinked run-times have no line tables: the JDK's own frames keep class and method. */
const stack = (origin: Origin | null): string[] | null =>
  origin?.java.map(({ class: name, method }: Frame) => `${name}.${method}`) ?? null

function normalised<T>(value: T): T {
  const text = JSON.stringify(value)
    .replace(/:\d{4,5}\b/g, ':PORT')
    .replace(/\bport \d+|localport=\d+|remotePort: \d+/g, 'PORT')
    .replace(/\/tmp\/crac-preflight-[^/"]*\/run|\/\.crac-preflight\/run/g, 'OWN')
    .replace(/(localaddr=0a00)[0-9a-f]{4}/g, '$1PORT')
    .replace(/\d{4}(?:_\d+)+/g, 'TIME')
    .replace(/,port=\d+/g, ',port=PORT')
    .replace(/samples-\d+/g, 'samples')
    .replace(/\.java_pid\d+/g, '.java_pid')
    .replace(/(?:\/usr\/lib\/jvm|\/opt)\/[^/"]+/g, 'JDK')
    .replace(/(?:pipe|socket):\[\d+\]/g, 'INODE')
    .replace(/Lambda[$/.0-9a-fx+]*/g, 'Lambda')
    .replace(/@[0-9a-f]{4,}/g, '@ID')
    .replace(/(pid|fd|descriptor) \d+/g, '$1 N')
  return JSON.parse(text) as T
}
