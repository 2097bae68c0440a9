import type { z } from 'zod'
import { largest } from '../model/lists.js'
import { nearest } from '../model/text.js'
import { appSchema, outputsSchema, servicesSchema } from './schema.js'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** What is wrong with a value of the file, and where. */
export interface Complaint {
  path: Path
  /** The key at `path` is meant, and not its value. */
  key: boolean
  text: string
}

/** What the schema says against a value, in the words of the file. */
export function complaintsOf(issues: readonly Issue[], value: unknown): Complaint[] {
  return issues.flatMap((issue) => toComplaints(issue, value, []))
}

function toComplaints(issue: Issue, whole: unknown, before: Path): Complaint[] {
  const path = [...before, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, keysAt(path)))
  if (issue.code === 'invalid_union') return ofUnion(issue, whole, path)
  const value = at(whole, path)
  if (value === undefined)
    return [{ path: path.slice(0, -1), key: false, text: `"${String(path.at(-1))}" is missing` }]
  if (issue.code === 'invalid_type')
    return [{ path, key: false, text: `give ${nameOf(issue.expected)}; this is ${kindOf(value)}` }]
  if (issue.code === 'invalid_value') {
    const words = issue.values.map(String)
    const meant = nearest(shown(value), words)
    const hint = meant === null ? '' : ` Did you mean "${meant}"?`
    return [{ path, key: false, text: `"${shown(value)}" is none of ${words.join(', ')}.${hint}` }]
  }
  return [{ path, key: false, text: issue.message }]
}

/** Whether a value is of another form altogether, and not one of this form with a fault in it. */
const isOtherForm = (issue: Issue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    issue.code === 'invalid_value' ||
    (issue.code === 'invalid_union' && issue.errors.every((form) => form.some((each) => isOtherForm(each)))))

/** Of several forms the one that the value comes nearest to is what its writer had in mind. */
function ofUnion(issue: Extract<Issue, { code: 'invalid_union' }>, whole: unknown, path: Path): Complaint[] {
  const forms = issue.errors.filter((issues) => !issues.some((each) => isOtherForm(each)))
  const least = -largest(forms.map(({ length }) => -length))
  const best = forms.filter(({ length }) => length === least)
  if (best.length === 1) return (best[0] ?? []).flatMap((each) => toComplaints(each, whole, path))
  const alien = best.flat().find((each) => each.code === 'unrecognized_keys')
  const wanted = best.flat().flatMap((each) => (each.code === 'invalid_type' ? each.path.map(String) : []))
  const [key] = alien?.code === 'unrecognized_keys' ? alien.keys : []
  const said = { path, key: false, text: issue.message }
  return key === undefined ? [said] : [unknownKey(path, key, wanted)]
}

function unknownKey(path: Path, key: string, known: readonly string[]): Complaint {
  const meant = nearest(key, known)
  const hint = meant === null ? `Known are ${known.join(', ')}.` : `Did you mean "${meant}"?`
  return {
    path: [...path, key],
    key: true,
    text: `there is no key "${key}" here. ${known.length === 0 ? '' : hint}`.trim(),
  }
}

/** The keys that a place of the file may have. */
function keysAt(path: Path): string[] {
  const [first] = path
  if (path.length === 0) return Object.keys(servicesSchema.shape)
  if (first === 'outputs') return Object.keys(outputsSchema.shape)
  if (path.length === (first === 'apps' ? 2 : 1)) return Object.keys(appSchema.shape)
  return [
    'url',
    'method',
    'headers',
    'body',
    'json',
    'user',
    'password',
    'expect',
    'repeat',
    'run',
    'blocked-by',
  ]
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value)

const NAMES: Partial<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

const nameOf = (expected: string): string => NAMES[expected] ?? expected

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return NAMES[typeof value] ?? typeof value
}
