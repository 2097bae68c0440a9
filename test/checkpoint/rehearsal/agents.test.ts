import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probesFolder } from '../../../harness/host/package-root.js'
import { jdks } from '../../support/java.js'
import { plain } from '../../support/plain.js'
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

/** Unpacks jars of its own for the boot and the system class path, as monitoring agents do. */
const BridgeAgent = `import java.io.*; import java.lang.instrument.*; import java.util.jar.*; import java.util.zip.ZipEntry;
public class BridgeAgent {
    public static void premain(String a, Instrumentation i) throws Exception {
        i.appendToBootstrapClassLoaderSearch(unpack("bridge")); i.appendToSystemClassLoaderSearch(unpack("api"));
        // The VM opens what it has been given when it looks for a class there.
        Object.class.getResource("/bridge.txt"); ClassLoader.getSystemResource("api.txt"); }
    static JarFile unpack(String name) throws Exception {
        File file = new File(name + ".jar");
        try (JarOutputStream out = new JarOutputStream(new FileOutputStream(file))) { out.putNextEntry(new ZipEntry(name + ".txt")); out.closeEntry(); }
        return new JarFile(file); } }`

const profiler = plain(join(probesFolder, 'libasyncProfiler.so'))
const each = jdks.map((one) => [one.feature, one] as const)
if (!existsSync(profiler)) console.log('skipped: async-profiler is not built here; see npm run setup')

let workshop: Workshop
let agent: string
let bridge: string
beforeAll(() => {
  buildAgent()
  workshop = openWorkshop({ LogAgent, BridgeAgent })
  agent = jarOf('LogAgent')
  bridge = jarOf('BridgeAgent')
}, 120_000)
afterAll(() => workshop.remove())

/** The jar of an agent whose class the app's own class path has. */
function jarOf(name: string): string {
  const manifest = join(workshop.folder, `${name}.txt`)
  const file = join(workshop.folder, `${name}.jar`)
  writeFileSync(manifest, `Premain-Class: ${name}\n`)
  const jar = jdks.map(({ home }) => join(home, 'bin', 'jar')).find((path) => existsSync(path)) ?? 'jar'
  execFileSync(jar, ['--create', '--file', file, '--manifest', manifest], { timeout: 60_000 })
  return file
}

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

// openjdk/crac#201 (JDK-8349365) leaves out what class path entries of the VM itself hold.
test.each(each)(
  'the jar that an agent puts on the boot class path is left out by 25, and found by 21.0.4, on JDK %i',
  async (_feature, jdk) => {
    await running(
      workshop,
      `-javaagent:${bridge} ${cases} Hello`,
      async (app) => {
        const answer = await app.ask('25')
        expect(messages(answer)).toEqual([])
        expect(answer.outcome).toBe('passed')
        const left = [...answer.judgements.values()].filter(({ rule }) =>
          rule.startsWith('jar on a class path of the VM'),
        )
        expect(left.length).toBeGreaterThan(0)
        const before = await app.ask('21.0.4')
        expect(messages(before)).toContainEqual(
          expect.stringMatching(/^FD fd=\d+ type=regular path=.*bridge\.jar$/),
        )
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
