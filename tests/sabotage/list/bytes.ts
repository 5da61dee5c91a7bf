import type { Sabotage } from '../sabotage.ts';

export const BYTES: readonly Sabotage[] = [
  {
    id: 'trailing-bytes',
    file: 'src/lib/bytes/reader.ts',
    find: `if (this.remaining !== 0) throw new MalformedBytes('trailing bytes');`,
    replace: '',
    why: 'A message with something behind it would have many spellings, and a signature would cover none of them whole.',
    tests: ['src/lib/bytes/codec.test.ts', 'src/lib/keys/signed.test.ts'],
  },
  {
    id: 'length-before-bytes',
    file: 'src/lib/bytes/reader.ts',
    find: `if (length > max) throw new MalformedBytes('too long');`,
    replace: '',
    why: 'A hostile length would be believed up to the size of the message, whatever the format allows.',
    tests: ['src/lib/bytes/codec.test.ts', 'src/lib/crypto/sealing.test.ts'],
  },
  {
    id: 'shortest-varint',
    file: 'src/lib/bytes/reader.ts',
    find: `if ((byte === 0 && count > 0) || value > Number.MAX_SAFE_INTEGER) break;`,
    replace: `if (value > Number.MAX_SAFE_INTEGER) break;`,
    why: 'A number would have several spellings, and a frame several ids.',
    tests: ['src/lib/bytes/codec.test.ts'],
  },
  {
    id: 'equal-whole',
    file: 'src/lib/bytes/bytes.ts',
    find: `difference |= a[i]! ^ b[i]!;`,
    replace: `difference = a[i]! ^ b[i]!;`,
    why: 'Two hashes would count as equal when their last bytes are.',
    tests: ['src/lib/bytes/bytes.test.ts'],
  },
  {
    id: 'strict-utf8',
    file: 'src/lib/bytes/bytes.ts',
    find: `fatal: true, ignoreBOM: true`,
    replace: `fatal: false, ignoreBOM: true`,
    why: 'Two different byte strings would read as one text.',
    tests: ['src/lib/bytes/bytes.test.ts'],
  },
];
