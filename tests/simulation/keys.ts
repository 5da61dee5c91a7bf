/**
 * Who has which keys in a simulation. What a box holds is left out (keys/rotations.test.ts): a device has the key of an
 * epoch once it has heard of the rotation, if that has a box for it, or once another device of its account has told it.
 */
import { equal, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { saidBy } from '#lib/keys/roster.ts';
import { recipientsOf } from '#lib/keys/rotations.ts';
import type { FrameInner } from '#lib/keys/signed.ts';
import { rotateSpace } from '#lib/vault/spaces/rotation.ts';
import { must, type Actor, type Scene } from './scene.ts';

const NO_BOX = new Uint8Array(0);

/** As the vault does it whenever members have changed. */
export async function learnKeys(scene: Scene, { device }: Actor): Promise<void> {
  const { roster } = device.replica.members();
  const held = new Set(device.ring);
  const told = scene.shared.get(device.account.address) ?? new Set();
  const controls = new Map(device.replica.controls().map((control) => [hex(control.id), control]));
  for (const keys of scene.world.epochs) {
    if (held.has(keys)) continue;
    const rotations = roster.epochs.flatMap(({ id, by }) =>
      id === hex(keys.id) ? (controls.get(by ?? '') ?? []) : [],
    );
    const hasBox = rotations.some(({ inner }) => hasBoxFor(inner, device.keys.id, 'rotate'));
    const isGranted = [...controls].some(
      ([saying, { inner }]) =>
        scene.granted.get(saying)?.has(keys) && hasBoxFor(inner, device.keys.id, 'grant'),
    );
    if (hasBox || isGranted || (told.has(keys) && isActive(scene, device))) held.add(keys);
  }
  await useRing(device, held);
}

function hasBoxFor(inner: FrameInner, id: Bytes, type: 'rotate' | 'grant'): boolean {
  const body = saidBy(inner)?.body;
  return body?.type === type && body.boxes.some(({ recipient }) => equal(recipient, id));
}

const isActive = (_scene: Scene, { replica, id, account }: Actor['device']): boolean =>
  replica.members().chains.state(account.address)?.active.has(id) === true;

/** Oldest first, the one that writers use last. */
async function useRing(device: Actor['device'], held: ReadonlySet<EpochKeys>): Promise<void> {
  const { epochs, current } = device.replica.members().roster;
  const places = new Map(epochs.map(({ id }, place) => [id, place]));
  const rank = (keys: EpochKeys) =>
    hex(keys.id) === current?.id ? Infinity : (places.get(hex(keys.id)) ?? -1);
  const ring = [...held].sort((a, b) => rank(a) - rank(b) || (hex(a.id) < hex(b.id) ? -1 : 1));
  if (ring.length === device.ring?.length && ring.every((keys, i) => keys === device.ring![i])) return;
  device.ring = ring;
  must(await device.replica.useEpochs(ring));
}

/** What a device has of keys its account has, after its visit. */
export function tellKeys({ shared }: Scene, { device }: Actor): void {
  const told = shared.get(device.account.address) ?? new Set();
  for (const keys of device.ring ?? []) told.add(keys);
  shared.set(device.account.address, told);
}

/** As the vault does it, with boxes that hold nothing. */
export async function rotate({ world, random }: Scene, { device }: Actor): Promise<void> {
  const { replica, ring } = device;
  const done = await rotateSpace({
    space: world.space,
    replica,
    members: replica.members(),
    epochs: ring ?? [],
    seal: ({ recipients }) =>
      Promise.resolve(recipients.map(({ address, id }) => ({ address, recipient: id, sealed: NO_BOX }))),
    random,
  });
  if (!done.ok) return;
  const keys = await deriveEpoch(world.space, done.value);
  world.epochs.push(keys);
  await useRing(device, new Set([...(ring ?? []), keys]));
}

export async function rotateIfDue(scene: Scene, actor: Actor): Promise<void> {
  const { roster } = actor.device.replica.members();
  if (roster.rotationDue && roster.stands(actor.device.id)) await rotate(scene, actor);
}

/** An owner whom a rotation left out, its author not having heard of the join, gets the keys from another. */
export async function grantIfDue(scene: Scene, { device }: Actor): Promise<void> {
  const { roster, chains } = device.replica.members();
  const { replica, ring } = device;
  const held = new Set(ring?.map(({ id }) => hex(id)));
  const holdsAll = roster.epochs.every(({ id, isVoid }) => isVoid || held.has(id));
  if (!ring || !roster.stands(device.id) || !holdsAll) return;
  // Nobody is believed to hand on what they are owed themselves.
  if (roster.grantsDue.includes(device.account.address)) return;
  for (const address of roster.grantsDue) {
    const { recipients } = recipientsOf([address], (one) => chains.state(one));
    const boxes = recipients.map(({ id }) => ({ address, recipient: id, sealed: NO_BOX }));
    const before = new Set(replica.controls().map(({ id }) => hex(id)));
    // Under the first epoch, which everybody here was given: under the current one whom it is for could not read it.
    const epochs = ring.map(({ id }) => hex(id));
    const done = await replica.control(encodeRosterBody({ type: 'grant', address, epochs, boxes }), ring[0]);
    const said = replica.controls().find(({ id }) => !before.has(hex(id)));
    if (done.ok && said) scene.granted.set(hex(said.id), new Set(ring));
  }
}
