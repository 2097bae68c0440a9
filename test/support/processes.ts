import { readdirSync, readFileSync } from 'node:fs'

/** The process of that name that a process has started. */
export function childOf(parent: number, comm: string): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      if (stat.includes(`(${comm})`) && Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === parent)
        return Number(name)
    } catch {
      // It has ended.
    }
  throw new Error(`Process ${parent} has no child ${comm}.`)
}
