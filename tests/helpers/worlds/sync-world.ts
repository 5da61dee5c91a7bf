/**
 * Devices of one family in step over the real relay and a fake network, all under one seed. For tests of sync alone:
 * their spaces understand nothing of what they carry.
 */
import { createSyncEngine, type SyncEngine, type SyncState } from '#lib/sync/engine.ts';
import type { Role } from '#lib/protocol/relay.ts';
import { fakeClock, type FakeClock } from '../tools/clock.ts';
import { fakeNetwork, type FakeNetwork } from './fake-network.ts';
import { fakeSpace, topicKeys, type FakeSpace, type TopicKeys } from './fake-space.ts';
import { memoryRelay, RELAY_ORIGIN, type MemoryRelay, type MemoryRelayOptions } from './memory-relay.ts';
import { idOf } from './relay-world.ts';
import { seededRandom, type SeededRandom } from '../tools/random.ts';

/** Real milliseconds that a disk may take. */
const DISK_PATIENCE = 2;

export interface Device {
  readonly space: FakeSpace;
  readonly engine: SyncEngine;
  /** What the badge showed, newest last. */
  readonly states: readonly SyncState[];
  write(size?: number): void;
}

export interface SyncWorld {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly network: FakeNetwork;
  readonly keys: TopicKeys;
  relay: MemoryRelay;
  readonly devices: Device[];
  device(role?: Role, options?: { readonly neverErased?: boolean }): Device;
  /** Everything written is on every device and at the relay, and every engine says so. */
  converged(): boolean;
  stop(): void;
}

export function syncWorld(
  seed: number | string,
  relayOptions: Pick<MemoryRelayOptions, 'folder' | 'limits'> = {},
): SyncWorld {
  const clock = fakeClock(undefined, relayOptions.folder ? DISK_PATIENCE : 0);
  const random = seededRandom(seed);
  const keys = topicKeys(random.fork('keys'));
  const relay = memoryRelay({ clock, random: random.fork('relay'), ...relayOptions });
  const network = fakeNetwork(clock, random.fork('network'), (line) => world.relay.serve(line));
  const devices: Device[] = [];

  const device: SyncWorld['device'] = (role = 'owner', options = {}) => {
    const own = random.fork(`device ${devices.length}`);
    const space = fakeSpace(keys.topic, own);
    const states: SyncState[] = [];
    const engine = createSyncEngine({
      dial: network.dial,
      origin: RELAY_ORIGIN,
      clock,
      random: own.fork('engine'),
      frameId: idOf,
      onState: (state) => states.push(state),
    });
    engine.follow({ ...keys.follow(space, role), ...options });
    const made: Device = {
      space,
      engine,
      states,
      write(size) {
        space.write(size);
        engine.wake();
      },
    };
    devices.push(made);
    return made;
  };

  const converged = () => {
    if (!devices.every(({ engine }) => engine.state().settled)) return false;
    const held = devices.map(({ space }) => space.ids());
    const all = new Set(held.flat());
    return held.every((ids) => ids.length === all.size);
  };

  const world: SyncWorld = {
    clock,
    random,
    network,
    keys,
    relay,
    devices,
    device,
    converged,
    stop: () => devices.forEach(({ engine }) => engine.stop()),
  };
  return world;
}
