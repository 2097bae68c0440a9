import { expect, test } from 'vitest'
import { masked, maskError, maskOf } from '../../harness/model/mask.js'

const mask = maskOf(['acme.license', 'X-Site-*'])

test.for([
  ['-Ddb.password=hunter2', '-Ddb.password=****'],
  ['DB_PASSWORD=hunter2 DB_USER=anna', 'DB_PASSWORD=**** DB_USER=anna'],
  ['--api-key hunter2 --verbose', '--api-key **** --verbose'],
  ['password: hunter2', 'password: ****'],
  ['{"clientSecret": "a b\\"c", "id": 7}', '{"clientSecret": "****", "id": 7}'],
  ["token='a b' next", "token='****' next"],
  ['Authorization: Basic YTpi', 'Authorization: ****'],
  ['curl said Bearer eyJhbGciOi.x-y_z', 'curl said Bearer ****'],
  ['Set-Cookie: id=1; path=/', 'Set-Cookie: ****'],
  ['amqp://app:p%40ss@mq:5672/', 'amqp://app:****@mq:5672/'],
  ['jdbc:mysql://db/x?user=a&password=hunter2&ssl=true', 'jdbc:mysql://db/x?user=a&password=****&ssl=true'],
  ['path: "/tmp/token=7.txt"', 'path: "/tmp/token=****"'],
  ['Authorization: token hunter2', 'Authorization: ****'],
  ['authorization: bearer hunter2', 'authorization: ****'],
  ['Proxy-Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c', 'Proxy-Authorization: ****'],
  [`curl -H "Authorization: token hunter2" -v`, `curl -H "Authorization: ****" -v`],
  ['{"Authorization":"Digest a=b, c", "id": 7}', '{"Authorization":"****", "id": 7}'],
  ['keytool -storepass hunter2 -keypass hunter3 -list', 'keytool -storepass **** -keypass **** -list'],
  ['postgres://app:hunt@er2@db/x', 'postgres://app:****@db/x'],
  ['https://glpat-1@git.example/a.git', 'https://****@git.example/a.git'],
  ['jdbc:oracle:thin:scott/tig@er@//db:1521/x', 'jdbc:oracle:thin:scott/****@//db:1521/x'],
  ['{"password": ["a", "b"], "id": 7}', '{"password": ****, "id": 7}'],
  ['password         =    hunter2', 'password         =    ****'],
  [':password => "hunter2"', ':password => "****"'],
  ['<db.password>hunter2</db.password>', '<db.password>****</db.password>'],
  ['signingKey=a encryption.key=b AccountKey=c;', 'signingKey=**** encryption.key=**** AccountKey=****;'],
  ['https://s3/x?X-Amz-Signature=abc&sig=def', 'https://s3/x?X-Amz-Signature=****&sig=****'],
  ['/orders;jsessionid=0A1B&x=1', '/orders;jsessionid=****&x=1'],
  ['got eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln of it', 'got **** of it'],
  ['with AKIAIOSFODNN7EXAMPLE and ghp_0123456789abcdefghijklmnopqrstuvwxyz', 'with **** and ****'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nnext',
    '-----BEGIN RSA PRIVATE KEY-----\n****\n-----END RSA PRIVATE KEY-----\nnext',
  ],
  ['acme.license=7-8-9', 'acme.license=****'],
  ['x-site-key=7', 'x-site-key=****'],
] as const)('%s is shown as %s', ([text, shown]) => {
  expect(mask(text)).toBe(shown)
  // Once masked it stays as it is.
  expect(mask(shown)).toBe(shown)
})

test.for([
  '\tat com.acme.TokenStore.open(TokenStore.java:42)',
  'com.acme.PasswordException: cannot open /data',
  'FD fd=7 type=socket path=socket:[700],port=29295',
  'sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:8080]',
  'file:com.acme.auth.Keys.read',
  'tokenizer=fast compass=north',
  'https://github.com/CRaC/docs/blob/master/fd-policies.md',
  'java -jar app.jar --pass-through yes',
  'https://github.com/CRaC/docs, by ssh://git@github.com:22/a or file:///srv/a@b',
  'user@host:80 wrote <a>b</a>, <class>Password</class>',
  'authorized: yes; authorizations given',
  'key=value keys=2 session=7 signature=(I)V',
  '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
])('what is no secret stays: %s', (text) => {
  expect(mask(text)).toBe(text)
})

test('in a command each word is one value', () => {
  const command = ['java', '-Dkey.passphrase=a b,c&d', '--token', 'x y', '--quiet', '-p', '80']
  expect(masked({ app: { command } }, mask)).toEqual({
    app: { command: ['java', '-Dkey.passphrase=****', '--token', '****', '--quiet', '-p', '80'] },
  })
})

test.for([
  'a',
  'a=',
  '=',
  'password=',
  '"',
  '--x ',
  'a://b',
  'a://b:',
  'a://b:c',
  'https://b',
  'jdbc:oracle:thin:a/',
  'Bearer ',
  'password="',
  'password=[',
  ':\t',
  '<a>',
  '<password>',
  'Authorization:',
  'eyJa.',
  'AKIA',
  '-----BEGIN PRIVATE KEY-----',
  'a   ',
  'password   ',
])('masking %j again and again takes time in proportion to it', (piece) => {
  const times = [1, 4].map((size) => {
    const text = piece.repeat((size * 100_000) / piece.length)
    mask(text)
    const begin = process.cpuUsage()
    mask(text)
    const { user, system } = process.cpuUsage(begin)
    return (user + system) / 1000
  })
  const [short = 0, long = 0] = times
  expect(long).toBeLessThan(short * 8 + 50)
})

test('an error is masked with what it was made of, whatever kind of error that is', () => {
  const timeout = new DOMException('waited with token=7', 'TimeoutError')
  const error = maskError(new Error('no login: password=8', { cause: timeout }), mask)
  expect([error.message, timeout.message]).toEqual(['no login: password=****', 'waited with token=****'])
  expect(error.stack).not.toContain('=8')
})

test('what holds nothing to mask stays the same value, and what is shared stays shared', () => {
  const frames = [{ class: 'a.B', method: 'c' }]
  const secret = [{ text: 'password=x' }]
  const value = { plain: [frames, frames], hidden: [secret, secret], nothing: null }
  const { plain, hidden } = masked(value, maskOf())
  expect(plain).toBe(value.plain)
  expect(hidden[0]).toEqual([{ text: 'password=****' }])
  expect(hidden[1]).toBe(hidden[0])
  expect(masked({ plain }, maskOf()).plain[0]).toBe(frames)
})
