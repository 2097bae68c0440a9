/** The rule that text of CRaC, of descriptors and of frames is read once, where it comes in: elsewhere the values are asked. */

const TEXTS = new Set(['message', 'target', 'frame', 'peer', 'summary', 'headline'])
/** What makes such a text of a value: its result is for people as well. */
const RENDERERS = new Set(['describe', 'describePeer', 'describeNative', 'formatFrame', 'toText'])
const READERS = new Set([
  ...['match', 'matchAll', 'search', 'replace', 'replaceAll', 'split', 'startsWith', 'endsWith', 'includes'],
  ...['indexOf', 'lastIndexOf', 'slice', 'substring', 'at', 'charAt'],
])

/** @type {import('eslint').Rule.RuleModule} */
export const readOnce = {
  meta: {
    type: 'problem',
    docs: { description: 'Findings, targets and frames are values; their text is for people.' },
    messages: {
      read: '{{name}} is text for people: ask the finding’s subject, the Target or the Frame instead. What the value lacks is read in harness/checkpoint/output/.',
      joined: 'Native frames that are joined can only be compared as text: compare them by nativeKey.',
    },
    schema: [],
  },
  create(context) {
    /** The name under which one of the texts stands here: `finding.message`, or `message` taken out of it. */
    function textOf(node) {
      if (node?.type === 'ChainExpression' || node?.type === 'TSNonNullExpression')
        return textOf(node.expression)
      if (node?.type === 'LogicalExpression') return textOf(node.left)
      if (node?.type === 'Identifier') return TEXTS.has(node.name) ? node.name : null
      if (node?.type === 'CallExpression')
        return node.callee.type === 'Identifier' && RENDERERS.has(node.callee.name) ? node.callee.name : null
      if (node?.type !== 'MemberExpression' || node.computed || !TEXTS.has(node.property.name)) return null
      // An error that was thrown is no finding.
      return node.object.type === 'Identifier' && node.object.name === 'error' ? null : node.property.name
    }

    const isNative = (node) =>
      node.type === 'MemberExpression' ? node.property.name === 'native' : node.name === 'native'

    return {
      CallExpression(node) {
        const { callee } = node
        if (callee.type !== 'MemberExpression' || callee.computed) return
        const method = callee.property.name
        if (method === 'join' && isNative(callee.object)) context.report({ node, messageId: 'joined' })
        const name = READERS.has(method)
          ? textOf(callee.object)
          : method === 'test' || method === 'exec'
            ? textOf(node.arguments[0])
            : null
        if (name !== null) context.report({ node, messageId: 'read', data: { name } })
      },
    }
  },
}
