import { expect, test } from 'vitest'
import { endpointsOf } from '../../../harness/blockers/causes/addresses.js'
import { endsIn } from '../../../harness/blockers/causes/subjects.js'
import { agree, endpoint } from '../../../harness/model/endpoint.js'
import { entry, socket } from '../literals.js'

test('addresses of every spelling have host and port, and no port is no address', () => {
  const seen = (text: string | null) => {
    const end = endpoint(text)
    return end && `${end.host ?? '?'} ${end.port}`
  }
  expect(seen('/10.0.0.5:5432')).toBe('10.0.0.5 5432')
  expect(seen('db/10.0.0.5:5432')).toBe('10.0.0.5 5432')
  expect(seen('db:5432')).toBe('db 5432')
  expect(seen(':50394')).toBe('? 50394')
  expect(seen('/[0:0:0:0:0:0:0:0]:8080')).toBe(':: 8080')
  expect(seen('[::ffff:127.0.0.1]:80')).toBe('127.0.0.1 80')
  expect(seen('[fe80::1%eth0]:80')).toBe('fe80::1 80')
  for (const none of ['[::]:0', '/run/x.sock', '', 'a:b', null]) expect(seen(none)).toBeNull()
})

test('a listening socket prints its own address with port 0; a connected one prints its peer', () => {
  expect(endsIn(socket('Socket[addr=localhost/127.0.0.1,port=0,localport=8080]'))).toMatchObject({
    local: { host: '127.0.0.1', port: 8080 },
    remote: null,
  })
  expect(endsIn(socket('ServerSocket[addr=0.0.0.0/0.0.0.0,localport=8080]'))).toMatchObject({
    local: { host: '0.0.0.0', port: 8080 },
    remote: null,
  })
  expect(endsIn(socket('Socket[addr=db/10.0.0.5,port=5432,localport=40000]'))).toMatchObject({
    local: { host: null, port: 40000 },
    remote: { host: '10.0.0.5', port: 5432 },
  })
})

test('ends agree where both know them, and a wildcard, a name or an unknown host agrees with any', () => {
  const ends = (local: string | null, remote: string | null) => ({
    local: endpoint(local),
    remote: endpoint(remote),
  })
  const known = ends('10.0.0.1:40000', '10.0.0.5:5432')
  expect(agree(ends(':40000', 'db/10.0.0.5:5432'), known)).toBe(true)
  expect(agree(ends(':40000', 'db:5432'), known)).toBe(true)
  expect(agree(ends(null, '10.0.0.5:5432'), known)).toBe(true)
  expect(agree(ends(':40001', '10.0.0.5:5432'), known)).toBe(false)
  expect(agree(ends(':40000', '10.0.0.6:5432'), known)).toBe(false)
  expect(agree(ends('10.0.0.1:40000', null), known)).toBe(false)
  expect(agree(ends('[::]:8080', null), ends('0.0.0.0:8080', null))).toBe(true)
})

test('the path of a unix socket that ends like an address is none', () => {
  const unix = entry(5, 'socket', 'unix unnamed', [], { peer: '/run/db:5432' })
  expect(endpointsOf(unix)).toEqual({ local: null, remote: null })
})
