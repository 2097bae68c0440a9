#!/usr/bin/env node
/**
 * `npm run test:sanitizers [-- PART…] [--short]`: tests of the probes on variants that end at the first wrong address or
 * undefined behaviour (AddressSanitizer and UBSan). `test/probes/sanitizers.test.ts` runs the short form. Races of the
 * preloaded library's threads are watched by `test/probes/preload/races.test.ts`.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setUp } from './run-visibly.mjs'
import { compiled, makeProbes } from './setup/probes.mjs'
import { arch, findTool, javaHome, probesFolder, root } from './setup/run.mjs'

const folder = join(root, 'build', 'sanitizers')
const runtime = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim()
/** A JVM has signals of its own; and a process that ptrace holds can't look for its own leaks. */
const options =
  'detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:allocator_may_return_null=1'
const libraries = compiled.filter((name) => name.endsWith('.so'))
const tests = (...names) => names.map((name) => `test/${name}.test.ts`)

/** What is made of a sanitizer's kind, the tests that run on it, and those of them that are about something else. */
const parts = {
  programs: {
    probes: [
      ...compiled.filter((name) => !libraries.includes(name)),
      ...(findTool('bpftool') ? ['fdtrace'] : []),
    ],
    files: [
      ...['exithold', 'fdtrace', 'gate', 'guard', 'peers', 'sidecar'].map((name) => `probes/${name}`),
      'jvm/attach',
      'run/app-death',
    ],
    short: ['exithold', 'gate', 'guard', 'peers', 'sidecar'].map((name) => `probes/${name}`),
  },
  // Between the preloaded libraries and the program comes the sanitizer's: what inherits it and what has no memory is not told
  // the same then. ZGC reserves the addresses that the sanitizer needs.
  libraries: {
    probes: ['libbootstacks.so', 'libfdpreload.so'],
    files: ['probes/preload/jvms', 'probes/bootstacks'],
    except: [
      'children',
      'what the user preloads',
      'runs itself again',
      'without the preload',
      'no memory',
      "'Z'",
      'can not start',
    ],
    short: ['probes/preload/jvms'],
    shortNames: 'native program|collections are whole, and right, on JDK 17',
  },
  agent: {
    probes: ['librehearsal.so'],
    files: ['jcmd', 'owners', 'rehearsal', 'restore', 'subjects'].map(
      (name) => `checkpoint/rehearsal/${name}`,
    ),
    except: ['JDK 21', 'JDK 25', 'selecting virtual thread'],
    java: true,
  },
}

/** All probes, with variants in the place of some. */
async function layOut(part, names) {
  const variant = join(folder, part, `linux-${arch}`)
  mkdirSync(dirname(variant), { recursive: true })
  cpSync(join(root, dirname(probesFolder)), dirname(variant), { recursive: true })
  const made = await makeProbes(join('sanitizers', 'made'), names, ['SAN=address,undefined'])
  for (const file of made) cpSync(file, join(variant, basename(file)))
  return variant
}

/** A JDK whose `java` has the sanitizer's library: an agent that is loaded later is too late for it. */
function wrapJdk() {
  const real = javaHome()
  const home = join(folder, 'jdk')
  rmSync(home, { recursive: true, force: true })
  mkdirSync(join(home, 'bin'), { recursive: true })
  for (const name of readdirSync(real)) if (name !== 'bin') symlinkSync(join(real, name), join(home, name))
  for (const name of readdirSync(join(real, 'bin')))
    if (name !== 'java') symlinkSync(join(real, 'bin', name), join(home, 'bin', name))
  const script = `#!/bin/sh
export ASAN_OPTIONS='${options}'
LD_PRELOAD='${runtime}'\${LD_PRELOAD:+:$LD_PRELOAD} exec '${join(real, 'bin', 'java')}' "$@"
`
  writeFileSync(join(home, 'bin', 'java'), script, { mode: 0o755 })
  return home
}

async function run(name, part, isShort) {
  const { probes, except = [], java = false } = part
  const variant = await layOut(name, probes)
  const names = `${except.length > 0 ? `^(?!.*(?:${except.join('|')})).*` : ''}(?:${(isShort && part.shortNames) || ''})`
  const files = isShort ? part.short : part.files
  console.log(`sanitizers: ${name}`)
  const { status } = spawnSync('npx', ['vitest', 'run', ...tests(...files), '-t', names], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CRAC_PREFLIGHT_PROBES: variant,
      ASAN_OPTIONS: options,
      ...(java ? { JAVA_HOME: wrapJdk() } : { PREFLIGHT_SANITIZER: runtime }),
    },
  })
  return status ?? 1
}

const isShort = process.argv.includes('--short')
const asked = process.argv.slice(2).filter((word) => word !== '--short')
const unknown = asked.find((word) => !Object.hasOwn(parts, word))
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}": ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
if (!isShort) await setUp('test', [])
for (const [name, part] of Object.entries(parts)) {
  if (asked.length > 0 ? !asked.includes(name) : isShort && part.short === undefined) continue
  if ((await run(name, part, isShort)) !== 0) process.exitCode = 1
}
