/** What the sync engine and the vault do on a device's visit to the relay, in short. */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import type { Received, Syncable } from '#lib/replica/replica.ts';
import { learnChains, publishChains } from './chains.ts';
import type { EvilRelay } from './evil-relay.ts';
import { learnKeys, tellKeys } from './keys.ts';
import { must, type Actor, type Scene } from './scene.ts';

type View = (topic: Bytes, entries: ReturnType<EvilRelay['list']>) => readonly Received[];

export const honest: View = (topic, entries) => entries.map(({ bytes }) => ({ topic, bytes }));

export async function visit(scene: Scene, actor: Actor, view: View): Promise<void> {
  await pull(scene, actor, view);
  await push(scene, actor);
  await noteShown(scene, actor);
}

export async function push(scene: Scene, actor: Actor): Promise<void> {
  const { device } = actor;
  publishChains(scene, actor);
  tellKeys(scene, actor);
  const space: Syncable = device.replica;
  for (let batch = await space.outbox(); batch.length > 0; batch = await space.outbox()) {
    for (const { topic, bytes } of batch) scene.relay.putFrom(device.name, topic, bytes);
    must(await space.acknowledge(batch.map(({ id }) => id)));
  }
  if (space.unsent() > 0) return;
  for (const word of scene.journal.words) if (word.actor === actor) word.isSent = true;
}

export async function pull(scene: Scene, actor: Actor, view: View): Promise<void> {
  const { relay } = scene;
  const space = actor.device.replica;
  for (let topics = -1; topics !== space.topics().length;) {
    topics = space.topics().length;
    for (const topic of space.topics()) await pullTopic(space, relay, topic, view);
    await learnKeys(scene, actor);
  }
  for (let round = 0; round < 20; round++) {
    const missing = space.missing().map(hex);
    const found = space.topics().flatMap((topic) => view(topic, relay.get(topic, missing)));
    if (missing.length === 0 || found.length === 0) break;
    const { admitted, waiting } = must(await space.receive(found));
    if (admitted + waiting === 0) break;
  }
  if (space.wantsHistory())
    for (const topic of space.topics()) must(await space.receive(view(topic, relay.list(topic, 0, true))));
  must(await space.receive([], { upToDate: true }));
  await learnKeys(scene, actor);
}

async function pullTopic(space: Syncable, relay: EvilRelay, topic: Bytes, view: View): Promise<void> {
  const { after, frame } = space.cursor(topic);
  const [at] = relay.list(topic, after - 1, true);
  if (after > 0 && (at?.cursor !== after || (frame && at.id !== hex(frame))))
    await compareAll(space, relay, topic, view);
  const entries = relay.list(topic, space.cursor(topic).after);
  const last = entries.at(-1);
  if (last)
    must(
      await space.receive(view(topic, entries), {
        upTo: { topic, after: last.cursor, frame: frameId(last.bytes) },
      }),
    );
}

export async function compareAll(space: Syncable, relay: EvilRelay, topic: Bytes, view: View): Promise<void> {
  const all = relay.list(topic, 0, true);
  const { wanted } = must(
    await space.reconcile(
      topic,
      all.map(({ bytes }) => frameId(bytes)),
    ),
  );
  must(await space.receive(view(topic, relay.get(topic, wanted.map(hex)))));
  const last = all.at(-1);
  const upTo = { topic, after: last?.cursor ?? 0, frame: last ? frameId(last.bytes) : null };
  must(await space.receive([], { upTo }));
}

/** All is quiet: a person has seen what counts. */
export async function noteShown({ world }: Scene, actor: Actor): Promise<void> {
  const { device } = actor;
  must(await device.replica.noteShown());
  for (const author of world.people.keys.values()) {
    const id = hex(author.id);
    for (const { saying, seq } of device.replica.lanesOf(id)) {
      const seen = actor.shown.get(id) ?? new Map<string, number>();
      actor.shown.set(id, seen.set(saying, seq));
    }
  }
}

/** The same with the relay as it is. */
export async function visitEvil(scene: Scene, actor: Actor): Promise<void> {
  const { relay, random } = scene;
  const { name } = actor.device;
  if (random.chance(0.85)) await learnChains(scene, actor, relay.hidesChains(name));
  const pulls = random.chance(0.8);
  if (pulls) await pull(scene, actor, (topic, entries) => relay.show(name, topic, entries));
  const pushes = random.chance(0.8);
  if (pushes) await push(scene, actor);
  if (pulls && pushes) await noteShown(scene, actor);
}
