import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { deviceNamed, flipped, person, type Person } from '../../../../tests/helpers/people/people.ts';
import { expectStrictDecoder } from '../../../../tests/helpers/hostile/hostile.ts';
import { seededRandom } from '../../../../tests/helpers/tools/random.ts';
import { verifyAcceptance } from '../chain-body.ts';
import { deviceId, type DeviceKeys } from '../device.ts';
import { createSpace } from '../roster.ts';
import { decodeRosterBody } from '../roster-body.ts';
import { createLinkCode, LINK_LIFETIME, linkKeys, parseLinkCode, linkCodeToQr } from './code.ts';
import {
  guestAnswers,
  guestAt,
  guestConfirms,
  guestReceives,
  hostAt,
  hostConfirms,
  hostHandsOver,
  hostInvites,
  hostReceives,
  startGuest,
  startHost,
  type GuestState,
  type HostState,
} from './guardian.ts';
import {
  decodeAnswer,
  decodeInvitation,
  decodeRecordKeys,
  encodeAnswer,
  encodeInvitation,
  encodeRecordKeys,
} from './invitation.ts';
import { decodeLinkMessage } from './messages.ts';
import { newDeviceReceives, startNewDevice } from './new-device.ts';
import type { LinkStep } from './step.ts';

const NOW = Date.UTC(2026, 10, 23);
const [INVITATION, ANSWER, KEYS] = [utf8('whose record it is'), utf8('yes'), utf8('the keys of the record')];

let camille: Person;
let antoine: DeviceKeys;
let evil: DeviceKeys;
let accomplice: DeviceKeys;

beforeAll(async () => {
  camille = await person('Camille');
  [antoine, evil, accomplice] = (await Promise.all(
    ['Antoine', 'evil', 'accomplice'].map((name) => deviceNamed(name)),
  )) as [DeviceKeys, DeviceKeys, DeviceKeys];
});

interface Side<S> {
  state: S;
  readonly said: Bytes[];
}

function take<S>(side: Side<S>, step: LinkStep<S>): void {
  side.state = step.state;
  side.said.push(...step.send);
}

const sideOf = <S>({ state, send }: LinkStep<S>): Side<S> => ({ state, said: [...send] });

const newGuest = (device = antoine, seed = 'guest') =>
  sideOf<GuestState>(startGuest({ device, name: 'Antoine Lefèvre', random: seededRandom(seed), now: NOW }));

const newHost = (device = camille.device, seed = 'host') =>
  sideOf<HostState>(
    startHost({
      ...{ device, address: camille.address, name: 'Camille Moreau' },
      ...{ random: seededRandom(seed), now: NOW },
    }),
  );

/** Everything said so far reaches both, their own words included. */
async function exchange(now = NOW): Promise<void> {
  for (let round = 0; round < 3; round++)
    for (const message of [...guest.said, ...host.said]) {
      take(host, await hostReceives(host.state, message, now));
      take(guest, await guestReceives(guest.state, message, now));
    }
}

/** Both have compared, and the invitation has come. */
async function invited(): Promise<void> {
  await exchange();
  take(guest, guestConfirms(guest.state, true, NOW));
  take(host, hostConfirms(host.state, true, NOW));
  if (host.state.type !== 'confirmed') throw new Error(host.state.type);
  take(host, await hostInvites(host.state, INVITATION, NOW));
  await exchange();
}

async function answer(accepted: boolean, payload = ANSWER): Promise<void> {
  if (guest.state.type !== 'invited') throw new Error(guest.state.type);
  take(guest, await guestAnswers(guest.state, { accepted, payload }, seededRandom('answer')));
  await exchange();
}

const phraseOn = (side: Side<GuestState> | Side<HostState>): readonly string[] =>
  side.state.type === 'compare' ? side.state.phrase : [];

let guest: Side<GuestState>;
let host: Side<HostState>;
beforeEach(() => {
  guest = newGuest();
  host = newHost();
});

