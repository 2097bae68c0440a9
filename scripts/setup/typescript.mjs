/** The harness as JavaScript, in dist/. */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const outputs = ['harness', 'reports']
const compiler = join('node_modules', 'typescript', 'bin', 'tsc')

async function compileInto(folder) {
  await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noEmitOnError', '--outDir', folder])
  chmodSync(join(folder, 'harness', 'cli', 'main.js'), 0o755)
}

// Replaced as a whole: a failed build leaves the last good one, and the output of a deleted source goes.
function moveToDist(folder) {
  mkdirSync(join(root, 'dist'), { recursive: true })
  for (const output of outputs) {
    const place = join(root, 'dist', output)
    rmSync(place, { recursive: true, force: true })
    renameSync(join(folder, output), place)
  }
}

export async function typescript() {
  const inputs = [...outputs, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']
  await makeOnce({ name: 'typescript', inputs }, async () => {
    say('compiling the harness')
    mkdirSync(join(root, 'build'), { recursive: true })
    const folder = mkdtempSync(join(root, 'build', 'typescript-'))
    try {
      await compileInto(folder)
      moveToDist(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return outputs.map((output) => join('dist', output))
  })
}
