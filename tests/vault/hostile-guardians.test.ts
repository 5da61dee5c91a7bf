/**
 * D03, A08: who talks to a guardian under a code that they were given, and says what no honest app would. The phrase is found equal
 * each time: persons can be talked into that.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import {
  createLinkCode,
  guestAnswers,
  guestAt,
  guestConfirms,
  guestReceives,
  hostAt,
  hostConfirms,
  hostInvites,
  hostReceives,
  linkKeys,
  startGuest,
  startHost,
  type GuestState,
  type HostState,
} from '#lib/keys/link.ts';
import {
  decodeInvitation,
  encodeAnswer,
  encodeInvitation,
  type Invitation,
} from '#lib/keys/link/invitation.ts';
import { createSpace } from '#lib/keys/roster.ts';
import { decodeRosterBody, encodeRosterBody, spaceIdOf, type Found } from '#lib/keys/roster-body.ts';
import { acceptJoin } from '#lib/keys/roster-words.ts';
import { openFrame } from '#lib/crypto/frame.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import { deriveEpoch } from '#lib/keys/epoch.ts';
import type { SyncEngine } from '#lib/sync/engine.ts';
import { connect } from '#lib/vault/account/connection.ts';
import type { RecordId } from '#lib/vault/door/door.ts';
import { talk } from '#lib/vault/linking/driving.ts';
import { callingAccount, type CallingAccount } from '../helpers/worlds/callers.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  eventually,
  good,
  proven,
  testEnvironment,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const random = seededRandom('hostile guardians');
const LOU = { firstName: 'Lou', lastName: 'Moreau', birthDate: '2024-11-20' };

let world: VaultWorld;
let camille: TestDevice;
let bruno: CallingAccount;
let evil: DeviceKeys;
let lou: RecordId;
let engine: SyncEngine;
let stop: () => void;

beforeAll(async () => {
  world = await vaultWorld();
  camille = world.device();
  await activate(camille, await world.newCredentials(0));
  lou = good(await camille.vault.openUnattested({ ...LOU, certified: true }));
  bruno = await callingAccount('Bruno');
  evil = await deviceNamed('evil');
  // It dials when there is a topic to follow.
  engine = await new Promise<SyncEngine>((resolve) => {
    const line = connect(environment(), { engine: resolve, state: () => {} });
    stop = () => line.stop();
  });
}, 60_000);
afterAll(async () => {
  stop?.();
  await world?.close();
});

const environment = () => testEnvironment(world.carnet.url);

/** Bruno's chain as its statements. */
async function chainOf({ address, chain }: CallingAccount): Promise<Bytes[]> {
  const keys = await deriveEpoch(chainSpaceId(address), chainEpoch(address));
  return chain().map((frame) => openFrame([keys.frameKey], frame)!.inner.slice());
}

/** Whoever shows a code to Camille, accepts whatever they are invited to, and answers what a test makes up. How it ends at her. */
async function guest(
  device: DeviceKeys,
  answer: (invitation: Invitation) => Promise<Bytes>,
): Promise<string> {
  const env = environment();
  const code = createLinkCode(random);
  camille.events.length = 0;
  const driven = talk<GuestState>({
    ...{ env, engine, keys: await linkKeys(code, 'guardian'), creates: true },
    first: startGuest({ device, name: 'Bruno', random, now: env.clock.now() }),
    ...{ receive: guestReceives, confirm: guestConfirms, at: guestAt },
    async entered(state) {
      if (state.type === 'compare') driven.confirm(true);
      if (state.type !== 'invited') return null;
      const payload = await answer(decodeInvitation(state.payload)!);
      return guestAnswers(state, { accepted: true, payload }, random);
    },
  });
  good(await (await proven(camille)).shareRecord(lou, { code, declared: true }));
  return ends(camille);
}

/** The person says yes to whatever comes, and how it ends. */
async function ends(device: TestDevice): Promise<string> {
  const { link } = await device.until('link', (event) => ['compare', 'failed'].includes(event.link.type));
  if (link.type === 'compare') good(await device.vault.confirmLink(true));
  const over = await device.until('link', (event) =>
    ['done', 'failed', 'invitation'].includes(event.link.type),
  );
  return over.link.type === 'failed' ? over.link.error.type : over.link.type;
}

