import type { TracerLoaded } from './tracer-lines.js'

/** What is lost with each program that only improves; the classic ones stand for the raw ones. */
const losses: Record<string, string> = {
  on_fork: 'processes that the app forks are not traced',
  on_exec: 'records of a thread that calls exec may take a later stack',
  on_thread_exit: 'records of a thread that ends may take a later stack',
  sweep: 'records of closed files are not cleared, so that later ones may find no room',
}

const rawName = (program: string): string => program.replace(/^classic_/, 'on_')

/** What a tracer does without on this kernel; null where it lacks nothing. */
export function shortfall({ missing, trial }: Pick<TracerLoaded, 'missing' | 'trial'>): string | null {
  const lacking = missing.map(({ program, code }) => {
    const loss = losses[rawName(program)]
    return `the kernel refuses ${program} (${code})${loss === undefined ? '' : `: ${loss}`}`
  })
  const unseen = trial.made - trial.seen
  const skipped =
    unseen === 0
      ? []
      : [
          `the kernel skips programs of the tracer: in a trial it saw ${trial.seen} of ${trial.made} files, so that records may be missing`,
        ]
  return [...skipped, ...lacking].join('; ') || null
}
