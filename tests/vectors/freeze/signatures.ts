/** Frozen signatures on which verifiers elsewhere disagree. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { sha512 } from '#lib/crypto/hash.ts';
import { labelled, signingPublicKey } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { replace, seedOf, unhex, type Row } from './tools.ts';

const seeded = seedOf('signatures');

export /** Signatures on which verifiers elsewhere disagree, under keys that are admitted but for the last. */
function signatures(): Row[] {
  const { Point } = ed25519;
  const order = Point.Fn.ORDER;
  const seed = seeded(32);
  const [publicKey, message] = [signingPublicKey(seed), labelled(LABELS.frameSignature, seeded(10))];
  const a = ed25519.utils.getExtendedPublicKey(seed).scalar;
  const torsion = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', true);
  const sign = (r: bigint, shift: InstanceType<typeof Point>, key = publicKey): Bytes => {
    const R = Point.BASE.multiplyUnsafe(r).add(shift).toBytes();
    const h = number(sha512(R, key, message)) % order;
    return concat(R, littleEndian((r + h * a) % order));
  };
  const r = number(seeded(32)) % order;
  const good = sign(r, Point.ZERO);
  const s = number(good.subarray(32));
  const mixedKey = toOwned(Point.fromBytes(publicKey).add(torsion).toBytes());
  const identity = toOwned(Point.ZERO.toBytes());
  const row = (id: string, signature: Bytes, verdict: string, key = publicKey): Row => ({
    id,
    publicKey: hex(key),
    message: hex(message),
    signature: hex(signature),
    verdict,
  });
  return [
    row('an honest signature', good, 'V'),
    row('R is the identity, S fits it', sign(0n, Point.ZERO), 'X'),
    ...[1n, 2n, 4n].map((k) =>
      row(`R moved by a point of order ${8n / k}`, sign(r, torsion.multiplyUnsafe(k)), 'X'),
    ),
    row('S + L', concat(good.subarray(0, 32), littleEndian(s + order)), 'X'),
    row('S with its top bit set', replace(good, 63, Uint8Array.of(good[63]! | 0x80)), 'X'),
    row('R with the sign bit changed', replace(good, 31, Uint8Array.of(good[31]! ^ 0x80)), 'X'),
    row(
      'R the identity in its second spelling',
      replace(sign(0n, Point.ZERO), 0, littleEndian(2n ** 255n - 18n)),
      'X',
    ),
    row('R the identity with a sign', replace(sign(0n, Point.ZERO), 31, Uint8Array.of(0x80)), 'X'),
    row('63 bytes', good.slice(0, 63), 'X'),
    row('65 bytes', concat(good, Uint8Array.of(0)), 'X'),
    row('a key outside the prime-order subgroup', sign(r, Point.ZERO, mixedKey), 'X', mixedKey),
    row('the identity as key', sign(r, Point.ZERO, identity), 'X', identity),
  ];
}

function number(bytes: Uint8Array): bigint {
  return BigInt('0x' + hex(Uint8Array.from(bytes).reverse()));
}

function littleEndian(value: bigint): Bytes {
  return unhex(value.toString(16).padStart(64, '0')).reverse();
}
