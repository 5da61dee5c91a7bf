import { afterEach, describe, expect, test, vi } from 'vitest';
import { hex, utf8 } from '#lib/bytes/bytes.ts';
import { admitsParameters, ARGON2, argon2id, KdfRefused } from './kdf.ts';

// The real derivation: it is what is tried here.
vi.unmock('./kdf.ts');

const secret = utf8('quatre mots pris au hasard');
const salt = utf8('sixteen bytes ok');
const FLOOR = { m: 65_536, t: 3, p: 1 };

describe('Argon2id', () => {
  test('refuses parameters below the floor or above the ceiling, and numbers that are none', async () => {
    for (const change of [
      { m: 65_535 },
      { m: 8 },
      { t: 2 },
      { p: 0 },
      { m: 1_048_577 },
      { t: 17 },
      { p: 5 },
      { m: Number.NaN },
      { t: 3.5 },
      { m: Infinity },
    ]) {
      await expect(argon2id(secret, salt, { ...FLOOR, ...change }, 32)).rejects.toThrow(KdfRefused);
    }
    expect(admitsParameters(FLOOR)).toBe(true);
    expect(admitsParameters(ARGON2)).toBe(true);
  });

  describe('without WebAssembly', () => {
    afterEach(() => {
      vi.doUnmock('./argon2-wasm.ts');
    });

    test('gives the same bytes', async () => {
      const withWasm = hex(await argon2id(secret, salt, FLOOR, 32));
      const refused = vi.fn(() => Promise.reject(new Error('WebAssembly is not available')));
      vi.doMock('./argon2-wasm.ts', () => ({ argon2idWasm: refused }));
      expect(hex(await argon2id(secret, salt, FLOOR, 32))).toBe(withWasm);
      expect(refused).toHaveBeenCalled();
    }, 60_000);
  });
});