async function accepting(
  { found, heads }: Invitation,
  by: DeviceKeys,
  change: Partial<Parameters<typeof encodeAnswer>[0] & object> = {},
): Promise<Bytes> {
  const space = spaceIdOf(encodeRosterBody(found));
  const { address } = bruno;
  const acceptance = await acceptJoin({ space, address, heads }, by.signer);
  return encodeAnswer({
    ...{ type: 'accepted', address, firstName: 'Bruno', lastName: 'Petit', acceptance, statement: null },
    chain: await chainOf(bruno),
    ...change,
  });
}

const guardians = async () => good(await camille.vault.record(lou)).guardians.length;

test('D03: a device that is in no chain of the address that it names is refused, before and after that address holds the record', async () => {
  expect(await guest(evil, (invitation) => accepting(invitation, evil))).toBe('link-refused');
  expect(await guardians()).toBe(1);
  expect(await guest(bruno.device, (invitation) => accepting(invitation, bruno.device))).toBe('done');
  await eventually(guardians, (count) => count === 2);
  expect(await guest(evil, (invitation) => accepting(invitation, evil))).toBe('link-refused');
}, 60_000);

test('an acceptance of another roster, a chain that is cut or changed, and no answer at all are refused', async () => {
  const other = { ...LOU, firstName: 'Max' };
  lou = good(await camille.vault.openUnattested({ ...other, certified: true }));
  const chain = await chainOf(bruno);
  const changed = chain.map((statement) => statement.slice());
  changed[0]![changed[0]!.length - 1]! ^= 1;
  const elsewhere = (invitation: Invitation) => ({ ...invitation, heads: [hex(random(32))] });
  for (const answer of [
    (invitation: Invitation) => accepting(invitation, bruno.device, { chain: [] }),
    (invitation: Invitation) => accepting(elsewhere(invitation), bruno.device),
    (invitation: Invitation) => accepting(invitation, bruno.device, { chain: changed }),
    (invitation: Invitation) => accepting(invitation, bruno.device, { statement: random(64) }),
    () => Promise.resolve(random(40)),
  ])
    expect(await guest(bruno.device, answer)).toBe('link-refused');
  expect(await guardians()).toBe(1);
}, 60_000);

test('A08: an invitation to a roster of another authority, to no record, or to a child that none has named, is not shown', async () => {
  const authority = (await createSigner(random(32))).publicKey;
  const founded = (kind: 'record' | 'account', by: Bytes | null): Found => {
    const { frameBody } = createSpace({ kind, founder: bruno.address, random, ...(by && { authority: by }) });
    const found = decodeRosterBody(frameBody);
    if (found?.type !== 'found') throw new Error('no founding');
    return found;
  };
  const attested = { statement: random(170), salt: random(32) };
  const ours = new Uint8Array(
    await (
      await fetch(`${world.carnet.url}/authority/key`)
    )
      .json()
      .then((answer) => Buffer.from((answer as { publicKey: string }).publicKey, 'base64url')),
  );
  for (const [found, shown, expected] of [
    [founded('record', authority), attested, 'authority-untrusted'],
    [founded('record', ours), attested, 'authority-untrusted'],
    [founded('record', ours), null, 'authority-untrusted'],
    [founded('account', null), null, 'link-refused'],
    [founded('record', null), attested, 'link-refused'],
    [founded('record', null), null, 'invitation'],
  ] as const) {
    const invitation: Invitation = {
      ...{ found, attested: shown, child: LOU, heads: [hex(random(32))] },
      inviter: { firstName: 'Bruno', lastName: 'Petit' },
    };
    expect(await host(invitation)).toBe(expected);
    good(await camille.vault.cancelLink());
  }
}, 60_000);

/** Whoever is given Camille's code, and invites her to something. How it ends at her. */
async function host(invitation: Invitation): Promise<string> {
  const env = environment();
  camille.events.length = 0;
  good(await camille.vault.joinRecord());
  const { link } = await camille.until('link', (event) => event.link.type === 'waiting');
  const code = link.type === 'waiting' ? link.code.replaceAll('-', '') : '';
  const { device, address } = bruno;
  const driven = talk<HostState>({
    ...{ env, engine, keys: await linkKeys(code, 'guardian'), creates: false },
    first: startHost({ device, address, name: 'Bruno', random, now: env.clock.now() }),
    ...{ receive: hostReceives, confirm: hostConfirms, at: hostAt },
    async entered(state) {
      if (state.type === 'compare') driven.confirm(true);
      return state.type === 'confirmed'
        ? hostInvites(state, encodeInvitation(invitation), env.clock.now())
        : null;
    },
  });
  return ends(camille);
}
