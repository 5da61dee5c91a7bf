import { expect, test } from 'vitest';
import { cameByHttps, peerAddress } from './peer-address.ts';

const PROXY = '10.0.0.1';
const from = (forwarded: string | undefined, proxies: number) =>
  peerAddress({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: PROXY } }, proxies);

test.each([
  [0, '203.0.113.7', PROXY],
  [1, '203.0.113.7', '203.0.113.7'],
  [1, '198.51.100.66, 203.0.113.7', '203.0.113.7'],
  [2, '203.0.113.7, 10.0.0.2', '203.0.113.7'],
  [2, '198.51.100.66,203.0.113.7,10.0.0.2', '203.0.113.7'],
  [1, '2001:db8::7', '2001:db8::7'],
  // Whoever comes around a proxy is what the socket says.
  [2, '198.51.100.66', PROXY],
  [1, undefined, PROXY],
  [1, '203.0.113.7, unknown', PROXY],
  [1, '', PROXY],
])('behind %i proxies, "%s" comes from %s', (proxies, forwarded, address) => {
  expect(from(forwarded, proxies)).toBe(address);
});

test.each([
  [0, 'https', false],
  [1, 'https', true],
  [1, 'http', false],
  [1, undefined, false],
  [2, 'https', true],
  [2, 'https, http', true],
  [1, 'https, http', false],
])('behind %i proxies, "%s" is https: %s', (proxies, header, isHttps) => {
  expect(cameByHttps(header, proxies)).toBe(isHttps);
});
