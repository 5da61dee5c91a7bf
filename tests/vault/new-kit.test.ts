/** A new kit in the place of the old one, made by somebody who has the old one in hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountKey, rootToWords, wordsToRoot } from '#lib/keys/kit.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { webSocketDial } from '#lib/sync/transport.ts';
import { visit } from '#lib/sync/visit.ts';
import { credentialOf } from '#lib/vault/spaces/follow.ts';
import { livingEntries } from '#lib/record/living.ts';
import { AccountCopy } from '#lib/vault/kit/copy.ts';
import { closePlace, placedFor } from '#lib/vault/kit/reading.ts';
import { beginRenewal, closeOldKits, confirmRenewal } from '#lib/vault/kit/renewal.ts';
import { openPlaced, placeKeys } from '#lib/vault/entry/kit-place.ts';
import type { Kit } from '#lib/vault/door/door.ts';
import { takeOver } from '../helpers/hostile/hostile-device.ts';
import {
  ALICE,
  activateWithKit,
  allergies,
  allergy,
  good,
  link,
  settled,
  testEnvironment,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let kit: Kit;
beforeEach(async () => {
  world = await vaultWorld();
  laptop = world.device();
  kit = await activateWithKit(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
});
afterEach(() => world.close());

const NEW = { identifiant: 'alice.nouvelle', password: 'Un-autre2mot!long' };
const byWords = (of: Kit) => ({ kit: { words: of.words.join(' ') } });
const byQr = (of: Kit) => ({ kit: { qr: of.qr } });
const askedOf = ({ asked, words }: Kit) =>
  asked.map((position) => words[position - 1]!) as [string, string, string];

async function renew(): Promise<Kit> {
  const next = good(await laptop.vault.newKit(byWords(kit)));
  good(await laptop.vault.confirmNewKit(askedOf(next)));
  return next;
}

test('the new kit brings the record back; the old one is told to be used up, by words and by QR code', async () => {
  const next = await renew();
  good(await laptop.vault.edit('moi', [allergy('Pollen')]));
  await settled(laptop);
  const tablet = world.device();
  const vault = await tablet.reopen();
  for (const used of [byWords(kit), byQr(kit)])
    expect(await vault.lookUpKit(used)).toMatchObject({ ok: false, error: { type: 'kit-replaced' } });
  expect(await tablet.disk.content()).toEqual([]);
  const found = good(await vault.lookUpKit(byQr(next)));
  expect(found).toMatchObject({ isBehind: false, devices: [{ name: 'Portable' }] });
  good(
    await vault.recover({
      ...NEW,
      deviceName: 'Tablette',
      keep: found.devices.map(({ id }) => id),
      lostSince: null,
    }),
  );
  expect(await allergies(tablet)).toEqual(['Arachide', 'Pollen']);
  expect(good(await vault.devices()).filter(({ revokedAt }) => revokedAt === null)).toHaveLength(2);
});

/** What stands in the place of a kit, as whoever has it is shown. */
async function placedIn(of: Kit): Promise<readonly string[]> {
  const root = wordsToRoot(of.words);
  if (!root.ok) throw new Error('a kit');
  const keys = await placeKeys(root.value);
  const { publicKey } = await accountKey(root.value);
  const url = `${world.carnet.url.replace('http', 'ws')}/relay`;
  const visited = { url, dial: webSocketDial(url), clock: systemClock, topic: keys.topic };
  const credential = credentialOf(keys, { isChain: false, ttl: 0 })!;
  const found = await visit({ ...visited, credential }, ({ pick }) => pick((frame) => frame));
  if (!found.ok) throw new Error(found.error.type);
  const placed = await Promise.all(found.value.map((frame) => openPlaced(keys, publicKey, frame)));
  return placed.map((one) => one?.type ?? 'none');
}

test('K10: nothing that the relay has opens by the old kit any more', async () => {
  expect(await placedIn(kit)).toEqual(['opens']);
  await renew();
  expect(await placedIn(kit)).toEqual(['replaced']);
});

test('whoever had looked the old kit up before it was replaced reads nothing that was written since', async () => {
  const root = wordsToRoot(kit.words);
  if (!root.ok) throw new Error('a kit');
  const thief = testEnvironment(world.carnet.url);
  const placed = await placedFor(thief, root.value);
  if (!placed.ok || placed.value?.type !== 'opens') throw new Error('an old copy of the relay');
  await renew();
  good(await laptop.vault.edit('moi', [allergy('Pollen')]));
  await settled(laptop);
  const copy = await AccountCopy.open(thief, root.value, placed.value.granted);
  good(await copy.catchUp(new AbortController().signal));
  const read = copy.spaces.records().flatMap(({ replica }) => livingEntries(replica.record(), 'allergies'));
  expect(read.map(({ fields }) => fields['name'])).toEqual(['Arachide']);
  await copy.close();
});

