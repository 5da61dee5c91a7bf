import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromHex } from '#lib/bytes/bytes.ts';
import { isAdmissibleKey, isSignedBy } from './proofs.ts';
import { keyPair } from '../../tests/helpers/worlds/relay-world.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';

const random = seededRandom('proofs');

test('an honest key is admitted and its signature holds, for its statement only', () => {
  const alice = keyPair(random);
  const statement = random(100);
  const signature = alice.sign(statement);
  expect(isAdmissibleKey(alice.publicKey)).toBe(true);
  expect(isSignedBy(alice.publicKey, statement, signature)).toBe(true);
  expect(isSignedBy(alice.publicKey, random(100), signature)).toBe(false);
  expect(isSignedBy(keyPair(random).publicKey, statement, signature)).toBe(false);
});

test.each([
  ['0', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['0 with the sign bit', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['the identity', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['the identity with the sign bit', '0100000000000000000000000000000000000000000000000000000000000080'],
  ['order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['order 8, the other sign', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ['order 8, the other y', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['order 8, the other y and sign', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['p', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['p + 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['2^255 - 1', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['2^256 - 1', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
])('A04: the relay refuses a key that is degenerate or not canonical: %s', (_, key) => {
  expect(isAdmissibleKey(fromHex(key))).toBe(false);
});

test('bytes that are no point of the curve sign nothing', () => {
  const notAPoint = fromHex('0200000000000000000000000000000000000000000000000000000000000000');
  expect(isSignedBy(notAPoint, random(10), random(64))).toBe(false);
});

describe('A05: the published edge cases of Ed25519 at the relay', () => {
  interface Published {
    readonly cases: readonly [
      id: number,
      publicKey: string,
      message: string,
      signature: string,
      verdict: string,
    ][];
  }
  const file = join(import.meta.dirname, '../../tests/vectors/published/ed25519-speccheck.json');
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as Published;
  // Their keys are of mixed order: elsewhere refused on admission, here harmful to nobody but their owner.
  const mixedOrder = [3, 4, 5];

  test.each(cases.filter(([id]) => !mixedOrder.includes(id)))(
    'case %i opens nothing',
    (_, key, message, signature) => {
      const isOpened =
        isAdmissibleKey(fromHex(key)) && isSignedBy(fromHex(key), fromHex(message), fromHex(signature));
      expect(isOpened).toBe(false);
    },
  );
});
