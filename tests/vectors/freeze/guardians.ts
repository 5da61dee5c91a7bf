/** Frozen formats of the talk by which another guardian joins a child's record. */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { signingPublicKey } from '#lib/crypto/signature.ts';
import { addressOfHash } from '#lib/keys/address.ts';
import { generateEpoch } from '#lib/keys/epoch.ts';
import { createLinkCode } from '#lib/keys/link/code.ts';
import { encodeAnswer, encodeInvitation, encodeRecordKeys } from '#lib/keys/link/invitation.ts';
import { encodeLinkMessage } from '#lib/keys/link/messages.ts';
import { DECODERS, derivedFrom, readingOf, type Format } from '../keys-readings.ts';
import { damaged } from './keys.ts';
import { seedOf, type Row } from './tools.ts';

const seeded = seedOf('guardians');
const id = () => hex(seeded(32));

function goodValues(): [Format, string, Bytes][] {
  const founder = addressOfHash(seeded(32));
  const found = {
    ...{ type: 'found' as const, kind: 'record' as const, founder, nonce: seeded(32), id: id(), read: id() },
    authority: signingPublicKey(seeded(32)),
  };
  const inviter = { firstName: 'Camille', lastName: 'Moreau' };
  const child = { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' };
  const attested = { statement: seeded(170), salt: seeded(32) };
  const accepted = {
    ...{ type: 'accepted' as const, address: addressOfHash(seeded(32)), firstName: 'Antoine', lastName: 'Lefèvre' },
    ...{ acceptance: seeded(64), chain: [seeded(90), seeded(70)] },
  };
  return [
    ['link', 'answer', encodeLinkMessage({ type: 'answer', box: seeded(30) })],
    ['link', 'keys', encodeLinkMessage({ type: 'keys', box: seeded(30) })],
    ['invitation', 'attested', encodeInvitation({ found, inviter, child, heads: [id(), id()], attested })],
    [
      'invitation',
      'not attested',
      encodeInvitation({ found: { ...found, authority: null }, inviter, child, heads: [id()], attested: null }),
    ],
    ['answer', 'declined', encodeAnswer({ type: 'declined' })],
    ['answer', 'accepted', encodeAnswer({ ...accepted, statement: seeded(64) })],
    ['answer', 'accepted without a statement', encodeAnswer({ ...accepted, statement: null })],
    ['record-keys', 'of two epochs', encodeRecordKeys([generateEpoch(seeded, 0), generateEpoch(seeded, 1)])],
  ];
}

export function guardianDecoding(): Row[] {
  const values = goodValues();
  const good = values.map(([format, name, bytes]): Row => {
    const value = DECODERS[format](bytes);
    if (value === null) throw new Error(`${format}: ${name} is not good`);
    return { id: `${format}: ${name}`, format, bytes: hex(bytes), reading: readingOf(value), verdict: 'V' };
  });
  return [...good, ...values.flatMap(([format, name, bytes]) => damaged(format, name, bytes))];
}

export async function guardianDerivations(): Promise<Row[]> {
  const inputs: [string, Record<string, string>][] = [
    ['link', { code: createLinkCode(seeded), purpose: 'guardian' }],
    ['phrase', { hello: hex(seeded(40)), reply: hex(seeded(40)), nonce: hex(seeded(32)), purpose: 'guardian' }],
  ];
  const rows: Row[] = [];
  for (const [index, [rule, input]] of inputs.entries()) {
    const text = JSON.stringify(input);
    rows.push({ id: `${rule} ${index}`, rule, input: text, output: await derivedFrom(rule, text) });
  }
  return rows;
}
