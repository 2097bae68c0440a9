/** Debian's PostgreSQL server and an app with a pool of connections to it, for tests that say so and skip without them. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresTree } from '../docker/root-file-system.mjs'
import { findTool, root, run, say, SetupError } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const app = join('test', 'fixtures', 'postgres')
const debs = `${postgresTree}.debs`
const failed = `${postgresTree}.failed`

export async function postgres() {
  if (existsSync(failed)) return
  try {
    await makeOnce({ name: 'postgres-app', inputs: [join(app, 'pom.xml'), join(app, 'src')] }, async () => {
      say(`building ${app} with Maven`)
      await run('mvn', ['-B', '-q', 'clean', 'package', '-f', join(root, app, 'pom.xml')])
      return [join(app, 'target', 'pool.jar')]
    })
    if (!existsSync(postgresTree)) await unpackServer()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    // Remembered, so that a machine without the repositories does not try again at every start.
    mkdirSync(join(failed, '..'), { recursive: true })
    writeFileSync(failed, `${error.message}\n`)
    say(`the test with PostgreSQL is skipped: ${error.message}. To try again, delete ${failed}`)
  }
}

/** Unpacked, not installed: no service is set up, and nothing of the machine changes. */
async function unpackServer() {
  if (process.getuid() !== 0 || findTool('apt-get') === null)
    throw new SetupError('only root on Debian can fetch a PostgreSQL server')
  say('fetching a PostgreSQL server for the tests')
  rmSync(debs, { recursive: true, force: true })
  mkdirSync(join(debs, 'partial'), { recursive: true })
  const depends = await run('apt-cache', ['depends', 'postgresql'])
  const server = /Depends: (postgresql-\d+)/.exec(depends)?.[1]
  if (server === undefined) throw new SetupError('apt knows no PostgreSQL server')
  // What is installed is fetched, too; of what it needs only what is not there.
  await run('apt-get', ['download', server, 'libpq5'], { cwd: debs })
  const here = ['-o', `Dir::Cache::archives=${debs}`, '-o', 'APT::Sandbox::User=root']
  await run('apt-get', ['install', '-y', '--no-install-recommends', '--download-only', ...here, server])
  for (const deb of readdirSync(debs).filter((name) => name.endsWith('.deb')))
    await run('dpkg', ['-x', join(debs, deb), `${postgresTree}.new`])
  renameSync(`${postgresTree}.new`, postgresTree)
  rmSync(debs, { recursive: true, force: true })
}
