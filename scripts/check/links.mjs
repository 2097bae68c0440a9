import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Links and paths in documents that lead to nothing in this tree, one line each. What is not of this tree is not asked. */
export function brokenLinks(root, documents) {
  return documents.flatMap((document) => {
    const text = readFileSync(join(root, document), 'utf8')
    const links = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) =>
      join(dirname(document), link),
    )
    const paths = [
      ...text.matchAll(
        /(?<![\w/.-])((?:harness|reports|probes|scripts|test|docs|bench|scenarios)\/[\w./-]*\w)/g,
      ),
    ].map(([, path]) => path)
    return (
      [...new Set([...links, ...paths])]
        // What Maven makes is there when it has been built.
        .filter((path) => !path.includes('/target/'))
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${document}: there is no ${path}`)
    )
  })
}
