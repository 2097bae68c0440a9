/** The harness as JavaScript, in dist/. */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const outputs = ['harness', 'reports']
const compiler = join('node_modules', 'typescript', 'bin', 'tsc')

async function compileInto(folder) {
  await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noEmitOnError', '--outDir', folder])
  await bundleCommandLine(join(folder, 'harness'))
}

/**
 * What the command line loads, in few files in the place of some 350: half of the time until a check begins went into finding and
 * reading them. Each command is a part of its own, read when it is asked for. Of the dependencies only zod is in it, which
 * is a hundred files by itself, most of them languages that nobody asks for.
 */
async function bundleCommandLine(harness) {
  const { build } = await import('vite')
  const main = join(harness, 'cli', 'main.js')
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    ssr: { noExternal: ['zod'] },
    build: {
      ssr: main,
      outDir: join(harness, 'bundle'),
      target: 'node20',
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        output: {
          entryFileNames: 'main.js',
          chunkFileNames: '[name]-[hash].js',
          // Names stay as they are, for who reads a stack trace.
          minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
        },
        // It would name the folder of this build.
        experimental: { attachDebugInfo: 'none' },
      },
    },
  })
  writeFileSync(main, "#!/usr/bin/env node\nimport '../bundle/main.js'\n")
  chmodSync(main, 0o755)
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
  const how = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/setup/typescript.mjs']
  const inputs = [...outputs, ...how]
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
