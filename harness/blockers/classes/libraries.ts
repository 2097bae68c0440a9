import type { Entry } from '../../model/target.js'
import { isHarnessName, isJdkName, packageOf, plainName } from '../../model/class-names.js'
import type { Library } from '../../model/origins/libraries.js'
import type { ClassIndex } from './classes.js'

/** Each costs a look into the class path; on the stacks of a large app there are about a hundred. */
const MOST_PACKAGES = 400

/**
 * The jars of the code on the stacks, by package. A jar is looked for by one class of a package only: which of several
 * jars a class of a split package is of, nobody asks here.
 */
export async function librariesOf(
  entries: readonly Entry[],
  others: readonly string[],
  index: ClassIndex,
): Promise<Library[]> {
  const libraries = new Map<string, Library>()
  for (const [name, className] of [...packagesOf(entries, others)].slice(0, MOST_PACKAGES)) {
    const { jdk = true, jar = null, artifact = null } = (await index.find(className)) ?? {}
    if (jdk || jar === null) continue
    const library = libraries.get(jar) ?? { jar, artifact, packages: [] }
    libraries.set(jar, library)
    library.packages.push(name)
  }
  return [...libraries.values()]
}

/** A class of each package; those come first that made a descriptor, then those that had it made. */
function packagesOf(entries: readonly Entry[], others: readonly string[]): Map<string, string> {
  const stacks = entries
    .flatMap(({ origin, bound, listened, connected }) => [origin, bound, listened, connected])
    .map((each) => each?.java.map((frame) => frame.class).filter(isForeign) ?? [])
  const packages = new Map<string, string>()
  for (const name of [...stacks.flatMap((names) => names.slice(0, 1)), ...others, ...stacks.flat()])
    if (!packages.has(packageOf(plainName(name)))) packages.set(packageOf(plainName(name)), name)
  return packages
}

const isForeign = (className: string): boolean => {
  const name = plainName(className)
  return !isJdkName(name) && !isHarnessName(name)
}
