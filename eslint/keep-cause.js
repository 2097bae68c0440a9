/** The rule that an error that is made of another one keeps it as its cause: DEBUG=crac-preflight:error shows it. */

const ERROR = /(?:^|[a-z])Error$/

/** @type {import('eslint').Rule.RuleModule} */
export const keepCause = {
  meta: {
    type: 'problem',
    docs: { description: 'What was caught is the cause of what is thrown instead.' },
    messages: {
      lost: 'A {{name}} that is made where another error was caught must keep it: give it { cause }.',
    },
    schema: [],
  },
  create(context) {
    return {
      NewExpression(node) {
        if (node.callee.type !== 'Identifier' || !ERROR.test(node.callee.name)) return
        if (!isMadeOfAnother(node) || node.arguments.some(hasCause)) return
        context.report({ node, messageId: 'lost', data: { name: node.callee.name } })
      },
    }
  },
}

/** In a catch block, in what a promise is told to do when it fails, or in a function that takes an error. */
function isMadeOfAnother(node) {
  for (let at = node; at.parent; at = at.parent) {
    const { parent } = at
    if (parent.type === 'CatchClause') return at === parent.body
    if (isFunction(at)) return isHandler(at, parent) || at.params.some(({ name }) => name === 'error')
  }
  return false
}

const isFunction = ({ type }) =>
  ['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'].includes(type)

function isHandler(node, parent) {
  if (parent.type !== 'CallExpression' || parent.callee.type !== 'MemberExpression') return false
  const { name } = parent.callee.property
  return (
    (name === 'catch' && parent.arguments[0] === node) || (name === 'then' && parent.arguments[1] === node)
  )
}

const hasCause = (argument) =>
  argument.type === 'ObjectExpression' &&
  argument.properties.some((property) => property.key?.name === 'cause')
