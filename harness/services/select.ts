import { matchesName } from '../baseline/patterns.js'
import { UsageError } from '../model/errors.js'
import { nearest } from '../model/text.js'
import { nameOfFile, type ServicesFile } from './read-file.js'

/** The names of the apps that are meant, in the file's order; all of them where nobody names some. */
export function selectNames(file: ServicesFile, wanted: readonly string[]): string[] {
  const names = Object.keys(file.entry.apps)
  for (const pattern of wanted)
    if (!names.some((name) => matchesName(pattern, name))) throw unknownName(file, pattern, names)
  if (names.length === 0)
    throw new UsageError(
      `${nameOfFile(file)} has no apps. Name one below "apps:", with its command or image.`,
    )
  return wanted.length === 0
    ? names
    : names.filter((name) => wanted.some((pattern) => matchesName(pattern, name)))
}

function unknownName(file: ServicesFile, pattern: string, names: string[]): UsageError {
  const meant = nearest(pattern, names)
  const hint = meant === null ? '' : ` Did you mean "${meant}"?`
  return new UsageError(
    `${nameOfFile(file)} has no app "${pattern}".${hint} Its apps: ${names.join(', ')}. A command stands after "--": check -- ${pattern} …`,
  )
}
