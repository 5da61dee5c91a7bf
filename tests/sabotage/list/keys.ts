import type { Sabotage } from '../sabotage.ts';

export const KEYS: readonly Sabotage[] = [
  {
    id: 'slot-bound-to-identifiant',
    file: 'src/lib/keys/slot.ts',
    find: `return concat(header, sha256(salt, utf8(canonicalIdentifiant(identifiant))));`,
    replace: `return concat(header, sha256(salt, utf8(canonicalIdentifiant(identifiant).slice(0, 0))));`,
    why: 'The password alone would open the device, whatever identifiant is typed beside it.',
    tests: ['src/lib/keys/slot.test.ts'],
  },
  {
    id: 'slot-parameters-checked',
    file: 'src/lib/keys/slot.ts',
    find: `if (!admitsParameters(parameters)) return fail({ type: 'kdf-refused' });`,
    replace: '',
    why: 'A slot that asks for a terabyte of memory, or for none, would be tried (D01).',
    tests: ['src/lib/keys/slot.test.ts', 'tests/attacks/d01.test.ts'],
  },
  {
    id: 'kit-code-checked',
    file: 'src/lib/keys/kit.ts',
    find: `return equal(check(content), bytes.subarray(-CHECK)) ? decodeWith(content, readPaper) : null;`,
    replace: `return decodeWith(content, readPaper);`,
    why: 'A code that was misread would restore another account, or none.',
    tests: ['src/lib/keys/kit.test.ts'],
  },
  {
    id: 'address-is-its-genesis',
    file: 'src/lib/keys/address.ts',
    find: `return parsed.ok && equal(parsed.value.hash, genesisHash(bundle));`,
    replace: `return parsed.ok && genesisHash(bundle).length === parsed.value.hash.length;`,
    why: 'The relay could found somebody else’s address with keys of its own.',
    tests: ['src/lib/keys/address.test.ts', 'src/lib/keys/chain.test.ts'],
  },
  {
    id: 'genesis-keys-admitted',
    file: 'src/lib/keys/address.ts',
    find: `if (!admitSigningKey(account) || !admitSealingKey(recovery)) throw new MalformedBytes('key not admitted');`,
    replace: '',
    why: 'An account could be founded on a key under which anybody signs.',
    tests: ['src/lib/keys/address.test.ts'],
  },
  {
    id: 'inner-signature',
    file: 'src/lib/keys/signed.ts',
    find: `return verify(publicKey, message, decoded.signature);`,
    replace: `return Promise.resolve(message.length + decoded.signature.length + publicKey.length > 0);`,
    why: 'Nobody’s word would be told from anybody else’s.',
    tests: ['src/lib/keys/signed.test.ts'],
  },
];
