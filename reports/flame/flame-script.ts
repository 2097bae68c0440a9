/**
 * What the flame graph does in a browser: zoom, search, and the arrow keys. It only moves the boxes that the page came
 * with, and writes nothing into the page but their own text as text, so that no name of the app is ever markup.
 */
export const flameScript = `'use strict'
const graph = document.getElementById('graph')
const detail = document.getElementById('detail')
const search = document.getElementById('search')
const found = document.getElementById('found')
const boxes = [...graph.children].map((element) => ({
  element,
  name: element.textContent.trim(),
  left: Number(element.dataset.left),
  count: Number(element.dataset.count),
  depth: Number(element.dataset.depth),
}))
const [all] = boxes
const of = new Map(boxes.map((box) => [box.element, box]))
let zoomed = all
let current = all

const contains = (outer, inner) =>
  outer.depth <= inner.depth && outer.left <= inner.left && inner.left + inner.count <= outer.left + outer.count

function zoom(box) {
  zoomed = box
  for (const each of boxes) {
    const around = each.depth < box.depth && contains(each, box)
    each.element.hidden = !around && !contains(box, each)
    each.element.classList.toggle('around', around)
    each.element.style.left = around ? '0' : ((each.left - box.left) / box.count) * 100 + '%'
    each.element.style.width = around ? '100%' : (each.count / box.count) * 100 + '%'
  }
  select(box)
}

function describe(box) {
  const share = ((box.count / all.count) * 100 || 0).toFixed(1)
  detail.textContent = box.name + ': ' + box.count + ' of ' + all.count + ' (' + share + ' %)'
}

function select(box) {
  current.element.tabIndex = -1
  current = box
  box.element.tabIndex = 0
  describe(box)
  if (graph.contains(document.activeElement)) box.element.focus()
}

function mark() {
  const text = search.value.trim().toLowerCase()
  let covered = 0
  let sum = 0
  for (const box of boxes) {
    const hit = text !== '' && box !== all && box.name.toLowerCase().includes(text)
    box.element.classList.toggle('hit', hit)
    if (!hit || box.left < covered) continue
    sum += box.count
    covered = box.left + box.count
  }
  found.textContent = text === '' ? '' : sum + ' of ' + all.count + ' descriptors'
}

const shown = (test) => boxes.filter((box) => !box.element.hidden && test(box))
const steps = {
  ArrowUp: () => shown((box) => box.depth === current.depth - 1 && contains(box, current))[0],
  ArrowDown: () => shown((box) => box.depth === current.depth + 1 && contains(current, box))[0],
  ArrowLeft: () => shown((box) => box.depth === current.depth && box.left < current.left).at(-1),
  ArrowRight: () => shown((box) => box.depth === current.depth && box.left > current.left)[0],
  Home: () => all,
}

graph.addEventListener('click', (event) => {
  const box = of.get(event.target)
  if (box) zoom(box)
})
graph.addEventListener('pointerover', (event) => {
  const box = of.get(event.target)
  if (box) describe(box)
})
graph.addEventListener('pointerleave', () => describe(current))
graph.addEventListener('focusin', (event) => {
  const box = of.get(event.target)
  if (box && box !== current) select(box)
})
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (event.key === '/' && event.target !== search) {
    search.focus()
  } else if (event.key === 'Escape') {
    if (event.target === search && search.value !== '') {
      search.value = ''
      mark()
    } else zoom(all)
  } else {
    const next = graph.contains(event.target) ? steps[event.key]?.() : undefined
    if (!next) return
    select(next)
  }
  event.preventDefault()
})
search.addEventListener('input', mark)
document.getElementById('whole').addEventListener('click', () => zoom(all))
document.getElementById('controls').hidden = false
describe(all)
`
