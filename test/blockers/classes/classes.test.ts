import { toTarget } from '../literals.js'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClassIndex, type ClassIndex } from '../../../harness/blockers/classes/classes.js'
import { nameSources } from '../../../harness/blockers/classes/sources.js'
import type { Entry } from '../../../harness/model/target.js'
import { compile, javaHome, jdkHomes, jdkTool, pom, writeFiles } from '../java.js'

let folder: string
let classes: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'classes-'))
  classes = compile(folder, {
    'com/acme/Pool.java': 'package com.acme; public class Pool { static class Conn { } }',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A jar of the compiled classes below `prefix`, and of other files. */
function jar(name: string, files: Record<string, string | Buffer>, prefix = '', flags = 'cf0'): string {
  const content = mkdtempSync(join(folder, 'jar-'))
  if (prefix !== '-')
    for (const file of ['Pool', 'Pool$Conn']) {
      mkdirSync(join(content, prefix, 'com/acme'), { recursive: true })
      copyFileSync(join(classes, `com/acme/${file}.class`), join(content, prefix, `com/acme/${file}.class`))
    }
  const manifest = files['META-INF/MANIFEST.MF']
  writeFiles(content, files)
  const path = join(folder, name)
  if (manifest === undefined) jdkTool('jar', [`${flags}M`, path, '-C', content, '.'])
  else {
    writeFileSync(join(folder, 'manifest'), manifest)
    rmSync(join(content, 'META-INF/MANIFEST.MF'))
    jdkTool('jar', [`${flags}m`, path, join(folder, 'manifest'), '-C', content, '.'])
  }
  return path
}

const index = (classPath: string[], jars: string[] = []): Promise<ClassIndex> =>
  openClassIndex({ javaHome, classPath, jars })

test.each(jdkHomes)("classes of %s are the JDK's, with module and source file", async (home) => {
  const jdk = await openClassIndex({ javaHome: home, classPath: [], jars: [] })
  expect(await jdk.find('java.io.FileInputStream')).toEqual({
    jdk: true,
    module: 'java.base',
    jar: null,
    artifact: null,
    sourceFile: 'FileInputStream.java',
  })
  expect((await jdk.find('com.sun.net.httpserver.HttpServer'))?.module).toBe('jdk.httpserver')
  expect(await jdk.find('com.sun.faces.Nothing')).toBeNull()
})

test('a class of a folder is named by the folder', async () => {
  expect(await (await index([classes])).find('com.acme.Pool$Conn')).toEqual({
    jdk: false,
    module: null,
    jar: 'classes/',
    artifact: null,
    sourceFile: 'Pool.java',
  })
})

test('a jar with one pom.properties has its coordinates; a class in no jar is not found', async () => {
  const path = jar('pool-1.2.jar', {
    'META-INF/maven/com.acme/pool/pom.properties': pom('com.acme', 'pool', '1.2'),
  })
  const app = await index([path])
  expect(await app.find('com.acme.Pool')).toMatchObject({
    jar: 'pool-1.2.jar',
    artifact: 'com.acme:pool:1.2',
  })
  expect(await app.find('com.acme.Other')).toBeNull()
})

test.each([
  ['inst', 'classdata'],
  ['agent', 'esclazz'],
])("a class that an agent's jar hides below %s as .%s is the agent's", async (below, extension) => {
  const conn = readFileSync(join(classes, 'com/acme/Pool$Conn.class'))
  const path = jar(
    'opentelemetry-javaagent-2.9.0.jar',
    { [`${below}/com/acme/Pool$Conn.${extension}`]: conn },
    '-',
  )
  const app = await index([], [path])
  expect(await app.find('com.acme.Pool$Conn')).toEqual({
    jdk: false,
    module: null,
    jar: 'opentelemetry-javaagent-2.9.0.jar',
    artifact: null,
    sourceFile: 'Pool.java',
  })
})

test('a shaded jar has the coordinates that its name tells, or none', async () => {
  const poms = {
    'META-INF/maven/com.acme/pool/pom.properties': pom('com.acme', 'pool', '1.2'),
    'META-INF/maven/com.acme/pool-util/pom.properties': pom('com.acme', 'pool-util', '3'),
  }
  const artifactOf = async (path: string) => (await (await index([path])).find('com.acme.Pool'))?.artifact
  expect(await artifactOf(jar('pool-1.2-all.jar', poms))).toBe('com.acme:pool:1.2')
  expect(await artifactOf(jar('app.jar', poms))).toBeNull()
  expect(await artifactOf(jar('bundle.jar', { 'META-INF/x': '' }))).toBeNull()
})

test('fat jars and web archives are read through to the nested jar, stored or compressed', async () => {
  const nested = jar('h2-2.3.232.jar', {
    'META-INF/maven/com.h2database/h2/pom.properties': pom('com.h2database', 'h2', '2.3.232'),
  })
  const { readFileSync } = await import('node:fs')
  const inner = readFileSync(nested)
  for (const [name, lib, flags] of [
    ['boot.jar', 'BOOT-INF/lib', 'cf0'],
    ['boot-deflated.jar', 'BOOT-INF/lib', 'cf'],
    ['web.war', 'WEB-INF/lib', 'cf'],
  ] as const) {
    const fat = jar(name, { [`${lib}/h2-2.3.232.jar`]: inner }, '-', flags)
    expect(await (await index([fat])).find('com.acme.Pool')).toMatchObject({
      jar: 'h2-2.3.232.jar',
      artifact: 'com.h2database:h2:2.3.232',
      sourceFile: 'Pool.java',
    })
  }
  const own = jar(
    'orders.jar',
    { 'META-INF/maven/a/orders/pom.properties': pom('a', 'orders', '1') },
    'BOOT-INF/classes',
  )
  expect(await (await index([own])).find('com.acme.Pool')).toMatchObject({
    jar: 'orders.jar',
    artifact: 'a:orders:1',
  })
})

test("wildcards, manifests' class paths and other open jars are searched, in that order", async () => {
  const lib = join(folder, 'lib dir')
  mkdirSync(lib)
  copyFileSync(jar('plug.jar', {}), join(lib, 'plug.jar'))
  const manifest = `Manifest-Version: 1.0\nClass-Path: missing.jar\n  lib%20dir/pl\n ug.jar http://example.org/x.jar\n`
  const starter = jar('starter.jar', { 'META-INF/MANIFEST.MF': manifest }, '-')
  const jarOf = async (app: Promise<ClassIndex>) => (await (await app).find('com.acme.Pool'))?.jar
  expect(await jarOf(index([join(lib, '*')]))).toBe('plug.jar')
  expect(await jarOf(index([starter]))).toBe('plug.jar')
  expect(await jarOf(index([], [jar('bundle-7.jar', {})]))).toBe('bundle-7.jar')
  expect(await jarOf(index([classes], [jar('bundle-8.jar', {})]))).toBe('classes/')
})

test('generated classes belong to the class in whose name they were made, proxies to nobody', async () => {
  const app = await index([classes])
  for (const name of [
    'com.acme.Pool$$Lambda/0x00007f1b3c000a08',
    'com.acme.Pool$$Lambda$14+0x0000000800c03000',
    'com/acme/Pool$$Lambda.0x00007f1b3c000a08',
    'com.acme.Pool$$SpringCGLIB$$0',
    'com.acme.Pool$HibernateProxy$x1',
  ])
    expect(await app.find(name), name).toMatchObject({ jdk: false, jar: 'classes/', sourceFile: null })
  expect(await app.find('com.acme.$Proxy12')).toBeNull()
  for (const name of [
    'jdk.proxy2.$Proxy12',
    'java.lang.invoke.LambdaForm$MH/0x0000000800c04000',
    'jdk.internal.reflect.GeneratedMethodAccessor7',
  ])
    expect(await app.find(name), name).toMatchObject({ jdk: true, sourceFile: null })
})

test("an app's own module linked into the image is the app's", async (context) => {
  const source = join(folder, 'module')
  writeFiles(source, {
    'module-info.java': 'module acme.app { }',
    'acme/Main.java': 'package acme; class Main { }',
  })
  jdkTool('javac', [
    '-g',
    '-d',
    join(folder, 'mods'),
    join(source, 'module-info.java'),
    join(source, 'acme/Main.java'),
  ])
  const output = join(folder, 'linked')
  try {
    execFileSync(
      join(javaHome, 'bin/jlink'),
      ['--module-path', join(folder, 'mods'), '--add-modules', 'acme.app', '--output', output],
      { stdio: 'pipe' },
    )
  } catch {
    context.skip(`${javaHome} has no jmods to link an image from`)
  }
  const app = await openClassIndex({ javaHome: output, classPath: [], jars: [] })
  expect(await app.find('acme.Main')).toEqual({
    jdk: false,
    module: 'acme.app',
    jar: 'acme.app',
    artifact: null,
    sourceFile: 'Main.java',
  })
})

test("without a readable image package names tell the JDK's classes", async () => {
  const app = await openClassIndex({ javaHome: null, classPath: [classes], jars: [] })
  expect((await app.find('sun.nio.ch.Net'))?.jdk).toBe(true)
  expect((await app.find('javax.net.ssl.SSLSocket'))?.jdk).toBe(true)
  expect((await app.find('com.acme.Pool'))?.jdk).toBe(false)
  expect(await app.find('javax.servlet.Servlet')).toBeNull()
})

test("every path lies below the root of the app's own file system", async () => {
  const app = await openClassIndex({ javaHome: '/jdk', classPath: ['/classes'], jars: [], root: folder })
  expect((await app.find('com.acme.Pool'))?.jar).toBe('classes/')
})

test("missing and broken jars cost their classes' names, not the report", async () => {
  const broken = join(folder, 'broken.jar')
  writeFileSync(broken, 'no jar at all')
  expect(
    await (await index([broken, '/no/such.jar', '/no/such/*', classes])).find('com.acme.Pool'),
  ).toMatchObject({ jar: 'classes/' })
})

test('every Java frame of the ledger gets its source file; a file that is known stays', async () => {
  const origin = (className: string, file: string | null = null) => ({
    atMs: 1,
    thread: 'main',
    tid: 1,
    syscall: 'openat',
    native: [],
    java: [
      { class: 'java.io.FileInputStream', method: 'open0', file: null, line: null },
      { class: className, method: 'x', file, line: 3 },
    ],
  })
  const entry: Entry = {
    fd: 5,
    kind: 'socket',
    target: toTarget('tcp 0.0.0.0:80 listening'),
    peerHolders: [],
    listener: null,
    watches: [],
    missing: null,
    origin: origin('com.acme.Pool'),
    bound: origin('com.acme.Pool$Conn'),
    listened: origin('x.Kotlin', 'Kotlin.kt'),
    connected: null,
  }
  const [named] = await nameSources([entry], await index([classes]))
  const files = (at: keyof Entry) => (named?.[at] as Entry['origin'])?.java.map((frame) => frame.file)
  expect(files('origin')).toEqual(['FileInputStream.java', 'Pool.java'])
  expect(files('bound')).toEqual(['FileInputStream.java', 'Pool.java'])
  expect(files('listened')).toEqual(['FileInputStream.java', 'Kotlin.kt'])
  expect(named?.connected).toBeNull()
  expect(entry.origin?.java[1]?.file).toBeNull()
})
