/** Runs a command and looks at it and at all that it starts: processor time, and memory at its highest. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Hundredths of a second, as USER_HZ is 100 wherever Node runs. */
const TICKS = 100
const MEGABYTE = 2 ** 20

/** Own figures are the command's, the others those of everything below it as well; what it has not waited for is missing. */
export async function watched(command, args) {
  const begin = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const seen = { own: 0, cpu: 0, rss: 0, all: 0 }
  const timer = setInterval(() => look(child.pid, seen), 200)
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearInterval(timer)
  return { ...seen, seconds: (performance.now() - begin) / 1000 }
}

function look(pid, seen) {
  const processes = running()
  const own = processes.get(pid)
  if (own === undefined) return
  seen.own = own.ran / TICKS
  seen.rss = Math.max(seen.rss, number(`/proc/${pid}/status`, /VmHWM:\s+(\d+)/) / 1024)
  const below = withDescendants(pid, processes)
  // Children that have ended are in the counts of who has waited for them.
  const cpu = below.reduce((sum, each) => sum + processes.get(each).ran + processes.get(each).ended, 0)
  seen.cpu = Math.max(seen.cpu, cpu / TICKS)
  // In proportion to how many share a page, as JVMs share their libraries and archives.
  const all = below.reduce((sum, each) => sum + number(`/proc/${each}/smaps_rollup`, /^Pss:\s+(\d+)/m), 0)
  seen.all = Math.max(seen.all, (all * 1024) / MEGABYTE)
}

/** Parent and processor time of every process. */
function running() {
  const found = new Map()
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const text = read(`/proc/${name}/stat`)
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    if (fields.length > 20)
      found.set(Number(name), {
        parent: fields[1],
        ran: fields[11] + fields[12],
        ended: fields[13] + fields[14],
      })
  }
  return found
}

function withDescendants(pid, processes) {
  const found = [pid]
  for (const each of found)
    for (const [child, { parent }] of processes) if (parent === each) found.push(child)
  return found
}

/** Zero where the process has just ended. */
const number = (path, pattern) => Number(pattern.exec(read(path))?.[1] ?? 0)

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
