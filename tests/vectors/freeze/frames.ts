/** Frozen frames, and the committing AEAD under them. */
import { concat, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { sealCommitting } from '#lib/crypto/committing.ts';
import { encodeAad, FRAME_KINDS, frameKey, sealFrame, type FrameKind } from '#lib/crypto/frame.ts';
import { pad } from '#lib/crypto/padding.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import { flip, recorder, replace, seedOf, unhex, type Row } from './tools.ts';

const seeded = seedOf('frames');

export function frames(): Row[] {
  const good = FRAME_KINDS.map((kind, i) => goodFrame(kind, [3, 0, 252, 253, 500][i]!));
  const { secret, space, epoch, frame } = good[0]!;
  const base = { ...good[0]!, inner: '', random: '', verdict: 'X' };
  const bytes = unhex(frame);
  const bad = (id: string, changed: Bytes): Row => ({ ...base, id, frame: hex(changed) });
  const [key, spaceId] = [unhex(secret), unhex(space)];
  const aad = encodeAad({ space: spaceId, epoch: Number(epoch), kind: 'update' });
  const sealed = (id: string, plaintext: Bytes, data = aad, label: Label = LABELS.frame, version = 1): Row =>
    bad(id, concat(Uint8Array.of(version), sealCommitting(key, label, data, plaintext, seeded)));
  const padded = pad(utf8('abc'));
  return [
    ...good,
    ...[0, 2, 255].map((version) =>
      bad(`version byte ${version}`, replace(bytes, 0, Uint8Array.of(version))),
    ),
    bad('a bit of the salt', flip(bytes, 1)),
    bad('first bit of the commitment', flip(bytes, 25)),
    bad('last bit of the commitment', flip(bytes, 56)),
    bad('a bit of the ciphertext', flip(bytes, 57)),
    bad('a bit of the tag', flip(bytes, -1)),
    bad('one byte short', bytes.slice(0, -1)),
    bad('nothing but a header', bytes.slice(0, 73)),
    bad('cut in the commitment', bytes.slice(0, 40)),
    bad('empty', new Uint8Array(0)),
    bad('one byte more', concat(bytes, Uint8Array.of(0))),
    { ...base, id: 'another epoch', epoch: Number(epoch) + 1 },
    { ...base, id: 'another space', space: hex(seeded(32)) },
    { ...base, id: 'another secret', secret: hex(seeded(32)) },
    sealed('padding that is not zero', replace(padded, 255, Uint8Array.of(1))),
    sealed('a larger size class than needed', concat(padded, new Uint8Array(16))),
    sealed('not padded at all', utf8('abc')),
    sealed('a length beyond the padding', replace(padded, 0, Uint8Array.of(0, 0, 0, 253))),
    sealed('suite 0 inside', padded, replace(aad, 0, Uint8Array.of(0))),
    sealed('suite 0 inside and outside', padded, replace(aad, 0, Uint8Array.of(0)), LABELS.frame, 0),
    sealed('suite 2 inside and outside', padded, replace(aad, 0, Uint8Array.of(2)), LABELS.frame, 2),
    sealed('a kind that is none', padded, replace(aad, 37, Uint8Array.of(6))),
    sealed('the label of another format', padded, aad, LABELS.boxBody),
  ];
}

function goodFrame(kind: FrameKind, length: number) {
  const [secret, space, inner] = [seeded(32), seeded(32), seeded(length)];
  const epoch = seeded.int(2 ** 32);
  const { random, tape } = recorder(seeded);
  const frame = sealFrame(frameKey(space, epoch, secret), kind, inner, random);
  return {
    id: `${kind} of ${length} bytes`,
    secret: hex(secret),
    space: hex(space),
    epoch,
    kind,
    inner: hex(inner),
    random: tape(),
    frame: hex(frame),
    verdict: 'V',
  };
}

export function committing(): Row[] {
  const good = ([LABELS.localSlot, LABELS.frame, LABELS.box] as const).map((label, i) => {
    const [key, aad, plaintext] = [seeded(32), seeded(7 * i), seeded(32 * i)];
    const { random, tape } = recorder(seeded);
    const sealed = hex(sealCommitting(key, label, aad, plaintext, random));
    const id = `${plaintext.length} bytes`;
    return {
      id,
      key: hex(key),
      label,
      aad: hex(aad),
      plaintext: hex(plaintext),
      random: tape(),
      sealed,
      verdict: 'V',
    };
  });
  const base = { ...good[2]!, plaintext: '', random: '', verdict: 'X' };
  const bytes = unhex(base.sealed);
  return [
    ...good,
    ...[0, 23, 24, 55, 56, -17, -16, -1].map((at) => ({
      ...base,
      id: `a bit of byte ${at}`,
      sealed: hex(flip(bytes, at)),
    })),
    ...[0, 24, 56, 71, bytes.length - 1].map((length) => ({
      ...base,
      id: `cut to ${length} bytes`,
      sealed: hex(bytes.slice(0, length)),
    })),
    { ...base, id: 'another label', label: LABELS.boxBody },
    { ...base, id: 'associated data cut short', aad: base.aad.slice(2) },
    { ...base, id: 'another key', key: hex(seeded(32)) },
  ];
}
