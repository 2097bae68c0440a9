import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileBytes, memoryBytes } from '../../../harness/blockers/classes/bytes.js'
import { sourceFileOf } from '../../../harness/blockers/classes/classfile.js'
import { openRuntimeImage } from '../../../harness/blockers/classes/jimage.js'
import { jdkHomes, jdkTool } from '../java.js'

const folder = mkdtempSync(join(tmpdir(), 'jimage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function look(home: string, className: string) {
  const image = await openRuntimeImage(await fileBytes(join(home, 'lib/modules')))
  const found = await image.find(className)
  const bytes = found && (await found.read())
  return found && { module: found.module, sourceFile: bytes && sourceFileOf(bytes) }
}

test.each(jdkHomes)(
  'the image of %s names the module and source file of its classes, and no others',
  async (home) => {
    expect(await look(home, 'java.util.Map$Entry')).toEqual({ module: 'java.base', sourceFile: 'Map.java' })
    expect(await look(home, 'sun.net.httpserver.ServerImpl')).toEqual({
      module: 'jdk.httpserver',
      sourceFile: 'ServerImpl.java',
    })
    expect(await look(home, 'java.sql.DriverManager')).toEqual({
      module: 'java.sql',
      sourceFile: 'DriverManager.java',
    })
    for (const absent of ['java.util.NoSuch', 'java.Nothing', 'com.acme.Pool', 'Main', ''])
      expect(await look(home, absent)).toBeNull()
  },
)

test('only the index and the asked class are read, not the whole image', async () => {
  const bytes = await fileBytes(join(jdkHomes[0] ?? '', 'lib/modules'))
  let read = 0
  const image = await openRuntimeImage({
    size: bytes.size,
    read: (offset, length) => {
      read += length
      return bytes.read(offset, length)
    },
  })
  await (await image.find('java.lang.String'))?.read()
  expect(read).toBeLessThan(bytes.size / 20)
})

test('an image that jlink compressed is read as well: by zip to the source file, by shared strings to the module', async (context) => {
  const home = jdkHomes[0] ?? ''
  const link = (level: string) => {
    const output = join(folder, `image-${level}`)
    jdkTool('jlink', ['--add-modules', 'java.base', `--compress=${level}`, '--output', output])
    return output
  }
  let zipped: string
  try {
    zipped = link('2')
  } catch {
    context.skip(`${home} has no jmods to link an image from`)
    return
  }
  expect(await look(zipped, 'java.util.Map$Entry')).toEqual({ module: 'java.base', sourceFile: 'Map.java' })
  expect(await look(link('1'), 'java.util.Map$Entry')).toEqual({ module: 'java.base', sourceFile: null })
})

test('what is no image is refused', async () => {
  await expect(openRuntimeImage(memoryBytes(Buffer.alloc(64)))).rejects.toThrow('not a run-time image')
  await expect(openRuntimeImage(memoryBytes(Buffer.alloc(3)))).rejects.toThrow()
})
