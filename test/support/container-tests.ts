import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../harness/host/package-root.js'

/** A Docker engine and the test images in it, by their names in `scripts/docker/images.mjs`. */
interface Prepared {
  host: string | null
  /** Why there is no engine. */
  refusal: string | null
  images: Record<string, string>
}

interface ContainerTests {
  openContainerTests: (user: number) => Promise<Prepared>
  closeContainerTests: (user: number) => Promise<void>
}

/** What the set-up's own scripts do for the container tests of one run. */
export const { openContainerTests, closeContainerTests } = (await import(
  pathToFileURL(join(packageRoot, 'scripts', 'docker', 'tests.mjs')).href
)) as ContainerTests
