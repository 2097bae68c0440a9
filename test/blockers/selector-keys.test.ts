import { expect, test } from 'vitest'
import { addRegistered } from '../../harness/blockers/selector-keys.js'
import type { FoundBlocker } from '../../harness/model/finding.js'
import { entry, finding } from './literals.js'

const busy = (fds: number[], ...channels: string[]): FoundBlocker => ({
  id: 'selector:x',
  kind: 'selector',
  summary: 'selector',
  findings: [
    finding(
      'BusySelectorException',
      `Selector sun.nio.ch.EPollSelectorImpl@5b has registered keys from channels: [${channels.join(', ')}]`,
    ),
  ],
  descriptors: fds,
  owner: null,
  remedy: { text: 'Close it.', policy: null },
})
const ledger = [
  entry(4, 'eventpoll', 'anon_inode:[eventpoll]', [], { watches: [5] }),
  entry(5, 'eventfd', 'anon_inode:[eventfd]'),
  entry(6, 'socket', 'tcp [::]:8080 listening'),
  entry(7, 'socket', 'tcp 127.0.0.1:8080', [], { peer: '127.0.0.1:5000' }),
  entry(8, 'socket', 'tcp 127.0.0.1:8080', [], { peer: '127.0.0.1:5001' }),
  entry(9, 'eventpoll', 'anon_inode:[eventpoll]'),
]
const watchesOf = (blocker: FoundBlocker) =>
  addRegistered(ledger, [blocker]).find(({ fd }) => fd === 4)?.watches

test('the channels that a busy selector names are those that it watches, whatever the kernel knows yet', () => {
  expect(watchesOf(busy([4], 'sun.nio.ch.ServerSocketChannelImpl[/[0:0:0:0:0:0:0:0]:8080]'))).toEqual([5, 6])
  expect(
    watchesOf(
      busy(
        [4],
        'sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:8080]',
        'sun.nio.ch.SocketChannelImpl[connected local=/127.0.0.1:8080 remote=/127.0.0.1:5001]',
      ),
    ),
  ).toEqual([5, 6, 8])
})

test('what fits no descriptor, or several, or names one of several selectors, adds nothing', () => {
  expect(watchesOf(busy([4], 'sun.nio.ch.ServerSocketChannelImpl[unbound]'))).toEqual([5])
  expect(watchesOf(busy([4], 'sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:9]', 'x.Impl@1'))).toEqual([5])
  expect(watchesOf(busy([4, 9], 'sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:8080]'))).toEqual([5])
  expect(watchesOf(busy([], 'sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:8080]'))).toEqual([5])
})
