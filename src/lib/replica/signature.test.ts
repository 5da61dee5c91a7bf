/**
 * Every owner has the keys that seal a record's frames: what keeps one from writing in another's name is the signature, and
 * nothing else.
 */
import { expect, test } from 'vitest';
import { makeFrame, type Draft } from './frames.ts';
import { NO_UPDATE } from './update.ts';
import { received } from '../../../tests/helpers/hostile/forge.ts';
import { replicaWorld } from '../../../tests/helpers/worlds/replica-world.ts';

test('A05: what Bob, who owns the record too, says in the name of Alice’s phone counts nowhere', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop', 'Bob phone']);
  const [phone, laptop, bob] = world.devices;
  if (!phone || !laptop || !bob) throw new Error('the world is incomplete');
  await phone.allergy('Pollen');
  await laptop.replica.receive(await phone.replica.outbox());
  const [said] = laptop.replica.lanesOf(phone.id);
  if (!said) throw new Error('what the phone said has not come');
  const draft: Draft = {
    ...{ kind: 'update', author: phone.id, seq: said.seq + 1, before: [said.saying] },
    ...{ deps: [], names: [], chains: [] },
    ...{ clock: { time: world.clock.now(), counter: 0 }, content: NO_UPDATE },
  };
  const signedBy = async ({ keys }: typeof phone) =>
    received(await makeFrame(draft, world.epochs[0]!, keys.signer, world.random));

  const forged = await laptop.replica.receive(await signedBy(bob));
  expect(forged.ok && forged.value.refused).toBe(1);
  expect(laptop.replica.lanesOf(phone.id)).toEqual([said]);
  // The same words are taken from the phone itself: it was the signature that was refused.
  await laptop.replica.receive(await signedBy(phone));
  expect(laptop.replica.lanesOf(phone.id)[0]?.seq).toBe(said.seq + 1);
});
