import type { Frame } from '../../model/report.js'
import type { ClassIndex } from '../classes/classes.js'

/** Frameworks whose properties some remedies set. */
export type Framework = 'spring-boot' | 'micronaut'

interface Marks {
  name: Framework
  packages: string
  /** A class of every version. */
  base: string
  /** A class that only versions with support for checkpoints have. */
  supports: string
}

const frameworks: Marks[] = [
  {
    name: 'spring-boot',
    packages: 'org.springframework.boot.',
    base: 'org.springframework.boot.SpringApplication',
    // Since 3.2.
    supports: 'org.springframework.boot.jdbc.HikariCheckpointRestoreLifecycle',
  },
  {
    name: 'micronaut',
    packages: 'io.micronaut.',
    base: 'io.micronaut.runtime.Micronaut',
    supports: 'io.micronaut.runtime.Micronaut',
  },
]

/** The frameworks that the app has, by its class path; the stacks tell of those whose jars can't be read. */
export async function frameworksOf(index: ClassIndex, stacks: Frame[][]): Promise<Set<Framework>> {
  const found = await Promise.all(
    frameworks.map(async ({ name, base, supports }) => {
      if ((await index.find(supports)) !== null) return name
      const isOld = (await index.find(base)) !== null
      return !isOld && stacks.some((stack) => isIn(name, stack)) ? name : null
    }),
  )
  return new Set(found.filter((name) => name !== null))
}

/** Whether a stack has a frame of a framework. */
export function isIn(framework: Framework, stack: Frame[]): boolean {
  const packages = frameworks.find(({ name }) => name === framework)?.packages
  return packages !== undefined && stack.some((frame) => frame.class.startsWith(packages))
}
