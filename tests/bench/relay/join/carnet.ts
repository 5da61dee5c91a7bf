/**
 * A record on our relay, and a device that joins it with nothing on its disk: the product's replica and sync engine over
 * a real socket, storage in memory.
 */
import { type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { localKey } from '#lib/crypto/local.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { createSpace } from '#lib/keys/roster.ts';
import type { Edit } from '#lib/record/entry.ts';
import { rosterPolicy, type RosterMembers } from '#lib/replica/policies.ts';
import { localSeal } from '#lib/replica/ports.ts';
import { createReplica, type Replica } from '#lib/replica/replica.ts';
import { memoryStorage } from '#lib/storage/memory.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { createSyncEngine, type SyncEngine } from '#lib/sync/engine.ts';
import { webSocketDial, type Dial } from '#lib/sync/transport.ts';
import { follow } from '#lib/vault/spaces/follow.ts';
import { people, type People } from '../../../helpers/worlds/replica-world.ts';
import type { Joined, JoinSide } from './side.ts';

const AUTHOR = 'Alice laptop';
const JOINER = 'Alice phone';
/** As vault/account.ts: with this many frames outside the newest snapshot a new one is made. */
const SNAPSHOT_AFTER = 500;

interface Space {
  readonly id: Bytes;
  readonly epochs: readonly EpochKeys[];
  readonly who: People;
}

export async function carnetSide(port: number, edits: readonly Edit[]): Promise<JoinSide> {
  const who = await people([AUTHOR, JOINER]);
  const { address } = who.accounts.get('Alice')!;
  const created = createSpace({ kind: 'record', founder: address, random: systemRandom });
  const space = { id: created.space, epochs: [await deriveEpoch(created.space, created.secrets)], who };

  const author = await openReplica(space, AUTHOR);
  must(await author.control(created.frameBody));
  const line = followSpace(space, author, port);
  // Half of what a snapshot waits for is outside of the last one: what a device that joins meets on average.
  let next = SNAPSHOT_AFTER / 2;
  for (const [n, edit] of edits.entries()) {
    must(await author.edit([edit]));
    if (n + 1 !== next) continue;
    next += SNAPSHOT_AFTER;
    await line.settled();
    must(await author.snapshot());
    await line.settled();
  }
  await line.settled();

  return {
    async join(): Promise<Joined> {
      const joiner = await openReplica(space, JOINER);
      const start = performance.now();
      const joining = followSpace(space, joiner, port);
      await joining.settled();
      const milliseconds = performance.now() - start;
      joining.engine.stop();
      return {
        milliseconds,
        bytes: joining.received(),
        entries: joiner.record().entries.get('allergies')?.size ?? 0,
      };
    },
    leave: () => line.engine.stop(),
  };
}

async function openReplica({ id, epochs, who }: Space, name: string): Promise<Replica<RosterMembers>> {
  const device: DeviceKeys = who.keys.get(name)!;
  const { address, entries } = who.accounts.get('Alice')!;
  const chains = new Map([[address, entries()]]);
  const replica = createReplica({
    space: id,
    epochs,
    self: { id: device.id, signer: device.signer },
    policy: rosterPolicy(id, address, () => chains),
    ports: {
      clock: systemClock,
      random: systemRandom,
      disk: memoryStorage(),
      seal: localSeal(localKey(systemRandom(32)), systemRandom),
    },
  });
  must(await replica.load());
  return replica;
}

interface Line {
  readonly engine: SyncEngine;
  settled(): Promise<void>;
  received(): number;
}

function followSpace({ id, epochs }: Space, replica: Replica, port: number): Line {
  const waiting = new Set<() => void>();
  const counter = { bytes: 0 };
  const engine = createSyncEngine({
    dial: counted(webSocketDial(`ws://127.0.0.1:${port}/relay`), counter),
    origin: `127.0.0.1:${port}`,
    clock: systemClock,
    random: systemRandom,
    frameId,
    onState({ settled }) {
      if (settled) for (const go of waiting) go();
    },
  });
  engine.follow(follow({ id, replica, epochs: () => epochs }, { onReceived: () => {} }));
  return {
    engine,
    received: () => counter.bytes,
    async settled() {
      engine.wake();
      if (engine.state().settled) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          waiting.delete(go);
          resolve();
        };
        waiting.add(go);
      });
    },
  };
}

/** Counts what comes in, without the few bytes of framing. */
function counted(dial: Dial, counter: { bytes: number }): Dial {
  return (events) =>
    dial({
      message(message) {
        counter.bytes += message.length;
        events.message(message);
      },
      closed: (code) => events.closed(code),
    });
}

function must<T>(result: { ok: true; value: T } | { ok: false; error: { type: string } }): T {
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
}
