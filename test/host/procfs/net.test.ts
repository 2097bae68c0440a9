import { expect, test } from 'vitest'
import {
  inetAddress,
  listenersOn,
  parseInternetTable,
  parseUnixTable,
} from '../../../harness/host/procfs/net.js'

/** Of Linux 6.18. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:C711 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 709641 2 00000000d38b9c35 100 0 0 10 0                    
   2: 0100007F:8D02 0100007F:C711 01 00000000:00000000 00:00000000 00000000     0        0 709642 2 00000000be9b98c5 20 0 0 10 -1                    
`
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   1: 00000000000000000000000001000000:C711 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 709643 1 00000000118a145f 100 0 0 10 0
`
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 3366: 00000000:E33C 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 709644 2 000000002c06684f 0        
`
const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
000000005d7dbd87: 00000002 00000000 00010000 0001 01 709639 /srv/a  b.sock
00000000b50db1dc: 00000002 00000000 00000000 0001 01 709640 @abs
000000009e7e3b74: 00000003 00000000 00000000 0001 03 684404
000000002a076112: 00000003 00000000 00000000 0001 03   843
`

test('internet sockets are told with both ends', () => {
  expect(parseInternetTable(TCP)).toEqual([
    { local: '127.0.0.1:50961', remote: null, listening: true, inode: 709641 },
    { local: '127.0.0.1:36098', remote: '127.0.0.1:50961', listening: false, inode: 709642 },
  ])
  expect(parseInternetTable(TCP6)).toEqual([
    { local: '[::1]:50961', remote: null, listening: true, inode: 709643 },
  ])
  expect(parseInternetTable(UDP)).toEqual([
    { local: '0.0.0.0:58172', remote: null, listening: false, inode: 709644 },
  ])
  expect(parseInternetTable('')).toEqual([])
})

test('who listens on a port is told by the whole port', () => {
  const sockets = [...parseInternetTable(TCP), ...parseInternetTable(TCP6)]
  expect(listenersOn(sockets, 50961)).toEqual([709641, 709643])
  expect(listenersOn(sockets, 961)).toEqual([])
  expect(listenersOn(sockets, 36098)).toEqual([])
})

test('unix sockets keep every space of their names', () => {
  expect(parseUnixTable(UNIX)).toEqual([
    { path: '/srv/a  b.sock', listening: true, inode: 709639 },
    { path: '@abs', listening: false, inode: 709640 },
    { path: '', listening: false, inode: 684404 },
    { path: '', listening: false, inode: 843 },
  ])
})

test('addresses are read from the kernel’s hexadecimal words', () => {
  expect(inetAddress('0100007F:1F90')).toBe('127.0.0.1:8080')
  expect(inetAddress('00000000000000000000000000000000:1F90')).toBe('[::]:8080')
  expect(inetAddress('00000000000000000000000001000000:0050')).toBe('[::1]:80')
  expect(inetAddress('0000000000000000FFFF00000100007F:1F90')).toBe('127.0.0.1:8080')
  expect(inetAddress('B80D0120000000000000000001000000:01BB')).toBe('[2001:db8::1]:443')
})
