/** OpenTelemetry's own collector in build/collector, made of Go modules, for the tests of --otlp; they skip without it. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findTool, root, run, say, SetupError } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const sources = join('test', 'fixtures', 'collector')
const program = join('build', 'collector', 'collector')
const failed = join(root, 'build', 'collector.failed')

export async function collector() {
  if (existsSync(failed) || findTool('go') === null) return
  try {
    await makeOnce({ name: 'collector', inputs: [sources] }, async () => {
      say("building OpenTelemetry's collector for the tests (two minutes of processor time)")
      rmSync(join(root, dirname(program)), { recursive: true, force: true })
      // The versions are those of go.sum, and no other Go is fetched.
      const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' }
      const to = ['-trimpath', '-ldflags=-s -w', '-o', join(root, program)]
      await run('go', ['build', ...to, '.'], { cwd: join(root, sources), env })
      return [program]
    })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    // Remembered, so that a machine without the modules does not try again at every start.
    mkdirSync(dirname(failed), { recursive: true })
    writeFileSync(failed, `${error.message}\n`)
    say(`the tests of --otlp are skipped: ${error.message.split('\n')[0]}. To try again, delete ${failed}`)
  }
}
