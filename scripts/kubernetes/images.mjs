/** Brings test images from a Docker engine into the cluster's containerd: nothing is pulled. */
import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ask } from '../docker/api.mjs'
import { closeContainerTests, openContainerTests } from '../docker/tests.mjs'
import { folder } from './programs.mjs'

const PAUSE = 'crac-preflight-test/pause:1'

/** Resolves to the names under which the cluster knows the test images that were asked for. */
export async function bringImages(cluster, wanted) {
  const { host, images, refusal } = await openContainerTests(process.pid)
  if (refusal !== null) throw new Error(`the cluster's images are made by a Docker engine: ${refusal}`)
  const place = mkdtempSync(join(tmpdir(), 'images-'))
  try {
    const query = new URLSearchParams({ fromSrc: '-', repo: PAUSE, changes: 'ENTRYPOINT ["/pause"]' })
    const tar = spawn('tar', ['-C', join(folder, 'bin'), '-c', 'pause'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await ask(host, 'POST', `/images/create?${query}`, tar.stdout)
    const brought = {}
    for (const [name, image] of [['pause', PAUSE], ...wanted.map((name) => [name, images[name]])]) {
      const file = join(place, `${name}.tar`)
      await save(host, image, file)
      await cluster.ctr('images', 'import', file)
      rmSync(file)
      brought[name] = `docker.io/${image}`
    }
    return brought
  } finally {
    rmSync(place, { recursive: true, force: true })
    await closeContainerTests(process.pid)
  }
}

async function save(host, image, file) {
  const answer = await new Promise((resolve, reject) => {
    request({ socketPath: host.replace('unix://', ''), path: `/images/${image}/get` }, resolve)
      .on('error', reject)
      .end()
  })
  await pipeline(answer, createWriteStream(file))
}
