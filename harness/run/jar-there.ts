/** A jar that nobody has built yet is said before anything starts, with what builds it. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../model/errors.js'
import { parseJavaCommandLine } from '../jvm/java-command-line.js'

/** What builds a folder, by the file that it is known by; a wrapper in the same folder comes first. */
const builds = [
  { file: 'pom.xml', wrapper: 'mvnw', command: 'mvn', task: 'package' },
  { file: 'build.gradle', wrapper: 'gradlew', command: 'gradle', task: 'build' },
  { file: 'build.gradle.kts', wrapper: 'gradlew', command: 'gradle', task: 'build' },
] as const

/** `words` follow the launcher; a jar is named from `cwd`. Throws where `-jar` names one that is not there. */
export function assertJar(words: string[], cwd: string): void {
  const { main } = parseJavaCommandLine(words)
  if (main?.kind !== 'jar' || existsSync(resolve(cwd, main.name))) return
  const build = buildAround(resolve(cwd, main.name))
  const todo = build === null ? 'Build it first, or name the one that there is.' : `Build it first: ${build}`
  throw new AppError('APP_NOT_STARTED', `There is no ${main.name} in ${cwd}. ${todo}`)
}

/** The nearest folder around the jar that is built, which may be a module of a larger one with the wrapper. */
function buildAround(jar: string): string | null {
  for (let folder = dirname(jar); folder !== dirname(folder); folder = dirname(folder)) {
    const build = builds.find(({ file }) => existsSync(join(folder, file)))
    if (build === undefined) continue
    const own = existsSync(join(folder, build.wrapper)) ? `./${build.wrapper}` : build.command
    return `cd ${folder} && ${own} ${build.task}`
  }
  return null
}
