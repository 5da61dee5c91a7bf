/** Frozen sealed boxes and password slot pieces. */
import { concat, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { sealCommitting } from '#lib/crypto/committing.ts';
import { argon2id } from '#lib/crypto/kdf.ts';
import { generateSealingKeys, sealBox } from '#lib/crypto/sealing.ts';
import { fallbackEngine } from '#lib/crypto/signature-engine.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { flip, recorder, replace, seedOf, unhex, type Row } from './tools.ts';

const seeded = seedOf('boxes');

export async function boxes(): Promise<Row[]> {
  const expiry = 1_800_000_000_000;
  const good = await Promise.all(
    [0, 300].map(async (length) => {
      const [seed, signerSeed, recipientId] = [seeded(32), seeded(32), seeded(32)];
      const [sender, body] = [seeded(33), seeded(length)];
      const recipient = (await generateSealingKeys(seed)).publicKey;
      const signer = await createSigner(signerSeed, fallbackEngine);
      const { random, tape } = recorder(seeded);
      const box = { recipient, recipientId, purpose: 'epoch', sender, expiry, body, signer, random };
      const sealed = hex(await sealBox(box));
      return {
        id: `${length} bytes`,
        seed: hex(seed),
        signerSeed: hex(signerSeed),
        recipientId: hex(recipientId),
        purpose: 'epoch',
        now: expiry,
        expiry,
        sender: hex(sender),
        body: hex(body),
        random: tape(),
        sealed,
        verdict: 'V',
      };
    }),
  );
  const base = { ...good[0]!, body: '', random: '', verdict: 'X' };
  const bytes = unhex(base.sealed);
  const bad = (id: string, changed: Bytes): Row => ({ ...base, id, sealed: hex(changed) });
  return [
    ...good,
    bad('version byte 0', replace(bytes, 0, Uint8Array.of(0))),
    bad('a bit of the ML-KEM ciphertext', flip(bytes, 1)),
    bad('a bit of the X25519 ciphertext', flip(bytes, 1100)),
    bad('an X25519 ciphertext of small order', replace(bytes, 1089, new Uint8Array(32))),
    bad('a bit of the body', flip(bytes, 1200)),
    bad('one byte short', bytes.slice(0, -1)),
    bad('a KEM ciphertext alone', bytes.slice(0, 1121)),
    { ...base, id: 'expired', now: expiry + 1 },
    { ...base, id: 'another purpose', purpose: 'message' },
    { ...base, id: 'another recipient', recipientId: hex(seeded(32)) },
    { ...base, id: 'another recipient key', seed: hex(seeded(32)) },
    { ...base, id: 'another sender key', signerSeed: hex(seeded(32)) },
  ];
}

export async function slotPieces(): Promise<Row[]> {
  const parameters = { m: 65_536, t: 3, p: 1 };
  const [salt, localSecret] = [seeded(16), seeded(32)];
  const password = 'Cerise-été 42 !';
  const aad = concat(utf8('slot'), salt);
  const key = await argon2id(utf8(password), salt, parameters, 32);
  const { random, tape } = recorder(seeded);
  const sealed = hex(sealCommitting(key, LABELS.localSlot, aad, localSecret, random));
  const good = {
    id: 'a password',
    password,
    salt: hex(salt),
    ...parameters,
    key: hex(key),
    aad: hex(aad),
    plaintext: hex(localSecret),
    random: tape(),
    sealed,
    verdict: 'V',
  };
  const base = { ...good, key: '', plaintext: '', random: '', verdict: 'X' };
  return [
    good,
    { ...base, id: 'another password', password: 'cerise-été 42 !' },
    { ...base, id: 'more passes than it was made with', t: 4 },
    { ...base, id: 'memory below the floor', m: 65_535 },
    { ...base, id: 'passes below the floor', t: 2 },
  ];
}
