import { expect, test } from 'vitest'
import { parseJavaCommandLine } from '../../harness/jvm/java-command-line.js'
import { defaultName } from '../../harness/app/spec.js'

const commands: [string, ReturnType<typeof parseJavaCommandLine>['main'], string][] = [
  [
    '-Xmx1g -jar lib/shop-1.4.2-SNAPSHOT.jar --server.port=0',
    { kind: 'jar', name: 'lib/shop-1.4.2-SNAPSHOT.jar' },
    'shop',
  ],
  [
    '--add-opens java.base/java.lang=ALL-UNNAMED -cp a.jar:b.jar com.example.Main -x',
    { kind: 'class', name: 'com.example.Main' },
    'com.example.Main',
  ],
  [
    '-p mods -m shop/com.example.Main',
    { kind: 'module', name: 'shop/com.example.Main' },
    'shop/com.example.Main',
  ],
  ['--module=shop', { kind: 'module', name: 'shop' }, 'shop'],
  ['@options -Da=b src/Main.java', { kind: 'class', name: 'src/Main.java' }, 'Main.java'],
  ['@all', null, 'java'],
  ['-version', null, 'java'],
  ['-jar', null, 'java'],
]

test.for(commands)('java %s', ([line, main, name]) => {
  const words = line.split(' ')
  expect(parseJavaCommandLine(words).main).toEqual(main)
  expect(defaultName({ command: ['/opt/jdk/bin/java', ...words] })).toBe(name)
})

test.for([
  [['nice', '-n', '5', '/opt/jdk/bin/java', '-jar', 'shop-1.0.jar'], 'shop'],
  [['env', 'A=b', 'timeout', '50', 'java', 'com.example.Main'], 'com.example.Main'],
  [['./run.sh', 'production'], 'run.sh'],
  [['sh', '-c', 'exec java -jar shop.jar'], 'sh'],
] as const)('an app is called by what it is, whatever starts it: %j is %s', ([command, name]) => {
  expect(defaultName({ command: [...command] })).toBe(name)
})
