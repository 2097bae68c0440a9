import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

async function breaches(text: string): Promise<number> {
  const [result] = await eslint.lintText(`export async function f() { ${text} }\n`, {
    filePath: join(root, 'harness/blockers/join.ts'),
  })
  const messages = result?.messages ?? []
  expect(messages.filter(({ fatal }) => fatal)).toEqual([])
  return messages.filter(({ ruleId }) => ruleId === 'preflight/keep-cause').length
}

test.for([
  "try { await g() } catch (error) { throw new AppError('APP_DIED', String(error)) }",
  "try { await g() } catch { throw new AppError('APP_DIED', 'gone') }",
  "try { await g() } catch (error) { return new TracerError('TRACER_LOST', String(error)) }",
  'await g().catch((error) => { throw new UsageError(String(error)) })',
  'await g().then(() => 1, (error) => { throw new UsageError(String(error)) })',
  'const explained = (error) => new AppError("APP_DIED", String(error))',
])('an error that takes the place of another one keeps it: %s', async (text) => {
  expect(await breaches(text)).toBe(1)
})

test('errors that are made anew, or keep their cause, may be thrown', async () => {
  for (const fine of [
    "if (await g()) throw new AppError('APP_DIED', 'gone')",
    "try { await g() } catch (error) { throw new AppError('APP_DIED', 'gone', '', { cause: error }) }",
    "try { throw new UsageError('none') } catch (error) { log(error) }",
    'await g().catch((error) => { throw new UsageError(String(error), { cause: error }) })',
    'try { await g() } catch (error) { if (await list.some((one) => new UsageError(one))) return }',
  ])
    expect(await breaches(fine), fine).toBe(0)
})
