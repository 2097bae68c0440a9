/** An app that `init` has found, as it will stand in the file. */
export interface FoundApp {
  name: string
  /** What tells of it: `pom.xml`, `compose.yaml`. */
  source: string
  command?: string[]
  image?: string
  cwd?: string
  ready?: string
  env?: Record<string, string>
  ports?: number[]
  network?: string
  /** What is to be done before the first check; null: nothing. */
  before: string | null
}

/** Frameworks that `ready` knows, by the words that a build file names them with. */
const FRAMEWORKS: [name: string, sign: RegExp][] = [
  ['spring', /org\.springframework\.boot|spring-boot/],
  ['quarkus', /io\.quarkus/],
  ['micronaut', /io\.micronaut/],
  ['helidon', /io\.helidon/],
]

export const frameworkOf = (buildFile: string): string | null =>
  FRAMEWORKS.find(([, sign]) => sign.test(buildFile))?.[0] ?? null

/** Arguments that make apps of a framework take any free port, so that several can be checked at a time. */
const FREE_PORT: Partial<Record<string, { jvm: string[]; app: string[] }>> = {
  spring: { jvm: [], app: ['--server.port=0'] },
  quarkus: { jvm: ['-Dquarkus.http.port=0'], app: [] },
  micronaut: { jvm: ['-Dmicronaut.server.port=-1'], app: [] },
}

/** `java -jar` with what a framework needs beside it. */
export function javaCommand(jar: string, framework: string | null): string[] {
  const { jvm = [], app = [] } = (framework === null ? undefined : FREE_PORT[framework]) ?? {}
  return ['java', ...jvm, '-jar', jar, ...app]
}
