/**
 * R16: the relay is restored from yesterday's backup. Devices find out by the frame at their cursor, send again what is
 * missing, and nothing is lost.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { memoryRelay } from '../helpers/worlds/memory-relay.ts';
import { syncWorld, type SyncWorld } from '../helpers/worlds/sync-world.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A world whose relay has a disk, which can be backed up, restored and replaced. */
function worldOnDisk(seed: number) {
  const root = mkdtempSync(join(tmpdir(), 'carnet-r16-'));
  folders.push(root);
  const disk = join(root, 'disk');
  const world = syncWorld(seed, { folder: disk });
  let starts = 0;

  const whileDown = async (work: () => void) => {
    let closed = false;
    void world.relay.close().then(() => (closed = true));
    await world.clock.until(() => closed);
    work();
    world.relay = memoryRelay({
      clock: world.clock,
      random: world.random.fork(`start ${starts++}`),
      folder: disk,
    });
    world.network.cutAll();
  };
  return {
    world,
    restart: () => whileDown(() => {}),
    backUp: () => whileDown(() => cpSync(disk, join(root, 'backup'), { recursive: true })),
    restore: () =>
      whileDown(() => {
        rmSync(disk, { recursive: true });
        cpSync(join(root, 'backup'), disk, { recursive: true });
      }),
    replaceDisk: () => whileDown(() => rmSync(disk, { recursive: true })),
  };
}

async function writeAll(world: SyncWorld, count: number) {
  for (let i = 0; i < count; i++) world.devices[i % world.devices.length]!.write(500);
  await world.clock.until(world.converged);
}

async function framesAtRelay({ relay, keys }: SyncWorld): Promise<number> {
  const topic = await relay.store.findTopic(keys.topic);
  return topic ? (await relay.store.usage(topic)).frames : 0;
}

const lostBy = (world: SyncWorld) => world.devices.map(({ space }) => space.lost);

test('R16: what the relay lost is sent again by who holds it, and all go on', async () => {
  const { world, backUp, restore } = worldOnDisk(1);
  world.device();
  world.device('writer');
  await writeAll(world, 10);
  await backUp();
  await writeAll(world, 10);
  await restore();
  expect(await framesAtRelay(world)).toBe(10);

  await world.clock.until(() => lostBy(world).some((lost) => lost > 0));
  await world.clock.until(world.converged);
  expect(await framesAtRelay(world)).toBe(20);
  expect(Math.max(...lostBy(world))).toBe(10);

  const newcomer = world.device('writer');
  await writeAll(world, 6);
  expect(newcomer.space.ids()).toHaveLength(26);
  expect(await framesAtRelay(world)).toBe(26);
  world.stop();
});

test('R16: a device that returns only after others wrote new frames finds out too, by the frame at its cursor', async () => {
  const { world, backUp, restore } = worldOnDisk(2);
  const laptop = world.device();
  const phone = world.device('writer');
  await writeAll(world, 4);
  await backUp();
  await writeAll(world, 4);
  await world.clock.advance(10_000);
  phone.engine.unfollow(phone.space);
  await restore();

  // The laptop has forgotten what was lost: only the phone can bring it back.
  const relayNow = world.device();
  laptop.engine.stop();
  world.devices.splice(world.devices.indexOf(laptop), 1);
  for (let i = 0; i < 5; i++) relayNow.write();
  await world.clock.until(() => relayNow.engine.state().settled);
  const topic = (await world.relay.store.findTopic(world.keys.topic))!;
  expect(await world.relay.store.last(topic)).toBeGreaterThan(phone.space.cursor(world.keys.topic).after);

  phone.engine.follow(world.keys.follow(phone.space, 'writer'));
  await world.clock.until(world.converged);
  expect(phone.space.lost).toBe(4);
  expect(await framesAtRelay(world)).toBe(13);
  world.stop();
});

test('R16: a relay that starts with an empty disk gets its topic and all frames back from an owner', async () => {
  const { world, replaceDisk } = worldOnDisk(3);
  world.device();
  world.device('writer');
  await writeAll(world, 8);
  await replaceDisk();
  await world.clock.until(async () => (await framesAtRelay(world)) === 8 && world.converged());
  world.stop();
});

test('R16: a restart that loses nothing alarms nobody and sends nothing again', async () => {
  const { world, restart } = worldOnDisk(4);
  world.device();
  world.device('writer');
  await writeAll(world, 8);
  let sent = 0;
  world.network.tap = (direction, message) => {
    if (direction === 'up' && message[0] === 0x03) sent++;
    return true;
  };
  await restart();
  await world.clock.advance(60_000);
  expect(world.converged()).toBe(true);
  expect([lostBy(world), sent]).toEqual([[0, 0], 0]);
  world.stop();
});
