import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'

/** Ends a JVM that a test has started itself, with what attaching to it has left: one that is killed removes nothing. */
export async function endJvm(jvm: ChildProcess): Promise<void> {
  if (jvm.exitCode === null && jvm.signalCode === null) {
    const ended = once(jvm, 'exit')
    jvm.kill('SIGKILL')
    await ended
  }
  for (const end of ['', '.tmp']) rmSync(`/tmp/.java_pid${jvm.pid}${end}`, { force: true })
}
