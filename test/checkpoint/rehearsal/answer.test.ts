import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { rehearse } from '../../../harness/checkpoint/rehearsal/rehearsal.js'

const folder = mkdtempSync(join(tmpdir(), 'answer-'))
const foreign = join(folder, 'foreign')
writeFileSync(foreign, 'root:secret:0:0')
afterAll(() => rmSync(folder, { recursive: true }))

/** What comes of an app that does this in the place where the agent's answer is to be. */
async function answered(place: (file: string) => void): Promise<unknown> {
  const load = (_library: string, options: string) => {
    place(/out=([^,]*)/.exec(options)?.[1] ?? '')
    return Promise.resolve({ code: 0, output: '' })
  }
  const request = { cracVersion: '25', timeoutMs: 1000, jdkFeature: 25, folder, load } as const
  return await rehearse(request).catch((error: unknown) => error)
}

test('a link in the place of the answer is not followed', async () => {
  expect(await answered((file) => symlinkSync(foreign, file))).toMatchObject({
    code: 'ENGINE_NO_ANSWER',
    message: expect.stringMatching(/can't be read: .*ELOOP.* Something else lies there/) as unknown,
  })
})

test('a pipe in the place of the answer is not waited for', async () => {
  expect(await answered((file) => execFileSync('mkfifo', [file]))).toMatchObject({
    code: 'ENGINE_NO_ANSWER',
    message: expect.stringMatching(/no regular file/) as unknown,
  })
})

test.each([
  ['no JSON', 'root:secret:0:0', /it is no JSON/],
  ['no result', '{"outcome":"secret"}', /it has no valid outcome, output, timedOut, findings, descriptors/],
  ['a word', '"secret"', /it has no valid result/],
])('an answer that is %s is not quoted', async (_what, text, message) => {
  const error = await answered((file) => writeFileSync(file, text))
  expect(error).toMatchObject({ code: 'ENGINE_NO_ANSWER' })
  expect(String(error)).toMatch(message)
  expect(String(error)).not.toContain('secret')
})
