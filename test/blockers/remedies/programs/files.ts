import type { Report } from '../../../../harness/model/report.js'
import type { Program } from './program.js'

const file: Pick<Program, 'at'> = { at: 'jdk/files' }
const native: Pick<Program, 'at'> = { at: 'native/natives' }

/** The options that remedies name. */
const named = ({ blockers }: Report): string[] =>
  blockers.flatMap(({ remedy }) =>
    [...remedy.text.matchAll(/-XX:\w+AllowedOpenFilePrefixes=\S+/g)].map(([option]) => option),
  )

/** The value that a remedy gives for the option that it doesn't name. */
const newerNamed = ({ blockers }: Report): string[] =>
  blockers.flatMap(({ remedy }) =>
    [...remedy.text.matchAll(/with the value (\S+)/g)].map(
      ([, prefixes]) => `-XX:CRaCAllowedOpenFilePrefixes=${prefixes}`,
    ),
  )

/** A file where sssd keeps its cache, below a folder of the run's own. */
const sssd = { ...native, name: 'NativeFile', in: 'var/lib/sss/mc' } as const

/** What holds files with the JDK's own classes, or with native code. */
export const filePrograms: Program[] = [
  { ...file, name: 'OpenStream', everyTime: true },
  { ...file, name: 'OpenStream', variant: 'explained', reader: 'explain', trace: 'none' },
  { ...file, name: 'OpenChannel' },
  { ...file, name: 'OpenDirectory' },
  { ...file, name: 'LockedChannel' },
  { ...file, name: 'DeletedFile' },
  { ...file, name: 'JarUrl' },
  { ...file, name: 'AsynchronousFile' },
  { ...native, name: 'NativeLock' },
  { ...native, name: 'NativeFile', everyTime: true },
  { ...native, name: 'NativeFile', variant: 'by an option', follows: { options: named } },
  { ...native, name: 'NativeFile', variant: 'as 21.0.4', cracVersion: '21.0.4', follows: { options: named } },
  { ...native, name: 'NativeFile', variant: 'as 21', cracVersion: '21' },
  { ...sssd, variant: 'of sssd', follows: { options: named } },
  { ...sssd, variant: 'of sssd as 21.0.4', cracVersion: '21.0.4', follows: { options: named } },
  { ...sssd, variant: 'of sssd as 21', cracVersion: '21', follows: { options: newerNamed } },
]
