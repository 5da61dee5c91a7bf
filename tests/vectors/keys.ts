/**
 * The frozen vectors of keys/: what was read, derived or weighed so once must be so for ever.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { openPasskey, readPasskey } from '#lib/keys/passkey.ts';
import { openPasswordSlot } from '#lib/keys/slot.ts';
import type { Case, VectorSet } from './case.ts';
import decodings from './frozen/keys-decoding.json' with { type: 'json' };
import derivations from './frozen/keys-derivation.json' with { type: 'json' };
import guardianDecodings from './frozen/guardians-decoding.json' with { type: 'json' };
import guardianDerivations from './frozen/guardians-derivation.json' with { type: 'json' };
import histories from './frozen/keys-chain.json' with { type: 'json' };
import passkeys from './frozen/keys-passkey.json' with { type: 'json' };
import slots from './frozen/keys-slot.json' with { type: 'json' };
import { DECODERS, derivedFrom, historyOf, readingOf, type Format } from './keys-readings.ts';

export const KEYS: readonly VectorSet[] = [
  { name: 'formats of keys', file: decodings, agrees: decodingAgrees },
  { name: 'derivations of keys', file: derivations, agrees: derivationAgrees },
  { name: 'formats of guardians', file: guardianDecodings, agrees: decodingAgrees },
  { name: 'derivations of guardians', file: guardianDerivations, agrees: derivationAgrees },
  { name: 'account chain', file: histories, agrees: historyAgrees },
  { name: 'password slot', file: slots, agrees: slotAgrees },
  { name: 'passkey', file: passkeys, agrees: passkeyAgrees },
];

function decodingAgrees(vector: Case): boolean {
  const value = DECODERS[vector.text('format') as Format](vector.bytes('bytes'));
  if (vector.text('verdict') === 'X') return value === null;
  return value !== null && readingOf(value) === vector.text('reading');
}

async function derivationAgrees(vector: Case): Promise<boolean> {
  return (await derivedFrom(vector.text('rule'), vector.text('input'))) === vector.text('output');
}

async function historyAgrees(vector: Case): Promise<boolean> {
  return (await historyOf(vector.text('address'), vector.text('frames'))) === vector.text('outcome');
}

async function slotAgrees(vector: Case): Promise<boolean> {
  const [identifiant, password] = [vector.text('identifiant'), vector.text('password')];
  const opened = await openPasswordSlot(vector.bytes('slot'), identifiant, password);
  return vector.text('answer') === (opened.ok ? hex(opened.value) : opened.error.type);
}

function passkeyAgrees(vector: Case): boolean {
  const kept = vector.bytes('kept');
  const asked = readPasskey(kept);
  const shown = asked ? `${hex(asked.credential)} ${hex(asked.salt)} ${asked.transports.join()}` : '';
  const opened = openPasskey(kept, vector.bytes('output'));
  const answer = opened.ok ? hex(opened.value) : opened.error.type;
  return shown === vector.text('public') && answer === vector.text('answer');
}
