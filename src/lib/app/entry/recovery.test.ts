import { expect, test } from 'vitest';
import type { Answer, DeviceView, Door, KitFound, Recovery, VaultError } from '#lib/vault/door/door.ts';
import { GivenKit } from './given-kit.svelte.ts';
import { NewKitFlow } from './new-kit.svelte.ts';
import { RecoveryFlow } from './recovery.svelte.ts';

const device = (id: string, thisDevice = false): DeviceView => ({
  ...{ id, name: `Appareil ${id}`, addedAt: 1, thisDevice, revokedAt: null, lastSignAt: null, leftAt: null },
});

const found = (devices: readonly DeviceView[]): KitFound => ({
  owner: { firstName: 'Claire', lastName: 'Martin' },
  ...{ madeAt: null, newestAt: null, isBehind: false, devices },
});

const CHOSEN = { identifiant: 'claire.martin', password: 'Un-mot2passe!long', deviceName: 'Téléphone' };

function door(devices: readonly DeviceView[], error?: VaultError) {
  const asked: Recovery[] = [];
  const answers = {
    lookUpKit: async () => ({ ok: true, value: found(devices) }),
    recover: async (input: Recovery) => {
      asked.push(input);
      return error ? { ok: false, error } : { ok: true, value: undefined };
    },
  };
  return { door: answers as unknown as Door, asked };
}

test('all others are taken out unless the person has them, and what this device was goes without a question', async () => {
  const { door: vault, asked } = door([device('a'), device('b'), device('old', true)]);
  const flow = new RecoveryFlow(vault);
  expect(flow.allowed('credentials')).toBe('way');
  await flow.given.giveWords();
  expect(flow.after('found')).toBe('devices');
  expect([flow.removed.map(({ id }) => id), flow.formerName]).toEqual([['a', 'b'], 'Appareil old']);
  flow.kept.add('a');
  expect(flow.after('devices')).toBe('since');
  expect(flow.allowed('credentials')).toBe('since');
  flow.lostSince = 42;
  expect(flow.allowed('credentials')).toBe('credentials');
  expect(await flow.recover(CHOSEN)).toBe(true);
  expect(asked).toEqual([{ ...CHOSEN, keep: ['a'], lostSince: 42 }]);
  expect(flow.recovered).toEqual({ removed: ['Appareil b'], lostSince: 42 });
  expect(flow.allowed('words')).toBe('done');
});

test('where no other device is taken out, nobody is asked who had it', async () => {
  const { door: vault, asked } = door([device('a')]);
  const flow = new RecoveryFlow(vault);
  await flow.given.giveWords();
  flow.lostSince = 42; // answered before, and taken back with the tick
  flow.kept.add('a');
  expect(flow.after('devices')).toBe('credentials');
  await flow.recover(CHOSEN);
  expect(asked[0]).toMatchObject({ keep: ['a'], lostSince: null });
  const alone = new RecoveryFlow(door([]).door);
  await alone.given.giveWords();
  expect(alone.after('found')).toBe('credentials');
});

test('a failure leaves every word and answer; what the person stopped is no failure', async () => {
  const refused = new RecoveryFlow(door([device('a')], { type: 'relay-unreachable' }).door);
  refused.given.write(0, 'abaisser');
  await refused.given.giveWords();
  refused.lostSince = null;
  expect(await refused.recover(CHOSEN)).toBe(false);
  expect([refused.error?.type, refused.recovering, refused.given.words[0]]).toEqual([
    'relay-unreachable',
    false,
    'abaisser',
  ]);
  expect(refused.allowed('credentials')).toBe('credentials');
  const stopped = new RecoveryFlow(door([], { type: 'cancelled' }).door);
  await stopped.given.giveWords();
  await stopped.recover(CHOSEN);
  expect(stopped.error).toBeUndefined();
});

test('another kit begins the questions anew', async () => {
  const flow = new RecoveryFlow(door([device('a')]).door);
  await flow.given.giveWords();
  flow.kept.add('a');
  flow.lostSince = 42;
  await flow.given.giveQr('CARNET KIT');
  expect([flow.kept.size, flow.lostSince]).toEqual([0, undefined]);
});

test('once the record is back, no word of the kit is left in the page', async () => {
  const flow = new RecoveryFlow(door([]).door);
  flow.given.write(3, 'ivoire');
  await flow.given.giveWords();
  await flow.recover(CHOSEN);
  expect(flow.given.words.join('')).toBe('');
});

test('an answer that is no longer waited for says nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<Awaited<Answer<number>>>();
  const given = new GivenKit(() => promise);
  const asked = given.giveQr('CARNET KIT');
  expect(given.busy).toBe(true);
  given.stopWaiting();
  resolve({ ok: false, error: { type: 'kit-qr-wrong' } });
  expect([await asked, given.busy, given.error]).toEqual([false, false, undefined]);
});

test('a new kit holds once its words are confirmed, and wrong ones are told by their numbers', async () => {
  const kit = { words: [], qr: '', address: '', asked: [1, 2, 3], madeAt: 1, relay: null };
  let right = false;
  const flow = new NewKitFlow({
    newKit: async () => ({ ok: true, value: kit }),
    confirmNewKit: async () =>
      right
        ? { ok: true, value: undefined }
        : { ok: false, error: { type: 'kit-words-wrong', positions: [2] } },
  } as unknown as Door);
  expect(flow.allowed('confirm')).toBe('about');
  await flow.given.giveWords();
  expect(flow.allowed('confirm')).toBe('confirm');
  expect(await flow.confirm(['a', 'b', 'c'])).toBe(false);
  expect([flow.wrongWords, flow.error, flow.allowed('done')]).toEqual([[2], undefined, 'about']);
  right = true;
  expect(await flow.confirm(['a', 'b', 'c'])).toBe(true);
  expect([flow.allowed('kit'), flow.kit]).toEqual(['done', undefined]);
});
