/** The Java apps in scenarios/. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { javaHome, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const javaRelease = '17'

async function withMaven(name, jar) {
  const folder = join('scenarios', name)
  const inputs = [join(folder, 'pom.xml'), join(folder, 'src')]
  await makeOnce({ name, inputs }, async () => {
    say(`building ${folder} with Maven`)
    await run('mvn', ['-B', '-q', '-DskipTests', 'clean', 'package', '-f', join(folder, 'pom.xml')])
    return [join(folder, 'target', jar)]
  })
}

async function withJavac(name) {
  const sources = join('scenarios', name, 'src')
  const classes = join('scenarios', name, 'target', 'classes')
  await makeOnce({ name, inputs: [sources] }, async () => {
    say(`compiling scenarios/${name}`)
    rmSync(join(root, classes), { recursive: true, force: true })
    const files = readdirSync(join(root, sources), { recursive: true }).filter((file) =>
      file.endsWith('.java'),
    )
    const javac = join(javaHome(), 'bin', 'javac')
    const paths = files.map((file) => join(sources, file))
    await run(javac, ['-g', '--release', javaRelease, '-d', classes, ...paths])
    return [classes]
  })
}

export async function demoApp() {
  await withMaven('spring-boot-web', 'orders.jar')
}

/** Real apps of frameworks, for `npm run test:frameworks`. */
export async function frameworks() {
  await withMaven(join('frameworks', 'quarkus'), 'quarkus-app')
  await withMaven(join('frameworks', 'micronaut'), 'orders.jar')
}

export async function scenarios() {
  await demoApp()
  await withMaven('grizzly-felix', 'grizzly-felix.jar')
  await withMaven('glassfish', 'glassfish.jar')
  await withJavac('leaks')
}
