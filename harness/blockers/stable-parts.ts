/** In any folder: UUIDs, dates with times, hashes with a pod's suffix, pids and other long numbers. */
const ANYWHERE = [
  '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}',
  '\\d{4}(?:[-_.:T]\\d\\d){2,}(?!\\d)(?:[.,]\\d+)?Z?',
  '(?:\\d\\d[-_.]){2}\\d{4}',
  '(?<![A-Za-z0-9])(?=[a-fA-F]{0,40}\\d)[0-9a-fA-F]{8,}(?:-[b-z2-9]{5}(?![a-z0-9]))?',
  '\\d[0-9a-fA-F]{7,}',
  '\\d{4,}',
  '(?<=(?:^|/)(?:proc|task|fd)/)\\d+',
  '(?<=[pP][iI][dD][-_.]?)\\d+',
]
/** The random letters of mktemp and its like. */
const RANDOM_LETTERS = [
  '(?<=(?:^|/)tmp\\.)\\w{6,}',
  '(?<=(?:^|/)tmp)[a-z0-9_]{8}(?![a-z0-9_])',
  '(?<![A-Za-z0-9])(?=[A-Za-z]*\\d)(?=[A-Z0-9]*[a-z])(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{6,}(?![A-Za-z0-9])',
]
const anywhere = new RegExp(ANYWHERE.join('|'))
const randomLetters = new RegExp(RANDOM_LETTERS.join('|'), 'g')
/** In a folder for temporary files: shorter numbers, too. */
const temporary = new RegExp([...RANDOM_LETTERS, ...ANYWHERE, '\\d{2,}'].join('|'))
const temporaryFolder = /(?:^|\/)(?:tmp|temp|shm)\//i

/** The parts of a path that are the same on every run, in their order; between any two is one that may change. */
export function stableParts(path: string): string[] {
  const folder = temporaryFolder.exec(path)
  const begin = folder === null ? path.length : folder.index + folder[0].length
  const before = path.slice(0, begin).split(anywhere)
  const [next = '', ...after] = path.slice(begin).split(temporary)
  const parts = [...before.slice(0, -1), `${before.at(-1) ?? ''}${next}`, ...after]
  return parts.filter((part, i) => part !== '' || i === 0 || i === parts.length - 1)
}

/** A path without the random letters that a temporary file's name may have. */
export const withoutRandomLetters = (path: string): string =>
  temporaryFolder.test(path) ? path.replace(randomLetters, 'N') : path

/** Whether everything that temporary files are called begins so: what names this, names others' files. */
export const isTooWide = (beginning: string): boolean =>
  beginning === '' || beginning === '/' || /(?:^|\/)(?:tmp|temp|shm)\/(?:tmp\.?)?$/i.test(beginning)
