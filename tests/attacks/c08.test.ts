/**
 * C08: bytes that changed on the way. None of them may reach Yjs, which takes most changed updates for different content.
 */
import { beforeEach, expect, test, vi } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';
import { forgetReached, reached } from '../helpers/hostile/yjs-spy.ts';

vi.mock('yjs', async (original) => (await import('../helpers/hostile/yjs-spy.ts')).spied(await original()));

beforeEach(forgetReached);

function mutate(bytes: Bytes, random: ReturnType<typeof seededRandom>): Bytes {
  const changed = bytes.slice();
  switch (random.int(5)) {
    case 0:
      changed[random.int(changed.length)]! ^= 1 << random.int(8);
      return changed;
    case 1:
      return changed.slice(0, random.int(changed.length));
    case 2:
      return Uint8Array.of(...changed, ...random(1 + random.int(9)));
    case 3:
      changed.set(random(Math.min(16, changed.length)), random.int(Math.max(1, changed.length - 16)));
      return changed;
    default:
      return random(1 + random.int(800));
  }
}

test('C08: of three thousand changed frames none reaches Yjs, not even its decoder, and nothing changes', async () => {
  const random = seededRandom('C08');
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  await phone.allergy('Pollen');
  await phone.allergy('Latex');
  const frames = await phone.replica.outbox();
  await laptop.replica.receive(frames.slice(0, 1)); // the genesis, so that authors are known
  const before = hex(laptop.replica.stateHash());
  const stored = (await laptop.disk.content()).length;
  forgetReached();
  for (let i = 0; i < 3000; i++) {
    const { topic, bytes } = random.pick(frames);
    const changed = mutate(bytes, random);
    if (hex(changed) === hex(bytes)) continue;
    const report = await laptop.replica.receive([{ topic, bytes: changed }]);
    expect(report).toMatchObject({ ok: true, value: { admitted: 0, waiting: 0 } });
  }
  expect(reached).toEqual({ applied: 0, decoded: 0 });
  expect(hex(laptop.replica.stateHash())).toBe(before);
  expect(laptop.events).toMatchObject([{ type: 'frame-refused', reason: 'unreadable' }]);
  expect((await laptop.disk.content()).length).toBeLessThanOrEqual(stored + 1); // the report itself
  await laptop.replica.receive(frames);
  expect(laptop.allergies()).toEqual(['Latex', 'Pollen']);
  expect(reached.applied).toBeGreaterThan(0);
});
