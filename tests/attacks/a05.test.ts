import { createPublicKey, verify as opensslVerify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, type Bytes } from '#lib/bytes/bytes.ts';
import { fallbackEngine, webCryptoEngine, type SignatureEngine } from '#lib/crypto/signature-engine.ts';
import { createSigner, verify, verifyFallback } from '#lib/crypto/signature.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { casesOf, type VectorFile } from '../vectors/case.ts';
import frozen from '../vectors/frozen/signature.json' with { type: 'json' };
import speccheck from '../vectors/published/ed25519-speccheck.json' with { type: 'json' };
import wycheproof from '../vectors/published/ed25519.json' with { type: 'json' };

// Two replicas that disagree on one crafted signature hold different records for ever. Engines do disagree, so the rule
// is pinned: whoever computes, the verdicts are the same, one for one. In Chromium: tests/e2e/vectors.e2e.ts.

const SPKI_PREFIX = fromHex('302a300506032b6570032100');
const openssl: SignatureEngine = {
  name: 'webcrypto',
  signer: fallbackEngine.signer,
  verify: async (publicKey, message, signature) => {
    const key = createPublicKey({
      key: Buffer.from(concat(SPKI_PREFIX, publicKey)),
      format: 'der',
      type: 'spki',
    });
    return opensslVerify(null, message, key, signature);
  },
};
const webcrypto = webCryptoEngine(crypto.subtle);

type Question = readonly [publicKey: Bytes, message: Bytes, signature: Bytes];
const VERIFIERS: Record<string, (...question: Question) => Promise<boolean>> = {
  WebCrypto: (...question) => verify(...question, webcrypto),
  'node:crypto': (...question) => verify(...question, openssl),
  'the fallback engine': (...question) => verify(...question, fallbackEngine),
  'the fallback alone': async (...question) => verifyFallback(...question),
};

describe('A05: Mallory crafts signatures on which verifiers disagree', () => {
  describe.each<[string, VectorFile]>([
    ['ed25519-speccheck', speccheck],
    ['Wycheproof', wycheproof],
    ['our own edge cases', frozen],
  ])('%s', (_, file) => {
    const vectors = casesOf(file);
    const expected = vectors.map((vector) => vector.text('verdict')).join('');

    test.each(Object.entries(VERIFIERS))('%s gives the one verdict vector', async (_, verifier) => {
      const verdicts = await Promise.all(
        vectors.map((v) => verifier(v.bytes('publicKey'), v.bytes('message'), v.bytes('signature'))),
      );
      expect(verdicts.map((good) => (good ? 'V' : 'X')).join('')).toBe(expected);
    });
  });

  test('the twelve edge cases are all refused: no key among them is one that enters a chain, or S is too large', () => {
    expect(
      casesOf(speccheck)
        .map((vector) => vector.text('verdict'))
        .join(''),
    ).toBe('XXXXXXXXXXXX');
  });

  test('and no alteration of an honest signature makes them differ', async () => {
    const random = seededRandom('A05');
    const alice = await createSigner(random(32));
    const message = random(50);
    const signature = await alice.sign(message);
    const bits = fc.array(fc.nat(511), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(bits, fc.nat(255), async (flips, keyBit) => {
        const altered = signature.slice();
        for (const bit of flips) altered[bit >> 3]! ^= 1 << (bit & 7);
        const otherKey = alice.publicKey.slice();
        otherKey[keyBit >> 3]! ^= 1 << (keyBit & 7);
        for (const key of [alice.publicKey, otherKey]) {
          const verdicts = await Promise.all(
            Object.values(VERIFIERS).map((each) => each(key, message, altered)),
          );
          expect(new Set(verdicts).size).toBe(1);
        }
      }),
      { numRuns: 40 },
    );
  });
});
