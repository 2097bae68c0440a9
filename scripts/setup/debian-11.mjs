/** The root file system of Debian 11 with its own JDK 17, for an image that only tests use. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { debian11Root } from '../docker/root-file-system.mjs'
import { fetchOnce } from './fetch-once.mjs'
import { findTool, root, SetupError } from './run.mjs'
import { withSuite } from './suite.mjs'

/** What a JVM without a window needs: no more of the distribution is unpacked. */
const packages = [
  'openjdk-17-jre-headless',
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'zlib1g',
  'dash',
  'coreutils',
]

export async function debian11() {
  if (findTool('apt-get') === null || findTool('dpkg') === null) return
  await fetchOnce(debian11Root, 'Debian 11 with a JDK 17', async (folder) => {
    const tree = join(folder, 'tree')
    mkdirSync(tree)
    await withSuite('bullseye', join(root, 'build'), ({ unpack }) => unpack(packages, tree))
    if (!existsSync(join(tree, 'usr', 'lib', 'jvm'))) throw new SetupError('Debian 11 has no JDK 17')
    for (const name of ['doc', 'man', 'locale'])
      rmSync(join(tree, 'usr', 'share', name), { recursive: true, force: true })
    return tree
  })
}
