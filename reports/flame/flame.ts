import { createHash } from 'node:crypto'
import type { LedgerEntry } from '../../harness/model/report.js'
import { flameBoxes, type FlameBox } from './flame-boxes.js'
import { flameScript } from './flame-script.js'
import { flameStyle } from './flame-style.js'
import { Html, html } from '../parts/html-text.js'
import { largest } from '../../harness/model/lists.js'
import { count } from '../../harness/model/text.js'

const rowHeight = 1.4

/**
 * The origins of live descriptors as a flame graph, its root at the top: one page that needs nothing else. Only the
 * page's own script may run, known by its hash; without it the graph is there all the same, but can't be zoomed.
 */
export function toFlame(entries: readonly LedgerEntry[], name: string): string {
  const boxes = flameBoxes(entries)
  const depth = largest(boxes.map((box) => box.depth)) + 1
  const hash = createHash('sha256').update(flameScript).digest('base64')
  // Not in the tagged template: a formatter that moved a space would break the hash.
  const script = new Html(`<script>${flameScript}</script>`)
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${new Html(hash)}'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>crac-preflight trace</title>
        <style>
          ${flameStyle}
        </style>
      </head>
      <body>
        <h1>${name}: who opened its ${count(entries.length, 'live descriptor')}</h1>
        <p class="legend">
          A box is as wide as the descriptors that came about below it:
          <span class="app">code of the app</span><span class="jdk">JDK</span>
          <span class="native">native code</span><span class="note">kind and system call</span>
        </p>
        <div class="controls" id="controls" hidden>
          <label>Search <input id="search" type="search" autocomplete="off" spellcheck="false" /></label>
          <output id="found" for="search"></output>
          <button id="whole" type="button">Whole graph</button>
          <span>Keys: arrows move, Enter zooms, Escape shows the whole graph, / searches.</span>
        </div>
        <p id="detail" role="status"></p>
        <div
          id="graph"
          role="group"
          aria-label="Flame graph, callers above callees"
          style="height: ${(depth * rowHeight).toFixed(1)}rem"
        >
          ${boxes.map((box) => boxButton(box, entries.length))}
        </div>
        ${script}
      </body>
    </html> `
  return page.markup
}

/** One tab stop for the whole graph: from there the arrow keys lead on. */
function boxButton({ name, code, left, count: own, depth }: FlameBox, total: number): Html {
  const percent = (part: number) => `${total === 0 ? 100 : (part / total) * 100}%`
  return html`<button
    type="button"
    class="box ${code}"
    tabindex="${depth === 0 ? 0 : -1}"
    aria-label="${name}, ${count(own, 'descriptor')}"
    data-left="${left}"
    data-count="${own}"
    data-depth="${depth}"
    style="left: ${left === 0 ? '0' : percent(left)}; width: ${percent(own)}; top: ${(
      depth * rowHeight
    ).toFixed(1)}rem"
  >
    ${name}
  </button>`
}
