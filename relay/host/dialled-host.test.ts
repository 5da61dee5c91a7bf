import { expect, test } from 'vitest';
import { dialledHost } from './dialled-host.ts';

test.each([
  ['localhost:8080', '127.0.0.1', 'localhost:8080'],
  ['127.0.0.1:5173', '127.0.0.1', '127.0.0.1:5173'],
  ['[::1]:8080', '::1', '[::1]:8080'],
  ['mallory.example', '::ffff:192.0.2.7', '192.0.2.7:8080'],
  ['localhost.mallory.example', '192.0.2.7', '192.0.2.7:8080'],
  [undefined, '192.0.2.7', '192.0.2.7:8080'],
])('a request for %s that came to %s was dialled as %s', (host, localAddress, expected) => {
  const request = { headers: host === undefined ? {} : { host }, socket: { localAddress, localPort: 8080 } };
  expect(dialledHost(request)).toBe(expected);
});
