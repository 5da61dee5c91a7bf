/**
 * R13: the socket drops, reorders, duplicates, delays, goes half-open. Three devices write while a network does its worst
 * to the real relay's protocol; when it calms down, all hold what the model holds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { relayOrigin } from '#lib/protocol/relay.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { createSyncEngine } from '#lib/sync/engine.ts';
import { webSocketDial } from '#lib/sync/transport.ts';
import { readConfig } from '../../relay/config.ts';
import { startServer } from '../../relay/server.ts';
import { CALM, HOSTILE, ROUGH, type Faults } from '../helpers/worlds/fake-network.ts';
import { fakeSpace, topicKeys } from '../helpers/worlds/fake-space.ts';
import { fragmentingProxy } from '../helpers/hostile/fragmenting-proxy.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { idOf } from '../helpers/worlds/relay-world.ts';
import { syncWorld } from '../helpers/worlds/sync-world.ts';

const SEEDS = 25;
const MINUTE = 60_000;

async function play(seed: number, faults: Faults) {
  const world = syncWorld(seed);
  const script = world.random.fork('script');
  const written: string[] = [];
  world.network.faults = faults;
  for (let i = 0; i < 3; i++) world.device();
  for (let step = 0; step < 30; step++) {
    const device = script.pick(world.devices);
    device.write(script.int(3_000));
    written.push(device.space.ids().join());
    if (script.chance(0.1)) world.network.up = !world.network.up;
    if (script.chance(0.1)) world.network.muteAll();
    if (script.chance(0.1)) script.pick(world.devices).engine.hint(script.pick(['online', 'offline']));
    await world.clock.advance(script.int(MINUTE));
  }
  world.network.faults = CALM;
  world.network.up = true;
  await world.clock.until(world.converged, 60 * MINUTE);
  const { frames } = await world.relay.store.usage(await topicOf(world));
  world.stop();
  return { world, frames };
}

async function topicOf({ relay, keys }: ReturnType<typeof syncWorld>) {
  const topic = await relay.store.findTopic(keys.topic);
  if (!topic) throw new Error('the topic was never created');
  return topic;
}

describe.each([
  ['a rough network (delays, breaks, half-open lines, refusals)', ROUGH],
  ['a hostile one (and doubled, swapped and swallowed messages)', HOSTILE],
] as const)('R13: on %s', (_, faults) => {
  test(`everything written arrives on every device and at the relay once (${SEEDS} seeds)`, async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const { world, frames } = await play(seed, faults);
      for (const { space, engine } of world.devices) {
        expect(space.ids(), `seed ${seed}`).toHaveLength(30);
        expect(engine.state(), `seed ${seed}`).toMatchObject({ unsent: 0, problem: null });
      }
      expect(frames, `seed ${seed}`).toBe(30);
    }
  });

  test('the same seed gives the same run', async () => {
    const trace = async () =>
      (await play(77, faults)).world.devices.map(({ states }) => JSON.stringify(states));
    expect(await trace()).toEqual(await trace());
  });
});

test('R13: one swallowed event is found again although nothing follows it', async () => {
  const world = syncWorld(1);
  const laptop = world.device();
  const phone = world.device();
  await world.clock.until(world.converged);
  let swallowed = 0;
  world.network.tap = (direction, message) => {
    const isEvent = direction === 'down' && message[0] === 0x86;
    if (isEvent) swallowed++;
    return !isEvent;
  };
  laptop.write();
  await world.clock.advance(MINUTE);
  expect(swallowed).toBe(1);
  expect(phone.space.ids()).toHaveLength(0);
  world.network.tap = null;
  await world.clock.until(world.converged, 15 * MINUTE);
  expect(world.network.dialled).toBe(2);
  world.stop();
});

test('R13: over real sockets that arrive byte by byte, fall silent in the middle of a message, and break, everything arrives', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'carnet-r13-'));
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, DEMO: '0' });
  if (!config.ok) throw new Error(config.error.message);
  const server = await startServer({ ...config.value, logLevel: 'silent' });
  const proxy = await fragmentingProxy(Number(new URL(server.url).port));
  const url = `ws://localhost:${proxy.port}/relay`;

  const random = seededRandom('r13 sockets');
  const keys = topicKeys(random);
  const devices = ['laptop', 'phone'].map((name) => {
    const space = fakeSpace(keys.topic, random.fork(name));
    const engine = createSyncEngine({
      dial: webSocketDial(url),
      origin: relayOrigin(url),
      // Silence is noticed after a minute: here time passes ten times as fast.
      clock: {
        ...systemClock,
        setTimer: (delay, action) => systemClock.setTimer(delay / 10, action),
      },
      random,
      frameId: idOf,
    });
    engine.follow(keys.follow(space));
    return { space, engine };
  });
  const settled = async (count: number) => {
    for (let waited = 0; waited < 40_000; waited += 20) {
      const all = devices.every((one) => one.space.ids().length === count && one.engine.state().settled);
      if (all) return true;
      await pause(20);
    }
    return false;
  };

  const until = async (condition: () => boolean) => {
    while (!condition()) await pause(1);
  };

  try {
    for (let round = 1; round <= 3; round++) {
      for (const { space, engine } of devices) {
        for (let i = 0; i < 5; i++) space.write(1_000);
        engine.wake();
      }
      if (round > 1) {
        const { carried } = proxy;
        await until(() => proxy.carried > carried + 1_500); // in the middle of a frame
        if (round === 2) proxy.muteAll();
        else proxy.cutAll();
      }
      expect(await settled(round * 10)).toBe(true);
    }
    expect(proxy.carried).toBeGreaterThan(60_000);
  } finally {
    for (const { engine } of devices) engine.stop();
    await proxy.close();
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 120_000);
