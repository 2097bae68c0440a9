import { afterAll, expect } from 'vitest'
import { reportSchema } from '../../../../harness/model/report.js'
import { run } from '../../../cli/command-line.js'
import { needing } from '../../../support/capability.js'
import { engine, image, inventory } from '../../../support/docker.js'
import { compileJava, fixture } from '../../../support/java.js'
import { cable, startOtherMachine } from '../../../support/other-machine.js'
import { copyImage, ownEngine } from '../../../support/own-engine.js'

const there = [engine, ownEngine, cable].every(({ refusal }) => refusal === null)
const other = there ? await startOtherMachine() : null
afterAll(() => other?.remove())
if (other !== null) await copyImage(image('user'), process.env.DOCKER_HOST ?? '', other.host)

const url = 'http://localhost:8080/'
const web = ['--port', '8080', '--ready', `http=${url}`, '--warm-up', `GET ${url} 200 *20`]
const classes = compileJava('17', [fixture('java', '17', 'Web.java')], 17)
const app = ['--bind', `${classes}:/classes:ro`, '--', '-cp', '/classes', 'Web']

needing(engine, ownEngine, cable).for([
  ['over TLS', () => other?.tls],
  ['over ssh', () => other?.ssh],
] as const)(
  'an app on another machine, whose engine is reached %s, is ready and warmed up through a tunnel',
  { timeout: 120_000 },
  async ([, env]) => {
    const args = ['check', '--image', image('user'), ...web, '--trace', 'preload', '--json', '-', ...app]
    // Its disk is this machine's, which no harness takes for its own then.
    const { code, stdout, stderr } = await run(args, {
      env: { ...env(), CRAC_PREFLIGHT_SIDECAR: '1' },
      timeoutMs: 100_000,
    })
    expect(stderr).not.toContain('Error')
    const report = reportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({ failure: null, verdict: 'blocked', evidence: { lost: 0 } })
    expect(code).toBe(1)
    expect(report.timing.warmUpMs).not.toBe(null)
    const kinds = new Set(report.blockers.map(({ kind }) => kind))
    expect([...kinds]).toContain('listening-socket')
    // The connections of the warm-up have ended with the tunnel's.
    expect([...kinds]).not.toContain('socket')
    const before = process.env.DOCKER_HOST
    process.env.DOCKER_HOST = other?.host
    expect(await inventory()).toEqual([])
    process.env.DOCKER_HOST = before
  },
)
