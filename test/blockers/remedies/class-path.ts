import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fixture } from '../../support/java.js'

/** The programs of a module of `test/fixtures/remedies`, and what they need but for jars of this name. */
export function classPath(module: string, without?: string): string {
  const target = fixture('remedies', module, 'target')
  const lib = join(target, 'lib')
  const jars = readdirSync(lib).filter((name) => without === undefined || !name.startsWith(`${without}-`))
  return [join(target, 'programs.jar'), ...jars.map((name) => join(lib, name))].join(':')
}
