import { basename } from 'node:path'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readMaps, type Mapping } from '../../host/procfs/maps.js'
import { describeNative } from '../../model/native-frame.js'
import { readElf, type Elf } from './elf.js'

/** Names code addresses of one process. */
export interface Symbols {
  /** Reads what is needed to name these addresses. */
  load(addresses: Iterable<string | bigint>): Promise<void>
  /** Of an address that has been loaded: `socket+0x17 (libc.so.6)`, or `libfoo.so+0x1234` where the file has no name for it; null where no file lies there. */
  name(address: bigint | string): string | null
}

/**
 * Reads where the files of a process are mapped, so that native stacks can be named, now or after its end.
 * Compiled Java code is of no file and has no name; a process that can't be read has none at all.
 */
export async function openSymbols(pid: number, host: Host = localHost): Promise<Symbols> {
  const mappings = (await readMaps(pid, host)).filter(({ executable }) => executable)
  const files = new Map<string, Elf | null>()
  const mappingOf = (address: string | bigint): [number, Mapping | undefined] => {
    const at = Number(BigInt(address))
    return [at, mappings.find(({ start, end }) => at >= start && at < end)]
  }
  return {
    load: async (addresses) => {
      for (const address of new Set(addresses)) {
        const [, mapping] = mappingOf(address)
        if (mapping === undefined || files.has(mapping.path)) continue
        files.set(mapping.path, await readElf(await locate(pid, mapping, host), host))
      }
    },
    name: (address) => {
      const [at, mapping] = mappingOf(address)
      if (mapping === undefined) return null
      return describe(at - mapping.start + mapping.offset, mapping.path, files.get(mapping.path) ?? null)
    },
  }
}

function describe(offset: number, path: string, elf: Elf | null): string {
  const library = basename(path)
  const virtual = elf?.toVirtual(offset) ?? null
  const found = virtual === null ? null : (elf?.functionAt(virtual) ?? null)
  if (found === null) return describeNative({ function: null, offset: virtual ?? offset, library })
  return describeNative({ function: readable(found.name), offset: found.offset, library })
}

/** The file as the process itself sees it; the same one from here when the process has ended. */
async function locate(pid: number, { path, inode }: Mapping, host: Host): Promise<string> {
  const own = `/proc/${pid}/root${path}`
  const inodeOf = (path: string) =>
    host.stat(path).then(
      ({ ino }) => ino,
      () => null,
    )
  return (await inodeOf(own)) !== null || (await inodeOf(path)) !== inode ? own : path
}

/** `_ZN2os4openEPKcii` → `os::open`: enough of the C++ name mangling for a JVM's own functions. */
function readable(name: string): string {
  const nested = /^_Z[NL]*K?(\d+[A-Za-z_]\w*)/.exec(name)?.[1]
  if (nested === undefined) return name
  const parts: string[] = []
  for (let rest = nested, length: number; (length = parseInt(rest, 10)) > 0;) {
    const start = String(length).length
    parts.push(rest.slice(start, start + length))
    rest = rest.slice(start + length)
  }
  return parts.join('::')
}
