import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { notACommand, printable } from '../../reports/parts/escape.js'
import { UsageError } from '../model/errors.js'
import { FILE_NAMES } from '../services/read-file.js'
import { fileFor, findApps } from '../services/init/init.js'
import { print } from './output/write.js'

const [NAME] = FILE_NAMES

/** `init`: writes the file that `check` reads, for what is built in this folder. */
export async function init(): Promise<number> {
  const there = FILE_NAMES.find((name) => existsSync(name))
  if (there !== undefined)
    throw new UsageError(`${there} is here already, and is not overwritten. Remove it first, or edit it.`)
  const apps = findApps(process.cwd())
  if (apps.length === 0)
    throw new UsageError(
      'There is no pom.xml, build.gradle, compose.yaml or Dockerfile of an app here. Go to its folder, or check it by its command: crac-preflight check -- java -jar app.jar',
    )
  await writeFile(NAME, fileFor(apps, process.cwd()), { flag: 'wx' })
  const before = apps.flatMap(({ before }) => before ?? [])
  const lines = [
    `${NAME} is written:`,
    ...apps.map(
      ({ name, source, command, image }) => `  ${name}: ${image ?? command?.join(' ') ?? ''}   (${source})`,
    ),
    ...(before.length > 0 ? ['Build first:', ...[...new Set(before)].map((line) => `  ${line}`)] : []),
    'Then:',
    '  crac-preflight check',
  ]
  await print(process.stdout, `${lines.map((line) => notACommand(printable(line))).join('\n')}\n`)
  return 0
}
