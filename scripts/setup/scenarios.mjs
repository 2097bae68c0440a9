/** The Java apps in scenarios/. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { javaHome, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const javaRelease = '17'

async function withMaven(name, product) {
  const folder = join('scenarios', name)
  const inputs = [join(folder, 'pom.xml'), join(folder, 'src')]
  await makeOnce({ name, inputs, products: [join(root, folder, product)] }, async () => {
    say(`building ${folder} with Maven`)
    await run('mvn', ['-B', '-q', '-DskipTests', 'clean', 'package', '-f', join(folder, 'pom.xml')])
  })
}

async function withJavac(name) {
  const sources = join('scenarios', name, 'src')
  const classes = join(root, 'scenarios', name, 'target', 'classes')
  await makeOnce({ name, inputs: [sources], products: [classes] }, async () => {
    say(`compiling scenarios/${name}`)
    rmSync(classes, { recursive: true, force: true })
    mkdirSync(classes, { recursive: true })
    const files = readdirSync(join(root, sources), { recursive: true }).filter((file) =>
      file.endsWith('.java'),
    )
    const javac = join(javaHome(), 'bin', 'javac')
    await run(javac, [
      '-g',
      '--release',
      javaRelease,
      '-d',
      classes,
      ...files.map((file) => join(sources, file)),
    ])
  })
}

export async function demoApp() {
  await withMaven('spring-boot-web', 'target/orders.jar')
}

export async function scenarios() {
  await demoApp()
  await withMaven('grizzly-felix', 'target/grizzly-felix.jar')
  await withJavac('leaks')
}
