import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import type { Host } from '../../host/host.js'
import { demultiplex, type DockerContainer } from '../container/engine.js'
import type { Ended } from './remaking.js'

/** Runs a program in a container that runs, as its superuser, and tells what it has printed on its standard error. */
export async function runIn(
  container: DockerContainer,
  host: Host,
  command: string[],
  signal: AbortSignal,
): Promise<Ended> {
  const exec = await container.exec({
    Cmd: command,
    User: '0',
    // What is preloaded into the app is not meant for it.
    Env: ['LD_PRELOAD='],
    AttachStdout: true,
    AttachStderr: true,
  })
  const stream = await exec.start({})
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  demultiplex(container, stream, stdout, stderr)
  const said = Promise.all([text(stdout), text(stderr)])
  const ended = once(stream, 'close').then(() => {
    stdout.end()
    stderr.end()
  })
  // The engine has no way to end it.
  const end = () => void endOf(exec, host).catch(() => undefined)
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  await ended.finally(() => signal.removeEventListener('abort', end))
  const { ExitCode } = await exec.inspect()
  const failed = ExitCode !== 0
  const how = `exit code ${ExitCode ?? 'unknown'}`
  return { failed, isCanceled: failed && signal.aborted, how, stderr: (await said).join('') }
}

async function endOf(
  exec: { inspect: () => Promise<{ Pid: number; Running: boolean }> },
  host: Host,
): Promise<void> {
  const { Pid, Running } = await exec.inspect()
  // To the kernel 0 is whoever asks.
  if (Running && Pid > 0) await host.kill(Pid, 'SIGTERM')
}
