import { expect, test } from 'vitest';
import { hex, utf8 } from '#lib/bytes/bytes.ts';
import { admitsParameters, argon2id, KdfRefused } from '#lib/crypto/kdf.ts';
import { primitives } from '../../../relay/authority/primitives.ts';

const FLOOR = { m: 65_536, t: 3, p: 1 };
const [secret, salt] = [utf8('quatre mots'), utf8('sixteen bytes ok')];

test('what stands in for the derivation needs every input, the parameters too', async () => {
  const derived = await Promise.all([
    argon2id(secret, salt, FLOOR, 32),
    argon2id(utf8('cinq mots'), salt, FLOOR, 32),
    argon2id(secret, utf8('sixteen bytes no'), FLOOR, 32),
    argon2id(secret, salt, { ...FLOOR, t: 4 }, 32),
    argon2id(secret, salt, { ...FLOOR, m: 65_544 }, 32),
  ]);
  expect(new Set(derived.map(hex)).size).toBe(derived.length);
  expect(await argon2id(secret, salt, FLOOR, 32)).toEqual(derived[0]);
});

test('D01: it refuses what the real one refuses', async () => {
  const cheap = { m: 8, t: 1, p: 1 };
  expect(admitsParameters(cheap)).toBe(false);
  await expect(argon2id(secret, salt, cheap, 32)).rejects.toThrow(KdfRefused);
});

test('the authority derives the same as the device', async () => {
  expect(await primitives.argon2id(secret, salt, FLOOR, 64)).toEqual(await argon2id(secret, salt, FLOOR, 64));
});
