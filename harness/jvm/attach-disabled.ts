import { AttachError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { readCmdline } from '../host/procfs/cmdline.js'

const OPTION = '-XX:+DisableAttachMechanism'
/** What a JVM takes options from, beside its command line. */
const VARIABLES = /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)=/

/**
 * With the mechanism disabled, SIGQUIT would print a thread dump into the app's output. The JVM's own performance data
 * says so, wherever the option came from: an argument file, a file of options, the environment. Where a JVM keeps none
 * (-XX:-UsePerfData), what is in sight must do.
 */
export async function refuseWhereDisabled(pid: number, ownPid: number, host: Host): Promise<void> {
  const told = capabilityOf(await performanceData(pid, ownPid, host))
  if (told === 'attach') return
  const seen = told === null ? await optionSeen(pid, host) : ''
  if (seen === null) return
  throw new AttachError(
    'ATTACH_DISABLED',
    `Process ${pid} runs with ${OPTION}${seen}. Remove that option for the check: from its command line, its argument and options files (@file, -XX:Flags, -XX:VMOptionsFile, .hotspotrc), and from JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS and _JAVA_OPTIONS.`,
  )
}

/** Where the option is seen; null where it is not. */
async function optionSeen(pid: number, host: Host): Promise<string | null> {
  if ((await readCmdline(pid, host)).includes(OPTION)) return ''
  const environment = (await host.readText(`/proc/${pid}/environ`).catch(() => '')).split('\0')
  const variable = environment.find((pair) => VARIABLES.test(pair) && pair.includes(OPTION))
  return variable === undefined ? null : ` (in ${variable.split('=', 1)[0] ?? ''})`
}

async function performanceData(pid: number, ownPid: number, host: Host): Promise<Buffer> {
  const tmp = `/proc/${pid}/root/tmp`
  const folders = (await host.readdir(tmp).catch(() => [])).filter((name) => name.startsWith('hsperfdata_'))
  for (const folder of folders) {
    const data = await host.read(`${tmp}/${folder}/${ownPid}`, 0, LONGEST).catch(() => Buffer.alloc(0))
    if (data.length > 0) return data
  }
  return Buffer.alloc(0)
}

/** HotSpot makes it 32 kB, unless told otherwise. */
const LONGEST = 2 ** 20
const CAPABILITIES = 'sun.rt.jvmCapabilities\0'
/** Of an entry of jvmstat: where its name lies, and where its value, from the entry's own start. */
const NAME_AT = 4
const VALUE_AT = 16
const HEADER = 20

/** The first of the capabilities is that of being attached to. */
function capabilityOf(data: Buffer): 'attach' | 'no attach' | null {
  const name = data.indexOf(CAPABILITIES)
  const entry = name - HEADER
  if (entry < 0 || data.readInt32LE(entry + NAME_AT) !== HEADER) return null
  const value = data[entry + data.readInt32LE(entry + VALUE_AT)]
  return value === 0x31 ? 'attach' : value === 0x30 ? 'no attach' : null
}
