import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { frameworkOf, javaCommand, type FoundApp } from './found.js'

/** What is not the app's own jar. */
const BESIDE = /(?:-sources|-javadoc|-tests|-plain)\.jar$|^original-/

/** The apps of a Maven project and of its modules; a library among them is none. */
export function mavenApps(folder: string, project = folder): FoundApp[] {
  const file = join(folder, 'pom.xml')
  if (!existsSync(file)) return []
  const pom = readFileSync(file, 'utf8').replace(/<!--[^]*?-->/g, '')
  const modules = [...pom.matchAll(/<module>\s*([^<\s]+)\s*<\/module>/g)].map(([, name = '']) => name)
  const inside = modules.flatMap((name) => mavenApps(join(folder, name), project))
  const isApp = modules.length === 0 && (folder === project || runs(pom))
  return isApp ? [toApp(pom, folder, project), ...inside] : inside
}

/** Whether a module is packed so that `java -jar` runs it. */
const runs = (pom: string): boolean =>
  /<artifactId>\s*(?:spring-boot-maven-plugin|quarkus-maven-plugin|micronaut-maven-plugin|maven-shade-plugin)\s*</.test(
    pom,
  ) || pom.includes('<mainClass>')

function toApp(pom: string, folder: string, project: string): FoundApp {
  const own = pom.replace(
    /<(parent|dependencies|dependencyManagement|build|profiles|properties)>[^]*?<\/\1>/g,
    '',
  )
  const parent = /<parent>[^]*?<\/parent>/.exec(pom)?.[0] ?? ''
  const artifact = tag(own, 'artifactId') ?? basename(folder)
  const version = tag(own, 'version') ?? tag(parent, 'version') ?? '1.0'
  const build = /<build>[^]*?<\/build>/.exec(pom)?.[0] ?? ''
  const final = (
    tag(build.replace(/<plugins>[^]*?<\/plugins>/g, ''), 'finalName') ?? `${artifact}-${version}`
  )
    .replaceAll('${project.artifactId}', artifact)
    .replaceAll('${project.version}', version)
  const framework = frameworkOf(pom)
  const quarkus = framework === 'quarkus' ? 'target/quarkus-app/quarkus-run.jar' : null
  const jar = quarkus ?? builtJar(folder) ?? `target/${final}.jar`
  const where = relative(project, folder)
  return {
    name: artifact,
    source: join(where, 'pom.xml'),
    command: javaCommand(jar, framework),
    ...(where !== '' && { cwd: where }),
    ...(framework !== null && { ready: framework }),
    before: existsSync(join(folder, jar))
      ? null
      : `${existsSync(join(project, 'mvnw')) ? './mvnw' : 'mvn'} -q -DskipTests package`,
  }
}

/** The jar that is there already, where it is one only. */
function builtJar(folder: string): string | null {
  const target = join(folder, 'target')
  if (!existsSync(target)) return null
  const jars = readdirSync(target).filter((name) => name.endsWith('.jar') && !BESIDE.test(name))
  return jars.length === 1 ? `target/${jars[0] ?? ''}` : null
}

const tag = (xml: string, name: string): string | null =>
  new RegExp(`<${name}>\\s*([^<]+?)\\s*</${name}>`).exec(xml)?.[1] ?? null
