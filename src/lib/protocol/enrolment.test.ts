import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { normaliseNir } from '#lib/credentials/nir.ts';
import { normaliseActivationCode } from '#lib/credentials/typed-code.ts';
import { normaliseSerial } from '#lib/credentials/vitale.ts';
import { deriveEnrolment, encodeCode, ENROLMENT_KDF, normaliseSecrets, printCode } from './enrolment.ts';

describe('ACT-05: the provisional code', () => {
  test('is 80 bits in four groups of four', () => {
    expect(printCode(encodeCode(fromHex('00112233445566778899')))).toBe('008J-4CT4-ANK7-F24S');
  });

  test('is understood however Camille types it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.boolean(), (bytes, lower) => {
        const code = encodeCode(bytes);
        const typed = printCode(code).replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l');
        expect(normaliseActivationCode(lower ? typed.toLowerCase() : typed)).toBe(code);
      }),
    );
  });

  test.each([
    ['short', '008J-4CT4-ANK7-F24'],
    ['long', '008J-4CT4-ANK7-F24S0'],
    ['with a U', '008U4CT4ANK7F24S'],
    ['empty', ''],
  ])('that is %s is none', (_, typed) => expect(normaliseActivationCode(typed)).toBeNull());
});

describe('ACT-07: the NIR', () => {
  test.each([
    ['2 86 05 69 123 045 62', '286056912304562'],
    ['2.79.02.2A.004.087-94', '279022A00408794'],
    ['191072b03302123', '191072B03302123'],
    ['7860569123045 62', '786056912304562'],
  ])('typed as %s is %s', (typed, nir) => expect(normaliseNir(typed)).toBe(nir));

  test.each(['28605691230456', '2860569123045622', '586056912304562', '27902 2C 00408794', 'x'])(
    'cannot be %s',
    (typed) => expect(normaliseNir(typed)).toBeNull(),
  );
});

describe('ACT-06, ACT-08: the serial number', () => {
  test.each([
    ['a card with photo, the eleven digits asked for', '482 1093 7561', '48210937561'],
    ['a card with photo, typed whole', '8025000002 48210937561', '48210937561'],
    ['a card without photo, 8 digits', '40718263', '40718263'],
    ['a card without photo, 13 digits', '5520917384612', '5520917384612'],
  ])('of %s', (_, typed, serial) => expect(normaliseSerial(typed)).toBe(serial));

  test.each(['4071826', '55209173846120', '902500000248210937561', '4821093756A'])('cannot be %s', (typed) =>
    expect(normaliseSerial(typed)).toBeNull(),
  );
});

test('one of the three that cannot be right stops the form before anything is derived', () => {
  const right = { code: '008J-4CT4-ANK7-F24S', nir: '286056912304562', serial: '48210937561' };
  expect(normaliseSecrets(right)).toEqual({ ...right, code: '008J4CT4ANK7F24S' });
  for (const name of ['code', 'nir', 'serial'] as const)
    expect(normaliseSecrets({ ...right, [name]: '?' })).toBeNull();
});

test('the derivation hashes exactly what the table says', async () => {
  const hashed: string[] = [];
  const primitives = {
    sha256: (...parts: readonly Uint8Array[]): Bytes => {
      hashed.push(hex(concat(...parts)));
      return new Uint8Array(32).fill(hashed.length);
    },
    argon2id: async (secret: Bytes, salt: Bytes, cost: object, length: number): Promise<Bytes> => {
      expect(new TextDecoder().decode(secret)).toBe('008J4CT4ANK7F24S\x00286056912304562\x0048210937561');
      expect([hex(salt), cost, length]).toEqual(['02'.repeat(16), { m: 65_536, t: 3, p: 1 }, 64]);
      return concat(new Uint8Array(32).fill(0xaa), new Uint8Array(32).fill(0xbb));
    },
  };
  const secrets = { code: '008J4CT4ANK7F24S', nir: '286056912304562', serial: '48210937561' };
  const { codeId, lookup, key } = await deriveEnrolment(secrets, primitives);
  expect(hashed).toEqual([
    hex(utf8('carnet/code-id/v1008J4CT4ANK7F24S')),
    hex(concat(utf8('carnet/enrolment/v1'), codeId)),
  ]);
  expect([hex(codeId), hex(lookup), hex(key)]).toEqual(['01'.repeat(16), 'aa'.repeat(32), 'bb'.repeat(32)]);
  expect(ENROLMENT_KDF.m).toBeGreaterThanOrEqual(65_536);
});
