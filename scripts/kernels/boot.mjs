/** Runs a command on this machine's own root under another kernel, in a virtual machine that QEMU emulates. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTool } from '../setup/run.mjs'
import { busybox } from './list.mjs'
import { writeInitramfs } from './initramfs.mjs'

/** Serves a folder to a guest. Debian 12's is a part of QEMU, later ones are a package of their own. */
export const virtiofsd = () =>
  ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'].find((file) => existsSync(file))

const END = /^guest: job ended with (\d+)$/m

/** Why no virtual machine can be started here; null when one can. */
export function whyNoGuests() {
  if (findTool('qemu-system-x86_64') === null) return 'qemu-system-x86_64 is not installed'
  if (virtiofsd() === undefined) return 'virtiofsd is not installed'
  if (!existsSync(busybox)) return `${busybox} has not been fetched`
  return process.getuid() === 0 ? null : 'only root can share the root file system with a guest'
}

/** Serves the root file system, read-only in the guest, on a socket. */
async function shareRoot(folder) {
  const socket = join(folder, 'root.sock')
  const seen = new AbortController()
  const changes = watch(folder, { signal: seen.signal })
  const program = virtiofsd()
  const child = spawn(
    program,
    [`--socket-path=${socket}`, '-o', 'source=/', '-o', 'cache=always', '-o', 'sandbox=chroot', '-f'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text))
  const ended = once(child, 'exit')
  while (!existsSync(socket)) {
    const first = await Promise.race([once(changes, 'change'), ended.then(() => 'ended')])
    if (first === 'ended') throw new Error(`${program} has ended: ${log.trim()}`)
  }
  seen.abort()
  return { socket, stop: async () => (child.kill(), await ended) }
}

/** One processor whose clock goes on by a nanosecond for each instruction. */
const counting = ['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off', '-smp', '1']
const emulating = ['-accel', 'tcg,thread=multi', '-smp', '2']

function qemu({ kernel, initramfs, socket, output, memory, append, countInstructions }) {
  const words = ['console=ttyS0', 'quiet', 'panic=-1', 'tsc=reliable', 'no_timer_check', ...append]
  return [
    ...['-M', 'q35', '-cpu', 'max', '-m', memory, ...(countInstructions ? counting : emulating)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-object', `memory-backend-memfd,id=mem,size=${memory},share=on`, '-numa', 'node,memdev=mem'],
    ...['-chardev', `socket,id=root,path=${socket}`],
    ...['-device', 'vhost-user-fs-pci,chardev=root,tag=root,queue-size=1024'],
    ...['-device', 'virtio-rng-pci', '-serial', 'stdio', '-serial', `file:${output}`],
    ...['-kernel', kernel, '-initrd', initramfs, '-append', words.join(' ')],
  ]
}

/**
 * Boots the kernel and runs a shell script in the guest. Resolves to its exit status (null: it did not come to an end)
 * and what it printed.
 */
export async function boot(
  kernel,
  job,
  { memory = '2G', seconds = 300, append = [], countInstructions = false } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-guest-'))
  const output = join(folder, 'output')
  const initramfs = join(folder, 'initramfs')
  let share
  try {
    writeInitramfs(initramfs, { modules: kernel.modules, busybox, job })
    share = await shareRoot(folder)
    const { socket } = share
    const args = qemu({ kernel: kernel.file, initramfs, socket, output, memory, append, countInstructions })
    const guest = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let consoleText = ''
    for (const stream of [guest.stdout, guest.stderr])
      stream.setEncoding('utf8').on('data', (text) => (consoleText += text))
    const late = setTimeout(() => guest.kill('SIGKILL'), seconds * 1000)
    await once(guest, 'close')
    clearTimeout(late)
    const printed = existsSync(output) ? readFileSync(output, 'utf8').replaceAll('\r', '') : ''
    const status = END.exec(printed)?.[1]
    return {
      status: status === undefined ? null : Number(status),
      output: printed.replace(END, ''),
      console: consoleText,
    }
  } finally {
    await share?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
