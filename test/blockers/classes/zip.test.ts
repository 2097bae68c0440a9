import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { fileBytes, memoryBytes } from '../../../harness/blockers/classes/bytes.js'
import { openEntry, readDirectory, readEntry } from '../../../harness/blockers/classes/zip.js'
import { compile, jdkTool, writeFiles } from '../java.js'

const folder = mkdtempSync(join(tmpdir(), 'zip-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const all = () => true

function jarWith(name: string, flags: string, files: Record<string, string>): string {
  writeFiles(join(folder, name), files)
  const jar = join(folder, `${name}.jar`)
  jdkTool('jar', [flags, jar, '-C', join(folder, name), '.'])
  return jar
}

test('entries of a real jar are found and read, compressed and stored alike', async () => {
  const text = 'word '.repeat(2000)
  for (const flags of ['cf', 'cf0']) {
    const bytes = await fileBytes(jarWith(`jar-${flags}`, flags, { 'a/b.txt': text, 'ü.txt': 'umlaut' }))
    const entries = await readDirectory(bytes, all)
    const [entry, umlaut] = [entries.get('a/b.txt'), entries.get('ü.txt')]
    expect(entry && (await readEntry(bytes, entry)).toString()).toBe(text)
    expect(umlaut && (await readEntry(bytes, umlaut)).toString()).toBe('umlaut')
  }
})

test('a stored entry is read in place and a script before the archive is no hindrance', async () => {
  const jar = jarWith('plain', 'cf0', { 'x.txt': 'content' })
  const executable = join(folder, 'executable.jar')
  writeFileSync(
    executable,
    Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), readFileSync(jar)]),
  )
  const bytes = await fileBytes(executable)
  const entry = (await readDirectory(bytes, all)).get('x.txt')
  const content = entry && (await openEntry(bytes, entry))
  expect((await content?.read(3, 4))?.toString()).toBe('tent')
})

test('an archive of more entries than the old format can count is read', async () => {
  const classes = compile(folder, {
    'Many.java': `import java.util.zip.*;
      public class Many { public static void main(String[] a) throws Exception {
        try (var z = new ZipOutputStream(new java.io.FileOutputStream(a[0])))
          { for (int i = 0; i < 66000; i++) { z.putNextEntry(new ZipEntry("e" + i)); z.closeEntry(); } } } }`,
  })
  const zip = join(folder, 'many.zip')
  jdkTool('java', ['-cp', classes, 'Many', zip])
  const entries = await readDirectory(await fileBytes(zip), all)
  expect(entries.size).toBe(66000)
  expect(entries.has('e65999')).toBe(true)
})

test('a broken archive is refused, never believed', async () => {
  const whole = readFileSync(jarWith('whole', 'cf', { 'a.txt': 'aaaa'.repeat(99), 'b.txt': 'b' }))
  await expect(readDirectory(memoryBytes(Buffer.alloc(0)), all)).rejects.toThrow('not a zip file')
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
      const broken = Buffer.from(whole)
      broken[at] = byte
      const bytes = memoryBytes(broken)
      const entries = await readDirectory(bytes, all).catch(() => new Map<string, never>())
      for (const entry of entries.values()) await readEntry(bytes, entry).catch((error: unknown) => error)
      expect(entries.size).toBeLessThanOrEqual(10)
    }),
  )
})
