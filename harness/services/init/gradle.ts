import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { frameworkOf, javaCommand, type FoundApp } from './found.js'

/** The apps of a Gradle build and of the projects that its settings include; a library among them is none. */
export function gradleApps(project: string): FoundApp[] {
  const settings = firstOf(project, ['settings.gradle.kts', 'settings.gradle'])
  const text = settings === null ? '' : readFileSync(join(project, settings), 'utf8')
  const included = text
    .split('\n')
    .filter((line) => /^\s*include\b/.test(line))
    .flatMap((line) =>
      [...line.matchAll(/['"]:?([^'"]+)['"]/g)].map(([, path = '']) => path.replaceAll(':', '/')),
    )
  const named = /rootProject\.name\s*=\s*['"]([^'"]+)['"]/.exec(text)?.[1]
  return ['', ...included].flatMap((path) => {
    const name = path === '' ? (named ?? basename(project)) : basename(path)
    return projectApp(project, join(project, path), name)
  })
}

function projectApp(project: string, folder: string, name: string): FoundApp[] {
  const file = firstOf(folder, ['build.gradle.kts', 'build.gradle'])
  if (file === null) return []
  const build = readFileSync(join(folder, file), 'utf8').replace(/\/\*[^]*?\*\//g, '')
  const framework = frameworkOf(build)
  const runs =
    /id\s*\(?['"](?:org\.springframework\.boot|io\.quarkus|io\.micronaut\.application|application|com\.(?:gradleup|github\.johnrengelman)\.shadow)['"]/
  if (!runs.test(build) && !/\bmainClass\b|apply plugin:\s*['"]application/.test(build)) return []
  const versions = build.split('\n').map((line) => /^\s*version\s*=\s*['"]([^'"]+)['"]/.exec(line)?.[1])
  const version = versions.find((each) => each !== undefined)
  const guessed = `build/libs/${name}${version === undefined ? '' : `-${version}`}.jar`
  const quarkus = framework === 'quarkus' ? 'build/quarkus-app/quarkus-run.jar' : null
  const jar = quarkus ?? builtJar(folder) ?? guessed
  const where = relative(project, folder)
  return [
    {
      name,
      source: join(where, file),
      command: javaCommand(jar, framework),
      ...(where !== '' && { cwd: where }),
      ...(framework !== null && { ready: framework }),
      before: existsSync(join(folder, jar))
        ? null
        : `${existsSync(join(project, 'gradlew')) ? './gradlew' : 'gradle'} ${framework === 'spring' ? 'bootJar' : 'build'}`,
    },
  ]
}

function builtJar(folder: string): string | null {
  const libs = join(folder, 'build', 'libs')
  if (!existsSync(libs)) return null
  const jars = readdirSync(libs).filter(
    (name) => name.endsWith('.jar') && !/-(?:plain|sources|javadoc)\.jar$/.test(name),
  )
  return jars.length === 1 ? `build/libs/${jars[0] ?? ''}` : null
}

const firstOf = (folder: string, names: string[]): string | null =>
  names.find((name) => existsSync(join(folder, name))) ?? null
