/** Frozen local values and blobs. */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sealBlob } from '#lib/crypto/blob.ts';
import { labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { localKey, sealLocal } from '#lib/crypto/local.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { pattern } from '../case.ts';
import { flip, recorder, replace, seedOf, unhex, type Row } from './tools.ts';

const seeded = seedOf('disk');

export async function locals(): Promise<Row[]> {
  const good = await Promise.all(
    [0, 100].map(async (length) => {
      const [secret, plaintext] = [seeded(32), seeded(length)];
      const context = 'space/état/1';
      const { random, tape } = recorder(seeded);
      const sealed = hex(await sealLocal(localKey(secret), context, plaintext, random));
      const id = `${length} bytes`;
      return {
        id,
        secret: hex(secret),
        label: LABELS.local,
        context,
        plaintext: hex(plaintext),
        random: tape(),
        sealed,
        verdict: 'V',
      };
    }),
  );
  const base = { ...good[1]!, plaintext: '', random: '', verdict: 'X' };
  const bytes = unhex(base.sealed);
  const bad = (id: string, changed: Bytes): Row => ({ ...base, id, sealed: hex(changed) });
  return [
    ...good,
    bad('version byte 0', replace(bytes, 0, Uint8Array.of(0))),
    bad('version byte 2', replace(bytes, 0, Uint8Array.of(2))),
    bad('a bit of the nonce', flip(bytes, 1)),
    bad('a bit of the ciphertext', flip(bytes, 13)),
    bad('a bit of the tag', flip(bytes, -1)),
    bad('one byte short', bytes.slice(0, -1)),
    bad('empty', new Uint8Array(0)),
    { ...base, id: 'another place', context: 'space/etat/1' },
    { ...base, id: 'another label', label: LABELS.localSlot },
    { ...base, id: 'another key', secret: hex(seeded(32)) },
  ];
}

export async function blobs(): Promise<Row[]> {
  const good = await Promise.all(
    [0, 5, 65_451, 65_452, 200_000].map(async (length) => {
      const key = seeded(32);
      const { random, tape } = recorder(seeded);
      const { chunks, root } = await sealBlob(key, pattern(length), random);
      const chunk = length < 10 ? hex(chunks[0]!) : '';
      return {
        id: `${length} bytes`,
        key: hex(key),
        length,
        chunks: chunks.length,
        random: tape(),
        chunk,
        root: hex(root),
        verdict: 'V',
      };
    }),
  );
  const base = { ...good[1]!, random: '', verdict: 'X' };
  const bytes = unhex(base.chunk);
  const rootOf = (chunk: Bytes): string =>
    hex(labelledHash(LABELS.blobRoot, Uint8Array.of(0, 0, 0, 1), sha256(chunk)));
  const bad = (id: string, chunk: Bytes): Row => ({ ...base, id, chunk: hex(chunk), root: rootOf(chunk) });
  return [
    ...good,
    bad('version byte 0, root made to fit', replace(bytes, 0, Uint8Array.of(0))),
    bad('a bit of the salt, root made to fit', flip(bytes, 1)),
    bad('a bit of the commitment, root made to fit', flip(bytes, 33)),
    bad('a bit of the ciphertext, root made to fit', flip(bytes, 65)),
    bad('one byte short, root made to fit', bytes.slice(0, -1)),
    { ...base, id: 'another root', root: hex(seeded(32)) },
    { ...base, id: 'another length', length: 6 },
    { ...base, id: 'another count', chunks: 2 },
    { ...base, id: 'another key', key: hex(seeded(32)) },
  ];
}
