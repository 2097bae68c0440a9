import type { Host } from '../host.js'

/** A piece of a file in a process's memory. */
export interface Mapping {
  start: number
  end: number
  executable: boolean
  /** Where in the file it begins. */
  offset: number
  inode: number
  /** As the process itself knows it. */
  path: string
  deleted: boolean
}

/** Reads the text of /proc/PID/maps; what is mapped of no file is left out. */
export const parseMaps = (text: string): Mapping[] => text.split('\n').flatMap(parseLine)

/** `start-end r-xp offset device inode path` */
function parseLine(line: string): Mapping[] {
  const fields = /^([0-9a-f]+)-([0-9a-f]+) ..(.). ([0-9a-f]+) \S+ (\d+) +(\/.*)$/.exec(line)
  if (fields === null) return []
  const [, start = '', end = '', executable, offset = '', inode = '', path = ''] = fields
  return [
    {
      start: parseInt(start, 16),
      end: parseInt(end, 16),
      executable: executable === 'x',
      offset: parseInt(offset, 16),
      inode: Number(inode),
      path: path.replace(/ \(deleted\)$/, '').replaceAll('\\012', '\n'),
      deleted: path.endsWith(' (deleted)'),
    },
  ]
}

/** None of a process that has ended, or that this user may not look into. */
export const readMaps = async (pid: number, host: Host): Promise<Mapping[]> =>
  parseMaps(await host.readText(`/proc/${pid}/maps`).catch(() => ''))