test('a device alone makes no kit; other words, and the kit of another account, change nothing', async () => {
  const bob = world.device();
  const other = await activateWithKit(bob, world.credentials(1));
  for (const given of [byWords(other), byQr(other)])
    expect(await laptop.vault.newKit(given)).toMatchObject({ error: { type: 'kit-other' } });
  const words = [...kit.words];
  expect(await laptop.vault.newKit({ kit: { words: words.with(4, 'gouda').join(' ') } })).toMatchObject({
    error: { type: 'kit-words-wrong', positions: [5] },
  });
  const next = good(await laptop.vault.newKit(byWords(kit)));
  expect(await laptop.vault.confirmNewKit(['a', 'b', 'c'])).toMatchObject({
    error: { type: 'kit-words-wrong' },
  });
  await laptop.reopen({ identifiant: 'alice.martin', password: 'Un-mot2passe!long' });
  expect(await laptop.vault.confirmNewKit(askedOf(next))).toMatchObject({ error: { type: 'cancelled' } });
  good(await laptop.vault.newKit(byWords(kit)));
});

test('without the relay no kit is made: the old one stays the kit', async () => {
  const next = good(await laptop.vault.newKit(byWords(kit)));
  laptop.setOnline(false);
  expect(await laptop.vault.confirmNewKit(askedOf(next))).toMatchObject({
    error: { type: 'relay-unreachable' },
  });
  laptop.setOnline(true);
  await settled(laptop);
  const tablet = world.device();
  expect((await (await tablet.reopen()).lookUpKit(byWords(kit))).ok).toBe(true);
});

test('a phone that was away puts nothing back for the kit that was replaced meanwhile', async () => {
  const phone = world.device();
  await link(laptop, phone);
  await settled(phone);
  phone.setOnline(false);
  await phone.reopen({ identifiant: 'alice.phone', password: 'Un-mot2passe!long' });
  const next = await renew();
  phone.setOnline(true);
  await settled(phone);
  await phone.reopen({ identifiant: 'alice.phone', password: 'Un-mot2passe!long' });
  await settled(phone);
  expect(await placedIn(kit)).toEqual(['replaced']);
  const vault = await world.device().reopen();
  expect((await vault.lookUpKit(byWords(next))).ok).toBe(true);
});

test('while a place is closed it is never empty: a device that looks in just then puts nothing back', async () => {
  const root = wordsToRoot(kit.words);
  if (!root.ok) throw new Error('a kit');
  const env = testEnvironment(world.carnet.url);
  const seen: (readonly string[])[] = [];
  // Each message to the relay is held up until somebody else has looked.
  const dial: typeof env.dial = (url) => (events) => {
    const line = env.dial(url)(events);
    let last = Promise.resolve();
    const send: typeof line.send = (message) => {
      last = last.then(async () => {
        seen.push(await placedIn(kit));
        line.send(message);
      });
    };
    return { ...line, send };
  };
  good(await closePlace({ ...env, dial }, root.value));
  expect(seen.at(0)).toEqual(['opens']);
  expect(seen).not.toContainEqual([]);
  expect(await placedIn(kit)).toEqual(['replaced']);
});

test('two kits are made one after the other while the first place cannot be closed: both old ones open nothing in the end', async () => {
  const account = await takeOver(world, laptop, ALICE);
  const { dial } = account.env;
  const kits = [wordsToRoot(kit.words)];
  let visits = 0;
  // The relay is gone just when the first old place is to be closed.
  const isGone = () => visits++ === 1;
  Object.assign(account.env, {
    dial: (url: string) => (isGone() ? dial('ws://127.0.0.1:1') : dial(url)),
  });
  for (const time of [0, 1]) {
    const root = kits[time]!;
    if (!root.ok) throw new Error('a kit');
    const renewal = good(await beginRenewal(account, { words: rootToWords(root.value).join(' ') }));
    const words = rootToWords(renewal.kit.root);
    kits.push(wordsToRoot(words));
    const asked = renewal.kit.asked.map((position) => words[position - 1]!);
    good(await confirmRenewal(account, renewal, asked));
    if (time === 0) expect(await placedIn(kit)).toEqual(['opens']);
  }
  await closeOldKits(account);
  expect(await placedIn(kit)).toEqual(['replaced']);
  await account.close();
}, 40_000);
