import { join } from 'node:path'
import { TracerError } from '../../../model/errors.js'
import type { Host } from '../../../host/host.js'
import { noLosses } from '../../evidence.js'
import type { LiveFile } from '../../records.js'
import type { Capture } from '../../table/capture.js'
import type { LoadLibrary } from '../observer.js'
import type { PreloadReading } from './match-preload.js'
import { identify, readDump, toRecords, toSamples, type PreloadDump } from './preload-dump.js'

const UNRECORDED =
  'no record: opened inside libc, in a library loaded with RTLD_DEEPBIND, by a system call past libc, or by io_uring, which the preloaded library does not see'
const FORGOTTEN =
  'no record: so many descriptors were closed since that its record may be among the forgotten'

/** Asks the library for what it knows; it opens a file for that and closes it again. */
export async function askLibrary(
  library: string,
  load: LoadLibrary,
  { folder, since, host }: { folder: string; since: number; host: Host },
): Promise<PreloadDump> {
  const file = join(folder, `records-${process.hrtime.bigint()}.jsonl`)
  try {
    const { code, output } = await load(library, `since=${since},dump=${file}`)
    if (code !== 0)
      throw new TracerError(
        'TRACER_LOST',
        `The preloaded library did not write its records (${code}). The app may have been started with an LD_PRELOAD of its own making, by a set-uid or static launcher, or can't write to ${folder}. ${output.trim()}`,
      )
    return readDump(await host.readText(file, { follow: false }))
  } catch (error) {
    throw lost(error)
  } finally {
    await host.unlink(file).catch(() => undefined)
  }
}

/** Reads what the library has written down as a JVM ended: where it lies, as the app may have put anything there. */
export async function readWritten(file: string, host: Host): Promise<PreloadDump> {
  try {
    return readDump(await host.readText(file, { follow: false }))
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ENOENT'
      ? new TracerError(
          'TRACER_LOST',
          'The preloaded library did not write its records: the JVM was killed, or ended before it was up.',
          null,
          { cause: error },
        )
      : lost(error)
  }
}

function lost(error: unknown): TracerError {
  if (error instanceof TracerError) return error
  const why = error instanceof Error ? error.message : String(error)
  return new TracerError('TRACER_LOST', `The records of the preloaded library can't be had: ${why}`, null, {
    cause: error,
  })
}

/** Finds the live table in what the library knows. `inherited` was open before it watched. */
export function readLibrary(dump: PreloadDump, captured: Capture, inherited: LiveFile[]): PreloadReading {
  const { pid, at, symbols } = captured
  const { records, samples } = toRecords(dump, pid, (address) => symbols.name(address))
  const asSeen = identify(captured.live, dump, at).map(({ stat, ...each }) => ({ ...each, ...stat }))
  const live = asSeen.map((each) => ({
    ...each,
    inherited: inherited.some(
      ({ fd, inode, device }) => fd === each.fd && inode === each.inode && device === each.device,
    ),
  }))
  return {
    records,
    samples,
    live,
    asked: toSamples(dump),
    closed: dump.closed,
    losses: { ...noLosses, noRoom: dump.lost + dump.noRoom },
    unrecorded: dump.closedSince > at ? FORGOTTEN : UNRECORDED,
  }
}
