import { existsSync, readFileSync } from 'node:fs'

/** The page's own script and style sheet, as `page/` is built. */
export interface PageFiles {
  script: string
  style: string
}

let known: PageFiles | undefined

/** Read once; they lie in `dist/page`, which is beside this file's room or, in the source tree, below the root. */
export function pageFiles(): PageFiles {
  known ??= readFiles()
  return known
}

function readFiles(): PageFiles {
  const folder = ['../../page/', '../../dist/page/']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(new URL('page.js', url)))
  if (folder === undefined)
    throw new Error('The page is not built: dist/page/page.js is missing. Run "npm run build".')
  const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
  // The end of the element may stand in a string of the script, and nowhere else.
  return { script: read('page.js').replaceAll('</script', '<\\/script'), style: read('page.css') }
}
