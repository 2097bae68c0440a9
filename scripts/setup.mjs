#!/usr/bin/env node
/** Brings a fresh clone to where it can run: `node scripts/setup.mjs [packages|build|package|check|demo|test|arm64|kernels] [--without-ebpf]`. */
import { arm64 } from './setup/arm64.mjs'
import { browser } from './setup/browser.mjs'
import { checkers } from './setup/checkers.mjs'
import { collector } from './setup/collector.mjs'
import { criu, oldCriu } from './setup/criu.mjs'
import { debian } from './setup/debian.mjs'
import { debian11 } from './setup/debian-11.mjs'
import { docker } from './setup/docker.mjs'
import { gradle } from './setup/gradle.mjs'
import { allKernels, kernels } from './setup/kernels.mjs'
import { jemalloc } from './setup/jemalloc.mjs'
import { jdk21 } from './setup/jdk21.mjs'
import { withLock } from './setup/lock.mjs'
import { notices } from './setup/notices.mjs'
import { orgCrac } from './setup/org-crac.mjs'
import { muslProbes } from './setup/musl.mjs'
import { muslJvm } from './setup/musl-jvm.mjs'
import { otherProcessor } from './setup/other-processor.mjs'
import { packages } from './setup/packages.mjs'
import { page } from './setup/page.mjs'
import { podman } from './setup/podman.mjs'
import { postgres } from './setup/postgres.mjs'
import { probes } from './setup/probes.mjs'
import { profiler } from './setup/profiler.mjs'
import { remedies } from './setup/remedies.mjs'
import { SetupError } from './setup/run.mjs'
import { demoApp, scenarios } from './setup/scenarios.mjs'
import { ssh } from './setup/ssh.mjs'
import { typescript } from './setup/typescript.mjs'

/** What only tests need: they skip without it, and count that. */
const optional = (step) => async (plan) => {
  try {
    await step(plan)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`set-up: ${error.message}`)
  }
}

const build = [packages, debian, profiler, probes, muslProbes, notices, typescript, page]
const goals = {
  packages: [packages],
  build,
  package: [...build, otherProcessor],
  demo: [...build, demoApp],
  check: [...build, checkers],
  arm64: [...build, arm64],
  kernels: [...build, allKernels],
  test: [
    ...build,
    scenarios,
    jdk21,
    jemalloc,
    orgCrac,
    docker,
    podman,
    ssh,
    postgres,
    remedies,
    muslJvm,
    debian11,
    optional(otherProcessor),
    kernels,
    criu,
    oldCriu,
    browser,
    collector,
    gradle,
  ],
}

const help = `Usage: node scripts/setup.mjs [goal] [--without-ebpf]

Does what is still to do for a goal, and nothing twice. Without a goal it does "build".

  packages  npm ci, when node_modules does not match package-lock.json
  build     packages; the Debian packages that the build needs (installed as root, else the line to
            run is printed); async-profiler; the probes in probes/; the TypeScript and the page in dist/
  package   build, and the probes for the other processor, as the published package has both: a cross compiler
            from Debian, and Debian's libraries for it
  check     build, and the programs that "npm run check" runs over the scripts and the C sources
  demo      build, and the app that the demo checks
  test      build, all apps in scenarios/, and for the tests a JDK 21, the releases of org.crac, a Docker
            engine, Podman, a PostgreSQL server, programs with some 60 libraries of Maven's (320 MB), a JVM on musl,
            Debian 11 with a JDK, QEMU and three kernels of Debian's, CRIU, Chromium, Gradle, and with Go a
            collector of OpenTelemetry's (they do without if need be)
  kernels   build, and QEMU and Debian's kernels from 5.10 to the newest (200 MB)
  arm64     build, and what the tests of the AArch64 probes need on another machine: a cross compiler and an
            emulator from Debian, and a JDK (100 MB)

  --without-ebpf  go on where the eBPF tracer can't be built; checks then have no kernel evidence

Exit codes: 0 ready, 1 a step failed, 2 usage, 4 packages must be installed first.`

const args = process.argv.slice(2)
const withoutEbpf = args.includes('--without-ebpf')
const [goal = 'build', ...more] = args.filter((arg) => arg !== '--without-ebpf')

if (goal === '--help' || goal === '-h') {
  console.log(help)
} else if (!Object.hasOwn(goals, goal) || more.length > 0) {
  console.error(`${help}\n\nUnknown: ${[goal, ...more].join(' ')}`)
  process.exitCode = 2
} else {
  try {
    await withLock(async () => {
      const plan = { goal, withoutEbpf, ebpf: true, unfinished: [] }
      for (const step of goals[goal]) await step(plan)
      for (const message of plan.unfinished) throw new SetupError(message, 4)
    })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`set-up: ${error.message}`)
    process.exitCode = error.exitCode
  }
}
