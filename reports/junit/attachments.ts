import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

/**
 * The lines by which Jenkins and GitLab find attached files: relative to the XML's folder, so that both can be
 * moved together. A file that is not there would be dropped in silence by them, so it is an error here.
 */
export function attachmentLines(files: readonly string[], xmlFile: string | undefined): string[] {
  const folder = xmlFile === undefined ? process.cwd() : dirname(resolve(xmlFile))
  return files.map((file) => {
    if (!existsSync(file)) {
      throw new Error(
        `The attachment ${file} does not exist. Write it before the JUnit report, or leave it out.`,
      )
    }
    return `[[ATTACHMENT|${relative(folder, resolve(file))}]]`
  })
}
