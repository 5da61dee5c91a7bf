/**
 * A08: the authority attests a second address for Alice. The part that is there: the log gives it away to who reads it. That
 * her app does, and tells her, waits for the app to follow the log (docs/threat-model.md).
 */
import { expect, onTestFinished, test } from 'vitest';
import {
  decodeAttestation,
  EMPTY_LOG,
  followLog,
  foreignAttestations,
  logHeadMessage,
} from '#lib/protocol/attestation.ts';
import { decodeBody, LogAnswer } from '#lib/protocol/authority.ts';
import { sha256, verifyEd25519 } from '../../relay/authority/primitives.ts';
import { authorityWorld, CAMILLE, GHJULIA, testAccount, typeIn } from '../helpers/worlds/authority.ts';

/** Camille plays Alice: she activated, somebody else did too, and she reads the log now and then. */
async function world() {
  const carnet = await authorityWorld();
  onTestFinished(() => carnet.close());
  const attest = async (person: typeof CAMILLE | typeof GHJULIA, account: string) => {
    const code = (await carnet.authority.issueCode(person.nir)) ?? '';
    const answer = await carnet.activate(await typeIn({ code, ...person }), testAccount(account));
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  };
  const readLog = async () => {
    const answer = decodeBody(
      LogAnswer,
      await (await carnet.authority.routes.request('/authority/log')).json(),
    );
    if (!answer) throw new Error('malformed');
    return answer;
  };
  const mine = await attest(CAMILLE, 'Camille');
  await attest(GHJULIA, 'Ghjulia');
  const own = {
    commitment: decodeAttestation(mine.attestation)?.commitment ?? new Uint8Array(),
    attestationHashes: [sha256(mine.attestation)],
  };
  return { ...carnet, attest, readLog, own };
}

test('A08: a second attestation for Camille is the first thing she sees in the log', async () => {
  const { attest, readLog, own } = await world();
  expect(foreignAttestations((await readLog()).leaves, own)).toEqual([]);
  await attest(CAMILLE, 'Mallory in her name');
  expect(foreignAttestations((await readLog()).leaves, own)).toHaveLength(1);
});

test('A08: a log shown to Camille without that entry does not lead to the head shown to others', async () => {
  const { attest, readLog, authority } = await world();
  await attest(CAMILLE, 'Mallory in her name');
  const { leaves, head } = await readLog();
  expect(followLog(EMPTY_LOG, leaves, head, sha256)?.size).toBe(3);
  expect(verifyEd25519(authority.publicKey, logHeadMessage(head), head.signature)).toBe(true);
  expect(followLog(EMPTY_LOG, leaves.slice(0, 2), head, sha256)).toBeNull();
});

test('A08: the public log shows no address, no name and no number of anybody', async () => {
  const { authority } = await world();
  const text = await (await authority.routes.request('/authority/log')).text();
  for (const secret of [
    testAccount('Camille').address.slice(7, 30),
    'Camille',
    'Moreau',
    CAMILLE.nir,
    '1986',
  ])
    expect(text).not.toContain(secret);
});
