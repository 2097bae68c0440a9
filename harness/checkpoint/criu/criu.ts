import { execute } from '../../host/execute.js'
import { findExecutable } from '../../host/executable.js'
import { localHost } from '../../host/local-host.js'
import { readStatus } from '../../host/procfs/status.js'

/** CRIU, which makes an image of a stock JVM and brings it back. */
export interface Criu {
  program: string
  version: string
}

/** Older ones fail on newer kernels: 3.17 can't restore the vDSO of 6.18. */
const OLDEST = '4.2'

/** Linux capabilities by their numbers: what CRIU needs of them is either the first, or both others. */
const SYS_ADMIN = 21
const CHECKPOINT_RESTORE = 40
const SYS_PTRACE = 19

/** Finds a CRIU that can be used here: `CRAC_PREFLIGHT_CRIU` or the one in PATH. A sentence where there is none. */
export async function findCriu(env: NodeJS.ProcessEnv = process.env): Promise<Criu | string> {
  const name = env.CRAC_PREFLIGHT_CRIU ?? 'criu'
  const program = await findExecutable(name, process.cwd(), env.PATH ?? '')
  if (program === null)
    return env.CRAC_PREFLIGHT_CRIU === undefined
      ? `there is no "criu" in PATH. Install CRIU ${OLDEST} or newer, or name it in CRAC_PREFLIGHT_CRIU.`
      : `CRAC_PREFLIGHT_CRIU names "${name}", and there is no such program.`
  const run = await execute()
  const { stdout, failed, stderr } = await run(program, ['--version'], { reject: false, timeout: 10_000 })
  const version = /^Version: (\S+)/m.exec(stdout)?.[1]
  if (failed || version === undefined)
    return `${program} does not tell its version: ${stderr.split('\n')[0] ?? ''}`
  if (version.localeCompare(OLDEST, 'en', { numeric: true }) < 0)
    return `${program} is CRIU ${version}, and a restore needs ${OLDEST} or newer.`
  if (!(await mayUse()))
    return 'CRIU needs root, or CAP_CHECKPOINT_RESTORE and CAP_SYS_PTRACE; this process has neither.'
  return { program, version }
}

async function mayUse(): Promise<boolean> {
  const effective = (await readStatus(process.pid, localHost))?.capabilities ?? 0n
  const has = (capability: number) => (effective & (1n << BigInt(capability))) !== 0n
  return has(SYS_ADMIN) || (has(CHECKPOINT_RESTORE) && has(SYS_PTRACE))
}
