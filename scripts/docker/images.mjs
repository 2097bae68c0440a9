/** The images that the container tests run: made of this machine's own JDKs by import, so that no registry is needed. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, say } from '../setup/run.mjs'
import { filesBelow } from '../setup/stamp.mjs'
import { ask } from './api.mjs'
import { debian11Root, layOut, muslRoot, postgresTree } from './root-file-system.mjs'

const leaks = join(root, 'scenarios', 'leaks', 'target', 'classes')

/** What is tested on: a small run-time for an ordinary user without any shell, and one for root with a shell. */
function recipes(jdks) {
  const java = { env: ['JAVA_HOME=/opt/java', 'PATH=/opt/java/bin:/bin'], workdir: '/app' }
  const cmd = ['-cp', '/app', 'leaks.Main']
  const made = []
  const oldest = jdks[0]
  const newest = jdks.at(-1)
  made.push({ ...java, name: 'user', jdk: oldest, user: '1000', entrypoint: ['/opt/java/bin/java'], cmd })
  made.push({ ...java, name: 'root', jdk: newest, shell: true, cmd: ['java', ...cmd] })
  made.push({
    ...java,
    name: 'script',
    jdk: newest,
    shell: true,
    entrypoint: ['/app/start.sh'],
    cmd: ['FileInput'],
  })
  made.push({ name: 'no-java', shell: true, cmd: ['sh', '-c', 'sleep 60'] })
  if (existsSync(postgresTree)) {
    const [version] = readdirSync(join(postgresTree, 'usr', 'lib', 'postgresql'))
    const cmd = ['/app/start.sh']
    made.push({ name: 'postgres', postgres: version, shell: true, user: '1000', cmd, optional: true })
  }
  const others = [
    { name: 'musl', tree: muslRoot, java: '/opt/java/bin/java' },
    { name: 'debian-11', tree: debian11Root, java: '/usr/lib/jvm/java-17-openjdk-amd64/bin/java' },
  ]
  for (const { name, tree, java } of others)
    if (existsSync(tree)) made.push({ name, tree, user: '1000', entrypoint: [java], cmd, optional: true })
  return made
}

/** Imports what is not there yet, of all images or of these; resolves to the images by name. */
export async function buildImages(host, jdks, names = null) {
  const images = {}
  for (const recipe of recipes(jdks).filter(({ name }) => names === null || names.includes(name))) {
    const repository = `crac-preflight-test/${recipe.name}`
    images[recipe.name] = `${repository}:${fingerprint(recipe)}`
    const found = await ask(host, 'GET', `/images/${images[recipe.name]}/json`).catch(() => null)
    try {
      if (found === null) await build(host, recipe, images[recipe.name])
    } catch (error) {
      if (!recipe.optional) throw error
      say(`the test image ${recipe.name} can't be made: ${error.message}`)
      delete images[recipe.name]
      continue
    }
    await removeOthers(host, repository, images[recipe.name])
  }
  return images
}

/** Earlier states of the same image. */
async function removeOthers(host, repository, current) {
  const filters = encodeURIComponent(JSON.stringify({ reference: [repository] }))
  const known = JSON.parse(await ask(host, 'GET', `/images/json?filters=${filters}`))
  // Podman knows every name with the registry that Docker leaves out.
  for (const name of known.flatMap(({ RepoTags }) => RepoTags ?? []))
    if (name !== current && name !== `docker.io/${current}`)
      await ask(host, 'DELETE', `/images/${name}`).catch(() => undefined)
}

function fingerprint(recipe) {
  const hash = createHash('sha256').update(JSON.stringify(recipe))
  const own = ['images.mjs', 'root-file-system.mjs'].map((name) => join(root, 'scripts', 'docker', name))
  for (const file of [...own, ...filesBelow(leaks)]) hash.update(readFileSync(file))
  if (recipe.jdk) hash.update(readFileSync(join(recipe.jdk.home, 'release')))
  return hash.digest('hex').slice(0, 16)
}

async function build(host, recipe, image) {
  say(`importing the test image ${image}`)
  const folder = await mkdtemp(join(tmpdir(), 'image-'))
  try {
    // It becomes the root of the image, which every user passes.
    await chmod(folder, 0o755)
    await layOut(folder, recipe, leaks)
    // Podman 4 knows no tag beside the name; every engine reads one in it.
    const query = new URLSearchParams({ fromSrc: '-', repo: image })
    for (const change of changes(recipe)) query.append('changes', change)
    const tar = spawn('tar', ['-C', folder, '--numeric-owner', '--owner=0', '--group=0', '-c', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const answer = await ask(host, 'POST', `/images/create?${query}`, tar.stdout)
    if (answer.includes('"errorDetail"')) throw new Error(`${image} can't be imported: ${answer.trim()}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function changes({ env = [], workdir, user, entrypoint, cmd }) {
  return [
    ...env.map((pair) => `ENV ${pair}`),
    ...(workdir ? [`WORKDIR ${workdir}`] : []),
    ...(user ? [`USER ${user}`] : []),
    ...(entrypoint ? [`ENTRYPOINT ${JSON.stringify(entrypoint)}`] : []),
    `CMD ${JSON.stringify(cmd)}`,
  ]
}
