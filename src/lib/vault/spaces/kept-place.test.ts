/** The place of a kit as a device keeps it, at a relay where it was closed while the device was off the network. */
import { expect, test } from 'vitest';
import { equal } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { placeKeys } from '#lib/vault/entry/kit-place.ts';
import { followPlace } from './kept-place.ts';

const [FRAME, NOTE] = [systemRandom(300), systemRandom(280)];

async function followed() {
  const keys = await placeKeys(systemRandom(32));
  const place = { keys, deleteKey: keys.deleter!.publicKey, frame: FRAME };
  const { space } = followPlace(place, (frame) => Promise.resolve(equal(frame, NOTE)));
  const { topic } = keys;
  const upTo = { topic, after: 1, frame: frameId(FRAME) };
  await space.receive([{ topic, bytes: FRAME }], { upTo });
  return { space, topic };
}

test('what was erased is not put back where a note says that the kit was replaced', async () => {
  const { space, topic } = await followed();
  const compared = await space.reconcile(topic, [frameId(NOTE)]);
  expect(compared).toEqual({ ok: true, value: { wanted: [frameId(NOTE)] } });
  await space.receive([{ topic, bytes: NOTE }]);
  expect(space.unsent()).toBe(0);
  await space.reconcile(topic, []);
  expect(space.unsent()).toBe(0);
});

test('what the relay has lost is put back', async () => {
  const { space, topic } = await followed();
  await space.reconcile(topic, []);
  expect((await space.outbox()).map(({ bytes }) => bytes)).toEqual([FRAME]);
});
