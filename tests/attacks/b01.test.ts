/**
 * B01: the relay hands over one frame in the place of another: of another space, topic, epoch or author's place.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { push } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { people, replicaWorld } from '../helpers/worlds/replica-world.ts';

test(
  'B01: exchange any frames between spaces, patients and epochs: each opens where it belongs and nowhere else',
  { timeout: 120_000 },
  async () => {
    const random = seededRandom('B01');
    const who = await people(['Alice phone', 'Alice laptop']);
    const worlds = [
      await replicaWorld([...who.keys.keys()], 'one', { who }),
      await replicaWorld([...who.keys.keys()], 'two', { who }),
    ];
    const frames: { world: number; topic: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
    for (const [i, world] of worlds.entries()) {
      const [phone] = world.devices;
      await phone!.allergy(`Pollen ${i}`);
      await push(phone!.replica, world.relay);
      await world.rotate(phone!, world.devices);
      await phone!.allergy(`Latex ${i}`);
      await push(phone!.replica, world.relay);
      for (const [topic, kept] of world.relay.topics)
        frames.push(...kept.map(({ bytes }) => ({ world: i, topic, bytes })));
    }
    for (let round = 0; round < 20; round++) {
      const laptop = await worlds[0]!.join('Alice laptop');
      await laptop.replica.useEpochs(worlds[0]!.epochs);
      const topics = laptop.replica.topics();
      // Every frame is put under a topic of chance; its own is one of them.
      for (const frame of random.shuffle(frames)) {
        const topic = random.pick(topics);
        const report = await laptop.replica.receive([{ topic, bytes: frame.bytes }]);
        const belongs = frame.world === 0 && frame.topic === hex(topic);
        if (!report.ok) throw new Error(report.error.type);
        expect(report.value.refused).toBe(belongs ? 0 : 1);
      }
      for (const frame of frames.filter(({ world }) => world === 0)) {
        const topic = topics.find((one) => hex(one) === frame.topic)!;
        await laptop.replica.receive([{ topic, bytes: frame.bytes }]);
      }
      const held = laptop.allergies();
      expect(held.every((name) => name.endsWith('0'))).toBe(true);
    }
  },
);

test('B01: a frame under another id is the frame of its own bytes', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const [phone, laptop] = world.devices;
  await phone!.allergy('Pollen');
  const [genesis, edit] = await phone!.replica.outbox();
  expect(hex(frameId(edit!.bytes))).toBe(hex(edit!.id));
  await laptop!.replica.receive([genesis!, { ...edit!, id: genesis!.id }]);
  expect(laptop!.allergies()).toEqual(['Pollen']);
});
