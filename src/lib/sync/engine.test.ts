import { expect, test } from 'vitest';
import { syncWorld } from '../../../tests/helpers/worlds/sync-world.ts';

test("what Alice writes on one device arrives on the other, and leaves the first one's outbox", async () => {
  const world = syncWorld(1);
  const laptop = world.device();
  const phone = world.device();
  laptop.write();
  expect(laptop.engine.state()).toMatchObject({ unsent: 1 });
  await world.clock.until(world.converged);
  expect(laptop.engine.state()).toEqual({ connection: 'online', unsent: 0, problem: null, settled: true });
  phone.write();
  await world.clock.until(world.converged);
  expect(laptop.space.ids()).toEqual(phone.space.ids());
  world.stop();
});

test('one device has one connection, and none when it follows nothing', async () => {
  const world = syncWorld(2);
  const laptop = world.device();
  await world.clock.until(world.converged);
  expect(world.network.open).toBe(1);
  laptop.engine.unfollow(laptop.space);
  await world.clock.advance(100);
  expect(world.network.open).toBe(0);
  await world.clock.advance(3_600_000);
  expect(world.network.dialled).toBe(1);
});

test('a device that was away takes in pages of what it missed', async () => {
  const world = syncWorld(3);
  const laptop = world.device();
  for (let i = 0; i < 3_000; i++) laptop.space.write(700);
  laptop.engine.wake();
  await world.clock.until(world.converged);
  const phone = world.device('writer');
  await world.clock.until(world.converged);
  expect(phone.space.ids()).toHaveLength(3_000);
  expect(phone.space.cursor(world.keys.topic).after).toBeGreaterThan(0);
  world.stop();
});

test('a space from which nothing is ever erased takes in what a relay calls proposed for deletion', async () => {
  const world = syncWorld(31);
  const laptop = world.device();
  const ids = [laptop.space.write(), laptop.space.write(), laptop.space.write()];
  laptop.engine.wake();
  await world.clock.until(world.converged);
  const { topic } = world.keys;
  const session = await laptop.engine.sessionFor(topic);
  await Promise.all([session?.ask({ type: 'propose-delete', topic, ids }), world.clock.advance(500)]);
  const [chain, record] = [true, false].map((neverErased) => world.device('writer', { neverErased }));
  await world.clock.until(() => chain!.engine.state().settled && record!.engine.state().settled);
  expect(chain!.space.ids()).toEqual(laptop.space.ids());
  expect(record!.space.ids()).toEqual([]);
  world.stop();
});

test('when the network goes silent without a word, the device notices by itself and comes back', async () => {
  const world = syncWorld(4);
  const laptop = world.device();
  await world.clock.until(world.converged);
  world.network.up = false;
  await world.clock.advance(40_000);
  expect(laptop.engine.state().connection).not.toBe('online');
  laptop.write();
  world.network.up = true;
  await world.clock.until(world.converged);
  expect(laptop.engine.state()).toMatchObject({ connection: 'online', unsent: 0 });
  world.stop();
});

test('a hint that the network went shows the truth within seconds, and one that it came back connects at once', async () => {
  const world = syncWorld(5);
  const laptop = world.device();
  await world.clock.until(world.converged);
  world.network.up = false;
  laptop.engine.hint('offline');
  await world.clock.advance(3_500);
  expect(laptop.engine.state().connection).not.toBe('online');
  await world.clock.advance(3_600_000);
  world.network.up = true;
  laptop.engine.hint('online');
  await world.clock.advance(500);
  expect(laptop.engine.state().connection).toBe('online');
  world.stop();
});

test('a hint that was wrong changes nothing', async () => {
  const world = syncWorld(6);
  const laptop = world.device();
  await world.clock.until(world.converged);
  laptop.engine.hint('offline');
  await world.clock.advance(60_000);
  expect(laptop.engine.state().connection).toBe('online');
  expect(world.network.dialled).toBe(1);
  world.stop();
});

test('a disk that refuses what arrives is a problem that ends when it takes again, and nothing is lost', async () => {
  const world = syncWorld(7);
  const laptop = world.device();
  const phone = world.device();
  await world.clock.until(world.converged);
  phone.space.failing = true;
  laptop.write();
  await world.clock.advance(5_000);
  expect(phone.engine.state()).toMatchObject({ problem: 'disk', settled: false });
  phone.space.failing = false;
  await world.clock.until(world.converged);
  expect(phone.engine.state().problem).toBeNull();
  world.stop();
});

test('a key that the relay does not know is refused, shown, and asked for ever more rarely', async () => {
  const world = syncWorld(8);
  const laptop = world.device();
  await world.clock.until(world.converged);
  const stranger = world.device('reader'); // never admitted
  await world.clock.advance(10_000);
  expect(stranger.engine.state()).toMatchObject({ problem: 'relay-refuses', settled: false });
  const { dialled } = world.network;
  await world.clock.advance(3_600_000);
  expect(world.network.dialled - dialled).toBeLessThan(30);
  expect(laptop.engine.state().settled).toBe(true);
  world.stop();
});

test('waiting for the connection of a topic ends when it opens, is aborted, or the engine stops', async () => {
  const world = syncWorld(9);
  const laptop = world.device();
  const { topic } = world.keys;
  const opened = laptop.engine.sessionFor(topic);
  const aborted = laptop.engine.sessionFor(world.random(32), AbortSignal.abort());
  const stopped = laptop.engine.sessionFor(world.random(32));
  await world.clock.until(world.converged);
  const usage = await Promise.all([
    opened.then((session) => session?.ask({ type: 'usage', topic })),
    world.clock.advance(500),
  ]);
  expect(usage[0]).toMatchObject({ ok: true, value: { frames: 0, blobs: 0 } });
  laptop.engine.stop();
  expect(await Promise.all([aborted, stopped])).toEqual([null, null]);
  expect(world.clock.pendingTimers()).toBeLessThan(3); // the relay's own
});
