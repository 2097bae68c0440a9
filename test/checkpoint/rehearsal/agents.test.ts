import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probesFolder } from '../../../harness/host/package-root.js'
import { jdks } from '../../support/java.js'
import {
  buildAgent,
  cases,
  messages,
  openWorkshop,
  running,
  type Workshop,
} from './programs/rehearsed-app.js'
import { capability, needing } from '../../support/capability.js'

/** Logs every class that is loaded to a file, as monitoring agents do. */
const LogAgent = `import java.io.*; import java.lang.instrument.*; import java.security.ProtectionDomain;
public class LogAgent implements ClassFileTransformer { static PrintStream log;
    public static void premain(String a, Instrumentation i) throws Exception {
        log = new PrintStream(new FileOutputStream("agent.log", true)); i.addTransformer(new LogAgent()); }
    public byte[] transform(ClassLoader l, String name, Class<?> c, ProtectionDomain d, byte[] b) { log.println("loads " + name); return null; } }`

const profiler = join(probesFolder, 'libasyncProfiler.so')
const each = jdks.map((one) => [one.feature, one] as const)
if (!existsSync(profiler)) console.log('skipped: async-profiler is not built here; see npm run setup')

let workshop: Workshop
let agent: string
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop({ LogAgent })
  const manifest = join(workshop.folder, 'manifest.txt')
  agent = join(workshop.folder, 'agent.jar')
  writeFileSync(manifest, 'Premain-Class: LogAgent\n')
  const jar = jdks.map(({ home }) => join(home, 'bin', 'jar')).find((path) => existsSync(path)) ?? 'jar'
  execFileSync(jar, ['--create', '--file', agent, '--manifest', manifest], { timeout: 60_000 })
}, 120_000)
afterAll(() => workshop.remove())

test.each(each)(
  'beside an agent in Java only the log file of that agent is found, on JDK %i',
  async (_feature, jdk) => {
    await running(
      workshop,
      `-javaagent:${agent} ${cases} Hello`,
      async (app) => {
        for (let i = 0; i < 2; i++) expect(messages(await app.ask())).toEqual(['agent.log'])
        expect(app.stdout).toBe('READY\n')
      },
      { jdk },
    )
  },
)

for (const [feature, jdk] of each)
  needing(capability('profiler', existsSync(profiler), 'async-profiler is not built for this machine'))(
    `beside a running async-profiler only its recording is found, on JDK ${feature}`,
    async () => {
      const recording = join(workshop.folder, `${feature}.jfr`)
      await running(
        workshop,
        `-agentpath:${profiler}=start,event=itimer,interval=1ms,loglevel=none,jfr,file=${recording} ${cases} Hello`,
        async (app) => {
          for (let i = 0; i < 2; i++)
            expect(messages(await app.ask())).toEqual([
              expect.stringMatching(new RegExp(`^FD fd=\\d+ type=regular path=${recording}$`)),
            ])
          expect(app.stdout).toBe('READY\n')
        },
        { jdk },
      )
    },
  )
