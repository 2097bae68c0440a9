/** What the plan of the house is checked by: how many files a folder holds, and where imports run in circles. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** What each file, or group of files, leads to. */
export type Graph = Map<string, string[]>

/** A 15th file is a missing word. */
const MOST_FILES = 14

const sources = /\.(?:tsx?|java|c|h|mjs|css)$/

/** The files below a folder, as paths below `root`. */
export function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && sources.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

/** Folders that hold more files than one can see at a glance. */
export function crowded(files: readonly string[], most = MOST_FILES): string[] {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > most)
    .map(
      ([folder, count]) => `${folder} holds ${count} files, ${most} at most: find the word that is missing`,
    )
}

/** What each file of this project imports of it, types included. */
export function importsOf(root: string, files: readonly string[]): Graph {
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      const found = [
        ...text.matchAll(
          /^(?:import|export)\b[^'"`;]*?from '(\.[^']*)'|^import '(\.[^']*)'|\bimport\('(\.[^']*)'\)/gm,
        ),
      ]
        .map(([, from, bare, later]) => from ?? bare ?? later ?? '')
        .map((target) => relative(root, resolve(root, dirname(file), target)).replace(/\.js$/, '.ts'))
      return [file, [...new Set(found)].filter((target) => known.has(target))]
    }),
  )
}

/** The same between the groups that `groupOf` puts files into. */
export function grouped(imports: Graph, groupOf: (file: string) => string): Graph {
  const groups = new Map<string, Set<string>>()
  for (const [file, targets] of imports) {
    const own = groups.get(groupOf(file)) ?? new Set<string>()
    groups.set(groupOf(file), own)
    for (const target of targets) if (groupOf(target) !== groupOf(file)) own.add(groupOf(target))
  }
  return new Map([...groups].map(([group, targets]) => [group, [...targets]]))
}

/** Each set of files that all lead to each other (Tarjan's strongly connected components of more than one). */
export function circles(imports: Graph): string[][] {
  const found: string[][] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const visit = (node: string): void => {
    const lowOf = (each: string): number => low.get(each) ?? Infinity
    index.set(node, index.size)
    low.set(node, index.get(node) ?? 0)
    stack.push(node)
    for (const next of imports.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(lowOf(node), lowOf(next)))
    }
    if (low.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) found.push(circle.sort())
  }
  for (const node of imports.keys()) if (!index.has(node)) visit(node)
  return found
}
