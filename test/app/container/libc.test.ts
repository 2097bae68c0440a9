import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect } from 'vitest'
import { withImage } from '../../../harness/app/container/image.js'
import { libcOf } from '../../../harness/app/container/libc.js'
import { docker, engine, image } from '../../support/docker.js'
import { fixture } from '../../support/java.js'
import { capability, needing } from '../../support/capability.js'

const container = needing(engine)
const LINKER = '/lib/ld-musl-x86_64.so.1'
const musl = capability(
  'musl',
  spawnSync('musl-gcc', ['--version']).status === 0 && existsSync(LINKER),
  `there is no musl-gcc with ${LINKER}`,
)

/** An image whose launcher is linked against musl, which may be in it or not. */
async function imageOnMusl(
  name: string,
  withLinker: boolean,
  change?: (java: string) => void,
): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'image-'))
  mkdirSync(join(root, 'bin'))
  mkdirSync(join(root, 'lib'))
  execFileSync('musl-gcc', ['-o', join(root, 'bin/java'), fixture('loads.c')])
  change?.(join(root, 'bin/java'))
  if (withLinker) copyFileSync(LINKER, join(root, LINKER))
  const tar = execFileSync('tar', ['-C', root, '-c', '.'])
  const imported = await (await docker()).importImage(Readable.from([tar]), { repo: name, tag: 'latest' })
  await finished(imported.resume())
  return name
}

container('an image on glibc gets the probes of this machine', async () => {
  await withImage(image('user'), 'missing', async ({ files }) => {
    expect(await libcOf('image of the test', files, '/opt/java/bin/java')).toBe('glibc')
  })
})

needing(musl, engine)('an image on musl gets the probes for musl, or is told what it misses', async () => {
  for (const withLinker of [true, false]) {
    const name = `crac-preflight-test/musl-${process.pid}`
    await imageOnMusl(name, withLinker)
    try {
      await withImage(name, 'missing', async ({ files }) => {
        const found = libcOf(`image ${name}`, files, '/bin/java')
        if (withLinker) expect(await found).toBe('musl')
        else await expect(found).rejects.toThrow(`has no ${LINKER}, which its /bin/java needs`)
      })
    } finally {
      await (await docker()).getImage(name).remove({ force: true })
    }
  }
})

needing(musl, engine)('an image for another processor is told to be one', async () => {
  const name = `crac-preflight-test/other-${process.pid}`
  await imageOnMusl(name, true, (java) => {
    const bytes = readFileSync(java)
    // The machine of an ELF header: S/390.
    bytes.writeUInt16LE(22, 18)
    writeFileSync(java, bytes)
  })
  try {
    await withImage(name, 'missing', async ({ files }) => {
      await expect(libcOf(`image ${name}`, files, '/bin/java')).rejects.toThrow(
        `The JVM of the image ${name} is built for s390x, and the probes of this machine are for ${process.arch}.`,
      )
    })
  } finally {
    await (await docker()).getImage(name).remove({ force: true })
  }
})
