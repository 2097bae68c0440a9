import { createHash } from 'node:crypto'
import type { Answer } from '../../harness/model/answer.js'
import { jsonText } from '../parts/escape.js'
import { html, Html } from '../parts/html-text.js'
import { packData } from './pack.js'
import type { PageData } from './page-data.js'
import { SourceLinks } from '../source/forge.js'
import { Sources } from '../source/sources.js'
import { pageFiles } from './page-files.js'
import { plainText } from './plain-text.js'
import { sourceLines } from './source-lines.js'

export interface HtmlOptions {
  /** The page is about what is different between two runs; so many of the answers are of the earlier one. */
  compare?: PageData['compare']
  /** The part that is shown first, such as `flame`. */
  opens?: PageData['opens']
  /** A folder of the repository whose sources are named; the working folder by default. */
  sources?: string
}

/**
 * Answers as one page that needs nothing else. Only its own script and style may act, known by their hashes; what is of the
 * app is data that nothing runs. Where scripts are forbidden the blockers are there all the same.
 */
export function toHtml(
  answers: readonly Answer[],
  { compare = null, opens = null, sources: folder }: HtmlOptions = {},
): string {
  const { script, style } = pageFiles()
  const sources = Sources.around(folder)
  const links = new SourceLinks(sources.root)
  const linked = answers.map((answer) => ({ ...answer, sourceLines: sourceLines(answer, sources, links) }))
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy(script, style))}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>crac-preflight</title>
        ${new Html(`<style>${style}</style>`)} ${new Html(`<script type="module">${script}</script>`)}
      </head>
      <body>
        <div id="page"></div>
        <noscript>${plainText(answers)}</noscript>
        ${dataElement(packData({ answers: linked, compare, opens }))}
      </body>
    </html> `
  return page.markup
}

const policy = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** No text in it can end the element, begin a comment, or hide. */
function dataElement(data: unknown): Html {
  const text = jsonText(data).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
  return new Html(`<script type="application/json" id="data">${text}</script>`)
}
