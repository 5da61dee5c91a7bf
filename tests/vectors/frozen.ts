/**
 * The frozen vectors of our own formats: what was written once must open for ever, what was refused once must stay
 * refused, and sealing with the recorded randomness must give the recorded bytes.
 */
import { decodeBech32m, encodeBech32m } from '#lib/bytes/bech32m.ts';
import { equal, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { openBlob, sealBlob } from '#lib/crypto/blob.ts';
import { openCommitting, sealCommitting } from '#lib/crypto/committing.ts';
import { frameKey, openFrame, sealFrame, type FrameKind } from '#lib/crypto/frame.ts';
import { argon2id } from '#lib/crypto/kdf.ts';
import { localKey, openLocal, sealLocal } from '#lib/crypto/local.ts';
import { pad, padmeLength, unpad } from '#lib/crypto/padding.ts';
import type { Random } from '#lib/crypto/random.ts';
import { generateSealingKeys, openBox, sealBox } from '#lib/crypto/sealing.ts';
import { detectEngine, fallbackEngine } from '#lib/crypto/signature-engine.ts';
import { createSigner, signingPublicKey, verify, verifyFallback } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import { orNull, pattern, type Case, type VectorSet } from './case.ts';
import bech32m from './frozen/bech32m.json' with { type: 'json' };
import blob from './frozen/blob.json' with { type: 'json' };
import box from './frozen/box.json' with { type: 'json' };
import committing from './frozen/committing.json' with { type: 'json' };
import frame from './frozen/frame.json' with { type: 'json' };
import local from './frozen/local.json' with { type: 'json' };
import padding from './frozen/padding.json' with { type: 'json' };
import padme from './frozen/padme.json' with { type: 'json' };
import signature from './frozen/signature.json' with { type: 'json' };
import slot from './frozen/slot.json' with { type: 'json' };

export const FROZEN: readonly VectorSet[] = [
  { name: 'frame', file: frame, agrees: frameAgrees },
  { name: 'committing AEAD', file: committing, agrees: committingAgrees },
  { name: 'sealed box', file: box, agrees: boxAgrees },
  { name: 'local value', file: local, agrees: localAgrees },
  { name: 'blob', file: blob, agrees: blobAgrees },
  { name: 'slot pieces', file: slot, agrees: slotAgrees },
  { name: 'bech32m', file: bech32m, agrees: bech32mAgrees },
  { name: 'padding', file: padding, agrees: paddingAgrees },
  { name: 'size classes', file: padme, agrees: (v) => padmeLength(v.number('length')) === v.number('class') },
  { name: 'signature rule', file: signature, agrees: signatureAgrees },
];

function isGood(vector: Case): boolean {
  return vector.text('verdict') === 'V';
}

function replay(tape: Bytes): Random {
  let offset = 0;
  return (length) => tape.slice(offset, (offset += length));
}

function labelOf(vector: Case): Label {
  const label = Object.values(LABELS).find((known) => known === vector.text('label'));
  if (label === undefined) throw new Error('a label is gone');
  return label;
}

function frameAgrees(vector: Case): boolean {
  const key = frameKey(vector.bytes('space'), vector.number('epoch'), vector.bytes('secret'));
  const opened = openFrame([key], vector.bytes('frame'));
  if (!isGood(vector)) return opened === null;
  const kind = vector.text('kind') as FrameKind;
  const sealed = sealFrame(key, kind, vector.bytes('inner'), replay(vector.bytes('random')));
  return opened?.aad.kind === kind && vector.holds('inner', opened.inner) && vector.holds('frame', sealed);
}

function committingAgrees(vector: Case): boolean {
  const [key, aad, label] = [vector.bytes('key'), vector.bytes('aad'), labelOf(vector)];
  const opened = openCommitting(key, label, aad, vector.bytes('sealed'));
  if (!isGood(vector)) return opened === null;
  const sealed = sealCommitting(key, label, aad, vector.bytes('plaintext'), replay(vector.bytes('random')));
  return opened !== null && vector.holds('plaintext', opened) && vector.holds('sealed', sealed);
}

async function boxAgrees(vector: Case): Promise<boolean> {
  const [secret, recipientId, sender] = [
    vector.bytes('seed'),
    vector.bytes('recipientId'),
    vector.bytes('sender'),
  ];
  const purpose = vector.text('purpose');
  const opened = await openBox({
    secret,
    recipientId,
    purpose,
    now: vector.number('now'),
    sealed: vector.bytes('sealed'),
    verifySender: (id) => (equal(id, sender) ? signingPublicKey(vector.bytes('signerSeed')) : null),
  });
  if (!isGood(vector)) return opened === null;
  const sealed = await sealBox({
    recipient: (await generateSealingKeys(secret)).publicKey,
    recipientId,
    purpose,
    sender,
    expiry: vector.number('expiry'),
    body: vector.bytes('body'),
    signer: await createSigner(vector.bytes('signerSeed'), fallbackEngine),
    random: replay(vector.bytes('random')),
  });
  return opened !== null && vector.holds('body', opened.body) && vector.holds('sealed', sealed);
}

async function localAgrees(vector: Case): Promise<boolean> {
  const key = localKey(vector.bytes('secret'), labelOf(vector));
  const opened = await openLocal(key, vector.text('context'), vector.bytes('sealed'));
  if (!isGood(vector)) return opened === null;
  const random = replay(vector.bytes('random'));
  const sealed = await sealLocal(key, vector.text('context'), vector.bytes('plaintext'), random);
  return opened !== null && vector.holds('plaintext', opened) && vector.holds('sealed', sealed);
}

async function blobAgrees(vector: Case): Promise<boolean> {
  const [key, length] = [vector.bytes('key'), vector.number('length')];
  const manifest = { root: vector.bytes('root'), chunks: vector.number('chunks'), length };
  if (!isGood(vector)) return (await openBlob(key, manifest, async () => vector.bytes('chunk'))) === null;
  const sealed = await sealBlob(key, pattern(length), replay(vector.bytes('random')));
  const opened = await openBlob(key, manifest, async (index) => sealed.chunks[index] ?? null);
  return (
    equal(sealed.root, manifest.root) &&
    sealed.chunks.length === manifest.chunks &&
    (vector.text('chunk') === '' || vector.holds('chunk', sealed.chunks[0]!)) &&
    opened !== null &&
    equal(opened, pattern(length))
  );
}

async function slotAgrees(vector: Case): Promise<boolean> {
  const parameters = { m: vector.number('m'), t: vector.number('t'), p: vector.number('p') };
  const key = await orNull(() =>
    argon2id(utf8(vector.text('password')), vector.bytes('salt'), parameters, 32),
  );
  const opened = key && openCommitting(key, LABELS.localSlot, vector.bytes('aad'), vector.bytes('sealed'));
  if (!isGood(vector)) return opened === null;
  return opened !== null && vector.holds('plaintext', opened) && vector.text('key') === hex(key!);
}

function bech32mAgrees(vector: Case): boolean {
  const decoded = decodeBech32m(vector.text('hrp'), vector.text('text'));
  if (!isGood(vector)) return decoded === null;
  const text = encodeBech32m(vector.text('hrp'), vector.bytes('bytes'));
  return decoded !== null && vector.holds('bytes', decoded) && text === vector.text('text').toLowerCase();
}

function paddingAgrees(vector: Case): boolean {
  const body = unpad(vector.bytes('padded'));
  if (!isGood(vector)) return body === null;
  return body !== null && vector.holds('body', body) && vector.holds('padded', pad(body));
}

async function signatureAgrees(vector: Case): Promise<boolean> {
  const input = [vector.bytes('publicKey'), vector.bytes('message'), vector.bytes('signature')] as const;
  const verdicts = [await verify(...input, await detectEngine(crypto.subtle)), verifyFallback(...input)];
  return verdicts.every((verdict) => verdict === isGood(vector));
}
