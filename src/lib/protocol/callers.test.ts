import { expect, test } from 'vitest';
import { concat, hex, utf8 } from '#lib/bytes/bytes.ts';
import { addressBytes, addressOfBundle } from './attestation.ts';
import { decodeBody, encodeBody } from './authority.ts';
import {
  authorityHost,
  CalledRequest,
  callerMessage,
  ChallengeRequest,
  MAX_CALLED_BODY,
  MAX_CHAIN_BYTES,
  MAX_CHAIN_FRAMES,
} from './callers.ts';

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const address = addressOfBundle(filled(9, 1), () => filled(32, 3));
const call = {
  challenge: filled(32, 1),
  origin: 'autorite.example',
  path: '/authority/children',
  address,
  asked: filled(32, 2),
};
const caller = {
  address,
  challenge: filled(32, 1),
  device: filled(32, 2),
  chain: [filled(2000, 3), filled(1, 4)],
  signature: filled(64, 5),
};

test('what a caller signs begins with its label, and has host and path behind their lengths', () => {
  expect(hex(callerMessage(call))).toBe(
    hex(
      concat(
        utf8('carnet/caller/v1'),
        filled(32, 1),
        Uint8Array.of(0, 0, 0, 16),
        utf8('autorite.example'),
        Uint8Array.of(0, 0, 0, 19),
        utf8('/authority/children'),
        addressBytes(address)!,
        filled(32, 2),
      ),
    ),
  );
});

test('what a caller signs has no other reading: whatever is changed, or moved from host to path, is another message', () => {
  const changes = [
    {},
    { challenge: filled(32, 9) },
    { origin: 'autorite.example:8443' },
    { path: '/authority/child-record' },
    { origin: 'autorite.example/authority', path: '/children' },
    { address: addressOfBundle(filled(9, 2), () => filled(32, 4)) },
    { asked: filled(32, 9) },
  ];
  const messages = changes.map((change) => hex(callerMessage({ ...call, ...change })));
  expect(new Set(messages).size).toBe(changes.length);
  expect(() => callerMessage({ ...call, address: 'carnet1' })).toThrow(RangeError);
  expect(() => callerMessage({ ...call, challenge: filled(31, 1) })).toThrow(RangeError);
  expect(() => callerMessage({ ...call, asked: filled(33, 1) })).toThrow(RangeError);
});

test('an authority is named by its host, with the port where it is not the usual one', () => {
  expect(authorityHost('https://autorite.example/')).toBe('autorite.example');
  expect(authorityHost('https://autorite.example:443/authority')).toBe('autorite.example');
  expect(authorityHost('http://localhost:8080')).toBe('localhost:8080');
});

test('a call travels as JSON with what is asked as a text, and arrives as it went', () => {
  const request = { caller, ask: '{"a": "é", "a": 1}' };
  expect(decodeBody(CalledRequest, JSON.parse(encodeBody(request)))).toEqual(request);
});

test('a call of the largest chain fits the largest body, and one frame or byte more is malformed', () => {
  const read = (chain: readonly Uint8Array[]) => {
    const body = encodeBody({ caller: { ...caller, chain }, ask: ' '.repeat(4096) });
    return {
      fits: body.length <= MAX_CALLED_BODY,
      read: decodeBody(CalledRequest, JSON.parse(body)) !== null,
    };
  };
  const frame = filled(MAX_CHAIN_BYTES / MAX_CHAIN_FRAMES, 1);
  const chain = Array.from({ length: MAX_CHAIN_FRAMES }, () => frame);
  expect(read(chain)).toEqual({ fits: true, read: true });
  expect(read([...chain.slice(1), filled(frame.length + 1, 1)]).read).toBe(false);
  expect(read([...chain.slice(2), filled(1, 1), filled(1, 1), filled(1, 1)]).read).toBe(false);
  expect(read([filled(0, 1)]).read).toBe(false);
});

test('a text that has no UTF-8 of its own is none that anybody signs', () => {
  expect(decodeBody(CalledRequest, { ...JSON.parse(encodeBody({ caller })), ask: '"\ud83d"' })).toBeNull();
  expect(
    decodeBody(CalledRequest, { ...JSON.parse(encodeBody({ caller })), ask: '"\ud83d\ude00"' }),
  ).not.toBeNull();
});

test('a challenge is asked for by an empty object and nothing else', () => {
  expect(decodeBody(ChallengeRequest, {})).toEqual({});
  for (const other of [[], null, 'text', { more: 1 }]) expect(decodeBody(ChallengeRequest, other)).toBeNull();
});
