import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { springBoot } from '../fixtures/reports/reports.js'
import { needing } from '../support/capability.js'
import { engine, image } from '../support/docker.js'

const folder = mkdtempSync(join(tmpdir(), 'junit5-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** The extension and the project that uses it, as Maven builds them in one run. */
const both = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>both</groupId><artifactId>both</artifactId><version>1</version><packaging>pom</packaging>
  <modules><module>extension</module><module>user</module></modules>
</project>`

/** An app in a container, which leaks a file that is accepted and a socket that is not. */
const ofImage = `package com.example;

import io.github.cracpreflight.junit5.Preflight;
import io.github.cracpreflight.junit5.PreflightTests;

@Preflight(
        image = "${image('user')}",
        command = {"-cp", "/app", "leaks.Main", "FileInput", "Listener"},
        ready = "log=/READY/",
        accept = "file:leaks.*")
class ImagePreflightTest implements PreflightTests {}
`

let outcome: { exitCode?: number | undefined; all: string }
const results = (project: string, name: string) =>
  readFileSync(join(folder, project, 'target', 'surefire-reports', `TEST-${name}.xml`), 'utf8')

beforeAll(async () => {
  const copy = (from: string[], to: string) => {
    cpSync(join(packageRoot, ...from), join(folder, to), {
      recursive: true,
      filter: (path) => !path.endsWith('/target'),
    })
  }
  copy(['java', 'junit5'], 'extension')
  copy(['examples', 'junit5'], 'user')
  writeFileSync(join(folder, 'pom.xml'), both)
  const tests = join(folder, 'user', 'src', 'test', 'java', 'com', 'example')
  if (engine.refusal === null) writeFileSync(join(tests, 'ImagePreflightTest.java'), ofImage)
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'start.js')
  outcome = await execa('mvn', ['-B', `-Dcrac-preflight.cli=${cli}`, 'package'], {
    ...{ cwd: folder, reject: false, all: true },
  })
}, 300_000)

test('the extension’s own tests pass', () => {
  for (const name of ['ReportTest', 'JsonTest', 'CommandLineTest'])
    expect(results('extension', `io.github.cracpreflight.junit5.${name}`), outcome.all).toMatch(
      /<testsuite [^>]*tests="[1-9]\d*" errors="0" skipped="0" failures="0"/,
    )
})

test('its recorded report is one of ours', () => {
  const recorded = join(packageRoot, 'java', 'junit5', 'src', 'test', 'resources', 'spring-boot.json')
  expect(JSON.parse(readFileSync(recorded, 'utf8'))).toEqual(springBoot)
})

test('a blocker fails a JUnit test at the line that made it; what is accepted or closed passes', () => {
  const xml = results('user', 'com.example.PricesPreflightTest')
  expect(xml, outcome.all).toMatch(/<testsuite [^>]*tests="4" errors="1" skipped="0" failures="1"/)
  expect(outcome.exitCode).toBe(1)
  const [, failure = ''] = /<failure ([\s\S]*?)<\/failure>/.exec(xml) ?? []
  expect(failure).toMatch(/^message="file pom\.xml&#10;Remedy: .*&#10;Id: file:com\.example\.Prices\.main"/)
  expect(failure).toContain('type="java.lang.AssertionError"')
  expect(failure).toContain('\tat java.io.FileReader.<init>(FileReader.java:')
  expect(failure).toContain('\tat com.example.Prices.main(Prices.java:15)')
  const [, error = ''] = /<error ([\s\S]*?)<\/error>/.exec(xml) ?? []
  expect(error).toMatch(/^message="The check could not tell\. .*NoSuchClass/)
  expect(error).toContain('type="io.github.cracpreflight.junit5.PreflightException"')
})

needing(engine)('an app in a container fails its test by its image', () => {
  const xml = results('user', 'com.example.ImagePreflightTest')
  expect(xml, outcome.all).toMatch(/<testsuite [^>]*tests="2" errors="0" skipped="0" failures="1"/)
  expect(xml).toMatch(/<failure message="listening socket [^>]*type="java\.lang\.AssertionError"/)
  expect(xml).toContain('\tat leaks.Listener.open(Listener.java:')
})

test('the document shows lines of that project', () => {
  const document = readFileSync(join(packageRoot, 'docs', 'java.md'), 'utf8')
  const [, shown = ''] = /```java\n([\s\S]*?)```/.exec(document) ?? []
  const source = ['src', 'test', 'java', 'com', 'example', 'PricesPreflightTest.java']
  const tried = readFileSync(join(packageRoot, 'examples', 'junit5', ...source), 'utf8')
  expect(shown.length).toBeGreaterThan(0)
  expect(tried).toContain(shown)
})