const REFUSED = { type: 'failed', error: { type: 'link-refused' } };
const EXPIRED = { type: 'failed', error: { type: 'link-expired' } };
const INTERCEPTED = { type: 'failed', error: { type: 'link-intercepted' } };

describe('KID-12: Antoine joins in person', () => {
  test('one phrase on both, then the invitation, his answer and the keys, each to the other’s device', async () => {
    await exchange();
    expect(guest.state).toMatchObject({ type: 'compare', peerName: 'Camille Moreau' });
    expect(host.state).toMatchObject({ type: 'compare', peerName: 'Antoine Lefèvre' });
    expect(phraseOn(guest)).toEqual(phraseOn(host));
    expect(phraseOn(guest)).toHaveLength(3);
    await invited();
    expect(guest.state).toMatchObject({ type: 'invited', address: camille.address, payload: INVITATION });
    await answer(true);
    expect(host.state).toMatchObject({ type: 'answered', payload: ANSWER });
    if (host.state.type !== 'answered') throw new Error(host.state.type);
    take(host, await hostHandsOver(host.state, KEYS, seededRandom('keys')));
    await exchange();
    expect([guest.state, host.state]).toEqual([{ type: 'done', payload: KEYS }, { type: 'done' }]);
  });

  test('nothing of the record leaves before the host has compared, and no key without an answer', async () => {
    await exchange();
    take(guest, guestConfirms(guest.state, true, NOW));
    expect(host.said.map((message) => decodeLinkMessage(message)?.type)).toEqual(['reply']);
    await invited();
    expect(host.said.map((message) => decodeLinkMessage(message)?.type)).toEqual(['reply', 'grant']);
  });

  test('declined, the guest is done with it and the host is told', async () => {
    await invited();
    await answer(false, utf8('no'));
    expect([guest.state.type, host.state.type]).toEqual(['declined', 'answered']);
  });

  test('phrases that differ, or a person who gives up later, end it on both', async () => {
    await exchange();
    take(host, hostConfirms(host.state, false, NOW));
    await exchange();
    expect([guest.state, host.state]).toEqual([REFUSED, REFUSED]);
    [guest, host] = [newGuest(), newHost()];
    await invited();
    take(guest, guestConfirms(guest.state, false, NOW));
    await exchange();
    expect([guest.state, host.state]).toEqual([REFUSED, REFUSED]);
  });

  test('what nobody answers ends with its time; what the host has agreed to is carried through', async () => {
    const late = NOW + 3 * LINK_LIFETIME;
    expect(guestAt(guest.state, late)).toEqual(EXPIRED);
    await invited();
    expect([guestAt(guest.state, late), hostAt(host.state, late)]).toEqual([EXPIRED, EXPIRED]);
    await answer(true);
    expect(hostAt(host.state, late)).toBe(host.state);
  });
});

