import { AppError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { readCmdline } from '../host/procfs/cmdline.js'
import { findJvms } from './java.js'

/** The one JVM that an app's command has become or started; `mainClass` chooses among several. */
export async function selectJvm(
  pid: number,
  app: { host: Host; command: string; mainClass: string | undefined; output: string },
): Promise<number> {
  const all = await Promise.all((await findJvms(pid, app.host)).map((each) => describe(each, app.host)))
  const { mainClass } = app
  const meant = mainClass === undefined ? all : all.filter(({ words }) => words.includes(mainClass))
  const [jvm] = meant
  if (jvm !== undefined && meant.length === 1) return jvm.pid
  if (all.length === 0)
    throw new AppError(
      'APP_NOT_JAVA',
      `${app.command} has started no JVM: none of its processes has libjvm.so mapped.`,
      app.output,
    )
  const list = all.map(({ pid, words }) => `  ${pid}  ${words.filter(Boolean).join(' ')}`).join('\n')
  throw new AppError(
    'APP_NOT_JAVA',
    mainClass === undefined
      ? `${app.command} has started several JVMs. Name one of them with mainClass (--main-class), a word of its command line:\n${list}`
      : `${meant.length === 0 ? 'No' : 'More than one'} JVM of ${app.command} has the word "${mainClass}" in its command line:\n${list}`,
  )
}

async function describe(pid: number, host: Host): Promise<{ pid: number; words: string[] }> {
  return { pid, words: await readCmdline(pid, host) }
}
