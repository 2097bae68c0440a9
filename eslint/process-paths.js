/** The rule that no path into an app's file system goes to Node's own functions, which would follow the app's links. */

const FS = /^(?:node:)?fs(?:\/promises)?$/
/** `/proc/PID/root/…` and the like; a link of /proc itself may be read. */
const BELOW = /^\/proc\/[^/]+\/(?:root|cwd)(?:\/|$)/
const READS_THE_LINK = /^readlink(?:Sync)?$/

/** @type {import('eslint').Rule.RuleModule} */
export const processPaths = {
  meta: {
    type: 'problem',
    docs: { description: 'What lies in the file system of an app is reached through the app’s root.' },
    messages: {
      outside:
        "{{name}} of node:fs follows links of an app's file system to files of this machine: go through inItsRoot, or the Host.",
    },
    schema: [],
  },
  create(context) {
    const functions = new Map()
    const modules = new Set()

    function nameOf(callee) {
      if (callee.type === 'Identifier') return functions.get(callee.name) ?? null
      if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return null
      return modules.has(callee.object.name) ? (callee.property.name ?? null) : null
    }

    return {
      ImportDeclaration(node) {
        if (!FS.test(String(node.source.value))) return
        for (const specifier of node.specifiers)
          if (specifier.type === 'ImportSpecifier')
            functions.set(specifier.local.name, specifier.imported.name ?? specifier.imported.value)
          else modules.add(specifier.local.name)
      },
      CallExpression(node) {
        const name = nameOf(node.callee)
        if (name === null) return
        for (const argument of node.arguments)
          if (leadsInside(argument, READS_THE_LINK.test(name)))
            context.report({ node: argument, messageId: 'outside', data: { name } })
      },
    }
  },
}

/** Whether a path, or what it is joined from, is that of a process's root or folder. */
function leadsInside(node, readsLink) {
  if (node.type === 'Literal' || node.type === 'TemplateLiteral') {
    const text = textOf(node)
    const link = /^\/proc\/[^/]+\/(?:root|cwd)$/.test(text)
    return (BELOW.test(text) && !(readsLink && link)) || (node.expressions ?? []).some(isRoot)
  }
  if (node.type === 'CallExpression') return node.arguments.some((each) => leadsInside(each, false))
  if (node.type === 'BinaryExpression') return leadsInside(node.left, false) || leadsInside(node.right, false)
  return isRoot(node)
}

/** An app's root is called so wherever it is kept. */
function isRoot(node) {
  if (node.type === 'Identifier') return node.name === 'root'
  return node.type === 'MemberExpression' && !node.computed && node.property.name === 'root'
}

function textOf(node) {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : ''
  return node.quasis.map((quasi) => quasi.value.cooked).join('*')
}
