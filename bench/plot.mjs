/** A plot of lines on two logarithmic axes, as SVG: what grows in proportion rises by one decade for each. */
const WIDTH = 640
const HEIGHT = 400
const LEFT = 70
const RIGHT = 150
const TOP = 20
const BOTTOM = 50
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd']

const decades = (numbers) => [
  Math.floor(Math.log10(Math.min(...numbers))),
  Math.ceil(Math.log10(Math.max(...numbers))),
]
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const text = (x, y, anchor, words) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`

/** `lines` are of `{ name, points: [[x, y], …] }`, all above 0. */
export function plot({ x: across, y: up, lines }) {
  const [x0, x1] = decades(lines.flatMap(({ points }) => points.map(([x]) => x)))
  const [y0, y1] = decades(lines.flatMap(({ points }) => points.map(([, y]) => y)))
  const toX = (x) => LEFT + ((Math.log10(x) - x0) / Math.max(1, x1 - x0)) * (WIDTH - LEFT - RIGHT)
  const toY = (y) => HEIGHT - BOTTOM - ((Math.log10(y) - y0) / Math.max(1, y1 - y0)) * (HEIGHT - TOP - BOTTOM)
  const grid = [
    ...range(x0, x1).map((power) => {
      const at = toX(10 ** power)
      const line = `<path class="grid" d="M${at} ${TOP}V${HEIGHT - BOTTOM}"/>`
      return line + text(at, HEIGHT - BOTTOM + 18, 'middle', (10 ** power).toLocaleString('en'))
    }),
    ...range(y0, y1).map((power) => {
      const at = toY(10 ** power)
      const line = `<path class="grid" d="M${LEFT} ${at}H${WIDTH - RIGHT}"/>`
      return line + text(LEFT - 8, at + 4, 'end', (10 ** power).toLocaleString('en'))
    }),
  ]
  const drawn = lines.map(({ name, points }, i) => {
    const path = points.map(([x, y]) => `${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`).join('L')
    const [x, y] = points.at(-1)
    return (
      `<path d="M${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2"/>` +
      text(toX(x) + 8, toY(y) + 4, 'start', name)
    )
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<style>.grid{stroke:#ddd}</style>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...grid,
    ...drawn,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, 'middle', across),
    text(LEFT, TOP - 6, 'start', up),
    '</svg>',
    '',
  ].join('\n')
}
