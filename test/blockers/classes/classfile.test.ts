import { readFileSync, rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceFileOf } from '../../../harness/blockers/classes/classfile.js'
import { compile, jdkTool } from '../java.js'

let folder: string
let classes: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'classfile-'))
  classes = compile(folder, {
    'a/Pool.java': `package a;
      public class Pool<T extends Number> implements Runnable {
        static final long LONG = 1L << 40; static final double DOUBLE = 2.5; @Deprecated int field;
        record Pair(int x, String y) {}
        public void run() { Runnable r = () -> System.out.println("é€😀" + LONG + DOUBLE); r.run(); }
      }
      class Second { }`,
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the source file of a class, of its inner class and of a second class in the same file is the file itself', () => {
  for (const name of ['Pool', 'Pool$Pair', 'Second'])
    expect(sourceFileOf(readFileSync(join(classes, `a/${name}.class`)))).toBe('Pool.java')
})

test('a class compiled without debug information has no source file', () => {
  jdkTool('javac', ['-g:none', '-d', join(folder, 'bare'), join(folder, 'src/a/Pool.java')])
  expect(sourceFileOf(readFileSync(join(folder, 'bare/a/Pool.class')))).toBeNull()
})

test('cut or invented bytes never throw', () => {
  const whole = readFileSync(join(classes, 'a/Pool.class'))
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(whole.length - 1), fc.nat(255), (cut, at, byte) => {
      const broken = Buffer.from(whole)
      broken[at] = byte
      const file = sourceFileOf(broken.subarray(0, cut))
      expect(file === null || typeof file === 'string').toBe(true)
    }),
  )
  fc.assert(fc.property(fc.uint8Array(), (bytes) => sourceFileOf(Buffer.from(bytes)) === null))
})
