import { jcmd, type AttachOptions } from './attach.js'

/**
 * The arguments that a JVM goes by, as one line: those of its command line, of JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS and of
 * files of arguments. Null where it can't be asked.
 */
export async function jvmArguments(pid: number, options?: AttachOptions): Promise<string | null> {
  const { output } = await jcmd(pid, 'VM.command_line', options).catch(() => ({ output: '' }))
  return /^jvm_args: (.*)$/m.exec(output)?.[1] ?? null
}
