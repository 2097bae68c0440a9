import { renderProfile } from './profile.js'
import type { RawOptions } from '../options.js'
import { addSpan, profile, startProfile } from '../../host/diagnosis/profile.js'

/** With `--profile` says in the end where the time went, however the command has ended. */
export async function profiled(options: RawOptions, command: () => Promise<number>): Promise<number> {
  if (options.profile !== true) return await command()
  startProfile()
  addSpan('Node started', 0)
  try {
    return await command()
  } finally {
    process.stderr.write(renderProfile(profile(), performance.now()))
  }
}
