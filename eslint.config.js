import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'
import { importWalls } from './eslint/import-walls.js'
import { keepCause } from './eslint/keep-cause.js'
import { processPaths } from './eslint/process-paths.js'
import { readOnce } from './eslint/read-once.js'

/** The rooms of the harness from the ground up; a room imports itself and what is named beside it. */
const rooms = {
  model: [],
  host: ['model'],
  jvm: ['host', 'model'],
  app: ['jvm', 'host', 'model'],
  ledger: ['host', 'model'],
  checkpoint: ['host', 'model'],
  baseline: ['model'],
  blockers: ['host', 'model'],
  explain: ['blockers', 'checkpoint', 'model', '../reports'],
  run: ['app', 'blockers', 'checkpoint', 'host', 'jvm', 'ledger', 'model', '../reports'],
  trace: ['preflight.ts', 'run', 'app', 'blockers', 'host', 'jvm', 'ledger', 'model', '../reports'],
  services: ['preflight.ts', 'baseline', 'run', 'app', 'checkpoint', 'host', 'ledger', 'model'],
  vitest: ['preflight.ts', 'services', 'baseline', 'run', 'app', 'host', 'model', '../reports'],
  cli: [
    'preflight.ts',
    'services',
    'baseline',
    'explain',
    'trace',
    'run',
    'app',
    'checkpoint',
    'host',
    'jvm',
    'ledger',
    'model',
    '../reports',
  ],
}

const inHarness = (name) => (name.startsWith('../') ? name.slice('../'.length) : `harness/${name}`)

/** Which files of this project each folder may import; `test/` and what is not named may import anything. */
const walls = [
  { inside: 'reports', may: ['reports', 'harness/model'] },
  { inside: 'harness', may: ['harness', 'reports'] },
  ...Object.entries(rooms).map(([room, below]) => ({
    inside: `harness/${room}`,
    may: [room, ...below].map(inHarness),
  })),
  // What runs in a browser: the values, and what makes text of them.
  { inside: 'page', may: ['page', 'reports', 'harness/model'] },
  { inside: 'probes', may: ['probes'] },
  { inside: 'scenarios', may: ['scenarios', 'harness/vitest/index.ts'] },
]

const noDefault = {
  selector: 'ExportDefaultDeclaration',
  message: 'Exports have names; only tools ask for a default.',
}
const noLongArguments = {
  selector:
    'CallExpression[callee.property.name=/^(?:push|unshift|max|min)$/] > SpreadElement:not([argument.type="ArrayExpression"])',
  message: 'A long list makes so many arguments throw: use append or largest of model/lists.',
}

const typescript = ['**/*.ts', '**/*.tsx']
const javascript = ['**/*.js', '**/*.mjs']

export default defineConfig(
  {
    ignores: [
      'dist',
      '**/build',
      '**/target',
      'preflight-report',
      'test/fixtures/*',
      '!test/fixtures/reports',
    ],
  },
  {
    // A rule that is wrong somewhere is changed here, in sight, and not switched off in a file.
    linterOptions: { noInlineConfig: true },
    plugins: {
      preflight: {
        rules: {
          'import-walls': importWalls,
          'keep-cause': keepCause,
          'process-paths': processPaths,
          'read-once': readOnce,
        },
      },
    },
    rules: {
      'preflight/import-walls': [
        'error',
        { walls, self: { name: 'crac-preflight', entry: 'harness/index.ts' } },
      ],
    },
  },
  {
    files: javascript,
    extends: [js.configs.recommended],
    // Node's own globals, as this Node has them.
    languageOptions: {
      globals: Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly'])),
    },
  },
  {
    files: typescript,
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Numbers read well in messages; everything else must be made text first.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // To read and disarm the control characters of other programs is what several parts are for.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', noDefault, noLongArguments],
    },
  },
  {
    // The one function that knows how to get there is in the file that is left out.
    files: ['harness/**/*.ts'],
    ignores: ['**/process-root.ts'],
    rules: { 'preflight/process-paths': 'error' },
  },
  {
    // What the Kubernetes client calls classes are shapes of JSON, and its own examples are literals.
    files: ['harness/app/pod/*.ts', 'test/app/pod/*.ts', 'test/kubernetes/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    // A page that came over plain HTTP can copy in no other way.
    files: ['page/parts/copy.tsx'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['harness/**/*.ts', 'reports/**/*.ts'],
    // CRaC's sentences are read here, and nowhere else.
    ignores: ['harness/checkpoint/output/**'],
    rules: { 'preflight/read-once': 'error' },
  },
  {
    files: ['harness/**/*.ts', 'reports/**/*.ts'],
    plugins: { regexp },
    rules: {
      'preflight/keep-cause': 'error',
      // What the app prints decides how long a text is, and where it repeats.
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
    },
  },
  {
    // What a test gives is as long as it says.
    files: ['test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefault] },
  },
  {
    files: ['**/*.config.ts', 'test/types/config.types.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test that reads parsed JSON or indexes into a result fails when it is wrong: that is its work.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Fixtures stand in for asynchronous interfaces without having anything to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
)
