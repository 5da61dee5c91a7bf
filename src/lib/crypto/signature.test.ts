import { describe, expect, test } from 'vitest';
import { utf8 } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { detectEngine, fallbackEngine, webCryptoEngine } from './signature-engine.ts';
import { admitSigningKey, createSigner, signingKeySeed, verify, verifyFallback } from './signature.ts';

const random = seededRandom('signature');
const engines = [webCryptoEngine(crypto.subtle), fallbackEngine];

describe.each(engines)('with the $name engine', (engine) => {
  test('what Alice signs is verified by every engine, and only that', async () => {
    const alice = await createSigner(signingKeySeed(random), engine);
    const message = utf8('pollen');
    const signature = await alice.sign(message);
    expect(signature.length).toBe(64);
    for (const judge of engines) {
      expect(await verify(alice.publicKey, message, signature, judge)).toBe(true);
      expect(await verify(alice.publicKey, utf8('Pollen'), signature, judge)).toBe(false);
    }
    expect(verifyFallback(alice.publicKey, message, signature)).toBe(true);
  });

  test('a signature with any one bit changed is refused', async () => {
    const alice = await createSigner(signingKeySeed(random), engine);
    const message = random(40);
    const signature = await alice.sign(message);
    for (let bit = 0; bit < 512; bit += engine.name === 'fallback' ? 37 : 1) {
      const altered = signature.slice();
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(await verify(alice.publicKey, message, altered, engine)).toBe(false);
    }
  });
});

describe('the engine', () => {
  test('is WebCrypto where it works', async () => {
    expect((await detectEngine(crypto.subtle)).name).toBe('webcrypto');
  });

  test('is the fallback where WebCrypto is absent, lacks Ed25519, or computes wrong answers', async () => {
    const refuses = subtleWith({ importKey: () => Promise.reject(new Error('NotSupportedError')) });
    const agrees = subtleWith({ verify: () => Promise.resolve(true) });
    const wrong = subtleWith({ sign: () => Promise.resolve(new ArrayBuffer(64)) });
    for (const subtle of [undefined, refuses, agrees, wrong]) {
      expect((await detectEngine(subtle)).name).toBe('fallback');
    }
  });

  test('that fails while verifying is replaced by the fallback for that verdict', async () => {
    const broken = { ...fallbackEngine, verify: () => Promise.reject(new Error('OperationError')) };
    const alice = await createSigner(signingKeySeed(random));
    const signature = await alice.sign(utf8('x'));
    expect(await verify(alice.publicKey, utf8('x'), signature, broken)).toBe(true);
    expect(await verify(alice.publicKey, utf8('y'), signature, broken)).toBe(false);
  });
});

test('the key that signs cannot be read back from WebCrypto', async () => {
  const keys: CryptoKey[] = [];
  const subtle = subtleWith({
    sign: (...args: Parameters<SubtleCrypto['sign']>) => {
      keys.push(args[1]);
      return crypto.subtle.sign(...args);
    },
  });
  const alice = await createSigner(signingKeySeed(random), webCryptoEngine(subtle));
  await alice.sign(utf8('x'));
  expect(keys.map((key) => key.extractable)).toEqual([false]);
});

test('both engines give a seed the same public key', async () => {
  for (let i = 0; i < 10; i++) {
    const seed = signingKeySeed(random);
    const keys = await Promise.all(
      engines.map(async (engine) => (await createSigner(seed, engine)).publicKey),
    );
    expect(keys[0]).toEqual(keys[1]);
  }
});

test('a fresh key is admitted; a wrong length is not', async () => {
  const alice = await createSigner(signingKeySeed(random));
  expect(admitSigningKey(alice.publicKey)).toBe(true);
  expect(admitSigningKey(alice.publicKey.slice(1))).toBe(false);
  expect(admitSigningKey(new Uint8Array(33))).toBe(false);
});

function subtleWith(changes: Record<string, unknown>): SubtleCrypto {
  return new Proxy(crypto.subtle, {
    get: (target, name) => {
      if (typeof name === 'string' && name in changes) return changes[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