describe('somebody who has the code', () => {
  test('cannot answer, or hand over keys, in the place of the other: what their device seals ends it', async () => {
    await invited();
    const stranger = newGuest(evil, 'evil');
    const other = newHost(accomplice, 'evil host');
    const [mine, yours] = [guest, host];
    [guest, host] = [stranger, other];
    await invited();
    await answer(true);
    const forged = stranger.said.at(-1)!;
    expect(decodeLinkMessage(forged)?.type).toBe('answer');
    expect(await hostReceives(yours.state, forged, NOW)).toMatchObject({ state: INTERCEPTED });
    if (host.state.type !== 'answered') throw new Error(host.state.type);
    const keys = (await hostHandsOver(host.state, KEYS, seededRandom('evil keys'))).send[0]!;
    [guest, host] = [mine, yours];
    await answer(true);
    expect(await guestReceives(guest.state, keys, NOW)).toMatchObject({ state: INTERCEPTED });
  });

  test('a changed answer ends it too', async () => {
    await invited();
    if (guest.state.type !== 'invited') throw new Error(guest.state.type);
    const step = await guestAnswers(guest.state, { accepted: true, payload: ANSWER }, seededRandom('a'));
    expect(
      await hostReceives(host.state, flipped(step.send[0]!, step.send[0]!.length - 1), NOW),
    ).toMatchObject({
      state: INTERCEPTED,
    });
  });

  test('a code, a phrase and a device’s word for a guardian are worthless for linking a device', async () => {
    const code = createLinkCode(seededRandom('code'));
    const [link, guardian] = [await linkKeys(code), await linkKeys(code, 'guardian')];
    expect(hex(link.topic)).not.toBe(hex(guardian.topic));
    expect(parseLinkCode(linkCodeToQr(code, 'guardian')).ok).toBe(false);
    expect(parseLinkCode(linkCodeToQr(code, 'guardian'), 'guardian')).toEqual({ ok: true, value: code });
    await exchange();
    const reveal = guest.said
      .map((message) => decodeLinkMessage(message))
      .find((one) => one?.type === 'reveal');
    if (reveal?.type !== 'reveal') throw new Error('nothing revealed');
    expect(await verifyAcceptance(camille.address, antoine.bundle, reveal.acceptance)).toBe(false);
    const device = startNewDevice({ device: antoine, name: 'x', random: seededRandom('guest'), now: NOW });
    const reply = host.said.find((message) => decodeLinkMessage(message)?.type === 'reply')!;
    const { state } = await newDeviceReceives(device.state, reply, NOW);
    if (state.type !== 'compare' || host.state.type !== 'compare') throw new Error('no phrase');
    expect(state.phrase).not.toEqual(host.state.phrase);
  });
});

describe('what they say', () => {
  const random = seededRandom('said');
  const person = { firstName: 'Camille', lastName: 'Moreau' };

  test('an invitation, an answer and keys are read back, in one spelling each', async () => {
    const { frameBody, secrets } = createSpace({ kind: 'record', founder: camille.address, random });
    const found = decodeRosterBody(frameBody);
    if (found?.type !== 'found') throw new Error('no founding');
    const invitation = {
      ...{ found, inviter: person, heads: [hex(random(32)), hex(random(32))].sort() },
      child: { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' },
      attested: { statement: random(170), salt: random(32) },
    };
    expect(decodeInvitation(encodeInvitation(invitation))).toEqual(invitation);
    expectStrictDecoder(encodeInvitation(invitation), decodeInvitation, encodeInvitation);
    const accepted = {
      ...{ type: 'accepted' as const, ...person, address: camille.address, acceptance: random(64) },
      ...{ statement: random(64), chain: [random(80)] },
    };
    expect(decodeAnswer(encodeAnswer(accepted))).toEqual(accepted);
    expectStrictDecoder(encodeAnswer(accepted), decodeAnswer, encodeAnswer);
    expect(decodeAnswer(encodeAnswer({ type: 'declined' }))).toEqual({ type: 'declined' });
    expect(decodeRecordKeys(encodeRecordKeys([secrets]))).toEqual([secrets]);
    expectStrictDecoder(encodeRecordKeys([secrets]), decodeRecordKeys, encodeRecordKeys);
    expect(decodeRecordKeys(encodeRecordKeys([]))).toBeNull();
    expect(deviceId(antoine.bundle)).toHaveLength(32);
  });

  test('names travel without anything that is not seen, and a longer one is cut', () => {
    const { frameBody } = createSpace({ kind: 'record', founder: camille.address, random });
    const found = decodeRosterBody(frameBody);
    if (found?.type !== 'found') throw new Error('no founding');
    const bytes = encodeInvitation({
      ...{ found, heads: [hex(random(32))], attested: null },
      inviter: { firstName: '\u202eCamille\u0000', lastName: 'x'.repeat(500) },
      child: { firstName: ' Zoé ', lastName: 'Lefèvre', birthDate: '2020-12-05' },
    });
    expect(decodeInvitation(bytes)).toMatchObject({
      inviter: { firstName: 'Camille', lastName: 'x'.repeat(100) },
      child: { firstName: 'Zoé' },
    });
  });
});
