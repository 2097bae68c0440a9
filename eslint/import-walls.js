/** The rule that keeps the folders of the house apart; the walls themselves are data in `eslint.config.js`. */
import { dirname, posix, relative, resolve, sep } from 'node:path'

/**
 * @typedef {{ inside: string, may: string[] }} Wall
 * Files of the folder (or the file) `inside` import, of this project, only the folders and files in `may`.
 * Packages and Node's own modules are always allowed. The wall of the innermost folder counts.
 */

/** @type {import('eslint').Rule.RuleModule} */
export const importWalls = {
  meta: {
    type: 'problem',
    docs: { description: 'Imports must not cross the walls between the folders.' },
    messages: {
      breach: '{{from}} must not import {{to}}: files of {{inside}} may import only {{may}} of this project.',
    },
    schema: [
      {
        type: 'object',
        properties: {
          /** This project's own package name, and the file that an import of it leads to. */
          self: { type: 'object', properties: { name: { type: 'string' }, entry: { type: 'string' } } },
          walls: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                inside: { type: 'string' },
                may: { type: 'array', items: { type: 'string' } },
              },
              required: ['inside', 'may'],
              additionalProperties: false,
            },
          },
        },
        required: ['walls'],
        additionalProperties: false,
      },
    ],
  },
  create(context) {
    const [{ walls, self }] = context.options
    const from = inProject(context.cwd, context.filename)
    const wall = innermost(walls, from)
    if (wall === undefined) return {}

    /** @param {import('estree').Node | null | undefined} source */
    function check(source) {
      const specifier = textOf(source)
      if (specifier === null) return
      const to = targetOf(specifier, context, self)
      if (to === null || wall.may.some((allowed) => covers(allowed, to))) return
      const may = wall.may.length === 0 ? 'nothing' : wall.may.join(', ')
      context.report({ node: source, messageId: 'breach', data: { from, to, inside: wall.inside, may } })
    }

    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source),
      TSExternalModuleReference: (node) => check(node.expression),
      'CallExpression[callee.name="require"]': (node) => check(node.arguments[0]),
      // `new URL('../probes/x', import.meta.url)`
      'NewExpression[callee.name="URL"][arguments.1.type="MemberExpression"]': (node) =>
        check(node.arguments[0]),
    }
  },
}

function inProject(cwd, file) {
  return relative(cwd, file).split(sep).join(posix.sep)
}

function innermost(walls, file) {
  const around = walls.filter(({ inside }) => covers(inside, file))
  return around.sort((a, b) => b.inside.length - a.inside.length)[0]
}

function covers(folderOrFile, file) {
  return file === folderOrFile || file.startsWith(`${folderOrFile}/`)
}

/** An import that is computed at run time can't be checked; there is nothing to compare it with. */
function textOf(source) {
  if (source?.type === 'Literal' && typeof source.value === 'string') return source.value
  if (source?.type === 'TemplateLiteral' && source.expressions.length === 0)
    return source.quasis[0].value.cooked
  return null
}

/** The imported file of this project, as it is named in the source tree; null for a package. */
function targetOf(specifier, context, self) {
  if (self !== undefined && (specifier === self.name || specifier.startsWith(`${self.name}/`)))
    return self.entry
  if (!/^(\.{0,2}\/|\.{1,2}$)/.test(specifier)) return null
  const file = resolve(dirname(context.filename), specifier)
  return inProject(context.cwd, file).replace(/\.([cm]?)js$/, '.$1ts')
}
