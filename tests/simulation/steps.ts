/** What happens in a simulation, each chosen by weight: what people, thieves, disks, processes and the relay do. */
import { hex } from '#lib/bytes/bytes.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import type { Edit } from '#lib/record/entry.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { nextEdits } from '../helpers/people/random-editor.ts';
import type { SeededRandom } from '../helpers/tools/random.ts';
import { entryId, type WorldDevice } from '../helpers/worlds/replica-world.ts';
import { knownTo, sayInChain } from './chains.ts';
import { rotate, rotateIfDue } from './keys.ts';
import { must, type Actor, type Backup, type Put, type Scene } from './scene.ts';
import { push, visitEvil } from './syncing.ts';

type Step = (scene: Scene, actor: Actor) => Promise<void>;

const STEPS: readonly (readonly [weight: number, name: string, run: Step])[] = [
  [8, 'edit', edit],
  [30, 'write in any section', writeAnything],
  [10, 'edit the shared entry', editShared],
  [5, 'delete or restore', deleteOrRestore],
  [34, 'sync', visitEvil],
  [6, 'heads', async (_scene, { device }) => void (await device.replica.publishHeads())],
  [5, 'snapshot', snapshot],
  [3, 'compact', compact],
  [3, 'propose deletion', proposeDeletion],
  [2, 'purge', async ({ relay }) => relay.purge()],
  [5, 'lost acknowledgement', loseAcknowledgement],
  [3, 'rotate', rotateUnasked],
  [8, 'revoke', revoke],
  [3, 'link', link],
  [3, 'steal', steal],
  [2, 'leave', leave],
  [4, 'take in late words', takeIn],
  [5, 'crash', async (_scene, { device }) => device.restart()],
  [5, 'crash in a call', crashInCall],
  [4, 'failing disk', failingEdit],
  [2, 'copy a disk', async (scene, actor) => void scene.backups.push(await copyOf(actor))],
  [2, 'restore a disk', restoreDisk],
  [2, 'back up', async ({ relay }) => relay.backUp()],
  [2, 'roll back', async ({ relay }) => relay.rollBack()],
  [2, 'fork', async ({ relay, actors }) => relay.fork(actors.map(({ device }) => device.name))],
  [2, 'join', async ({ relay }) => relay.join()],
  [3, 'withhold', withhold],
  [3, 'time', async ({ world, random }) => world.clock.jump(anyJump(random))],
  [2, 'damage', damage],
];

const WEIGHT = STEPS.reduce((sum, [weight]) => sum + weight, 0);

export async function takeStep(scene: Scene): Promise<void> {
  const { random, journal } = scene;
  const actor = random.pick(scene.actors);
  let ticket = random.int(WEIGHT);
  const [, name, run] = STEPS.find(([weight]) => (ticket -= weight) < 0)!;
  await run(scene, actor);
  const { replica } = actor.device;
  journal.log.push(
    [name, actor.device.name, hex(replica.stateHash()).slice(0, 16), replica.unsent()].join(' '),
  );
}

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** Somebody turns the clock, or sets it wrong by years. */
function anyJump(random: SeededRandom): number {
  if (random.chance(0.2)) return (random.chance(0.5) ? -3 : 3) * YEAR;
  return random.int(3) === 0 ? -24 * HOUR : random.int(2 * HOUR);
}

function allergy(random: SeededRandom): Put {
  const name = `allergy ${random.int(1_000_000)}`;
  return { type: 'put', section: 'allergies', id: entryId(random), fields: { name } };
}

/** Has a device write, and keeps what it acknowledged. */
async function write({ journal }: Scene, actor: Actor, edits: readonly Edit[]): Promise<void> {
  const { replica, id: author } = actor.device;
  const done = await replica.edit(edits);
  if (!done.ok) {
    if (done.error.type !== 'not-allowed' && done.error.type !== 'entry-missing')
      journal.problems.push(`an edit failed: ${done.error.type}`);
    return;
  }
  const head = replica.lanesOf(author).find(({ frame }) => frame === hex(done.value.frame));
  if (!head) throw new Error('an edit is no head of its lane');
  const puts = edits.filter((one) => one.type === 'put');
  journal.words.push({
    puts,
    author,
    actor,
    saying: head.saying,
    seq: head.seq,
    isSent: false,
    isGone: false,
  });
}

async function edit(scene: Scene, actor: Actor): Promise<void> {
  await write(scene, actor, [allergy(scene.random)]);
}

/** As the vault does it: whatever a page may ask for, told with its history. */
async function writeAnything(scene: Scene, actor: Actor): Promise<void> {
  const edits = nextEdits(scene.random, actor.device.replica.record(), new ChangeLog());
  if (edits.length > 0) await write(scene, actor, edits);
}

/** Told with no history, as no vault would: what stood before is not looked for afterwards. */
async function editShared({ random, entry }: Scene, { device }: Actor): Promise<void> {
  const fields = { [random.pick(['name', 'comment'])]: `${device.name} ${random.int(1000)}` };
  await device.replica.edit([{ type: 'put', section: 'allergies', id: entry, fields }]);
}

async function deleteOrRestore({ random, entry }: Scene, { device }: Actor): Promise<void> {
  const type = random.pick(['delete', 'restore'] as const);
  await device.replica.edit([{ type, section: 'allergies', id: entry }]);
}

async function snapshot(scene: Scene, actor: Actor): Promise<void> {
  await push(scene, actor);
  const made = await actor.device.replica.snapshot();
  if (!made.ok && !['unsent', 'not-allowed', 'incomplete'].includes(made.error.type))
    scene.journal.problems.push(`snapshot failed: ${made.error.type}`);
}

/** All of it in one go, with somebody else offline. */
async function compact(scene: Scene, actor: Actor): Promise<void> {
  await snapshot(scene, actor);
  await push(scene, actor);
  await proposeDeletion(scene, actor);
  scene.relay.purge();
}

async function proposeDeletion({ relay }: Scene, { device }: Actor): Promise<void> {
  for (const { topic, ids } of await device.replica.deletable()) {
    relay.doom(topic, ids);
    await device.replica.proposed(ids);
  }
}

/** The relay has it, and the device never hears of it. */
async function loseAcknowledgement({ relay, random }: Scene, { device }: Actor): Promise<void> {
  const frames = await device.replica.outbox();
  for (const { topic, bytes } of frames.slice(0, random.int(frames.length + 1)))
    relay.putFrom(device.name, topic, bytes);
}

async function rotateUnasked(scene: Scene, actor: Actor): Promise<void> {
  const { roster } = actor.device.replica.members();
  if (roster.stands(actor.device.id) && scene.world.epochs.length <= 4) await rotate(scene, actor);
}

/** By whatever the device knows, which may be little: of another device of its account. */
async function revoke(scene: Scene, actor: Actor): Promise<void> {
  const { random } = scene;
  const { device } = actor;
  const { active } = device.replica.members().chains.state(device.account.address)!;
  const others = [...active].filter((id) => id !== device.id);
  if (!active.has(device.id) || others.length === 0 || scene.revoked.length > 2) return;
  const revoked = random.pick(others);
  scene.revoked.push(revoked);
  if (random.chance(0.7)) await device.replica.publishHeads();
  const seen = device.replica.lanesOf(revoked).map(({ saying }) => saying);
  await sayInChain(device, (account, known) => account.revoke(device.keys, revoked, known, seen));
  if (random.chance(0.8)) await rotateIfDue(scene, actor);
}

/** A new device gets what the one that links it has of chains and keys. */
async function link(scene: Scene, actor: Actor): Promise<void> {
  const { device } = actor;
  const { account, replica } = device;
  const name = scene.unlinked.find((one) => one.startsWith(account.name));
  const isActive = replica.members().chains.state(account.address)!.active.has(device.id);
  if (name === undefined || !isActive) return;
  scene.unlinked.splice(scene.unlinked.indexOf(name), 1);
  scene.actors.push(await linked(scene, device, name));
}

export async function linked({ world }: Scene, by: WorldDevice, name: string): Promise<Actor> {
  const keys = world.people.keys.get(name)!;
  await sayInChain(by, (account, known) => account.add(by.keys, keys, known));
  const chains = new Map([...by.chains, [by.account.address, knownTo(by, by.account)]]);
  const device = await world.join(name, faultyDisk(), { chains, ring: by.ring });
  return { device, isThief: false, shown: new Map() };
}

async function copyOf({ device, shown }: Actor): Promise<Backup> {
  const copies = [...shown].map(([author, heads]) => [author, new Map(heads)] as const);
  const { name, chains, ring } = device;
  return { name, disk: await copyDisk(device.disk), knows: { chains, ring }, shown: new Map(copies) };
}

async function copyDisk(from: FaultyDisk): Promise<FaultyDisk> {
  const disk = faultyDisk();
  const content = await from.content();
  must(
    await disk.open().write(
      content.map(({ key, value }) => ({ type: 'put', key, value })),
      'strict',
    ),
  );
  return disk;
}

/** A copy of the device goes on by itself. */
async function steal(scene: Scene, actor: Actor): Promise<void> {
  if (scene.actors.some(({ isThief }) => isThief)) return;
  const { name, disk, knows } = await copyOf(actor);
  const device = await scene.world.join(name, disk, knows);
  scene.doubled.add(device.id);
  scene.actors.push({ device, isThief: true, shown: new Map() });
}

/** Somebody puts an old copy of their disk back. What they had said since, the relay has. */
async function restoreDisk(scene: Scene, actor: Actor): Promise<void> {
  const { device } = actor;
  const at = scene.backups.findIndex(({ name }) => name === device.name);
  if (at < 0 || device.replica.unsent() > 0) return;
  const [{ disk, knows, shown }] = scene.backups.splice(at, 1) as [Backup];
  device.disk.crash();
  actor.device = await scene.world.join(device.name, disk, knows);
  actor.device.events.push(...device.events);
  actor.shown = shown;
  scene.doubled.add(device.id);
  for (const word of scene.journal.words) if (word.actor === actor) word.isGone = true;
}

async function leave({ random }: Scene, { device, isThief }: Actor): Promise<void> {
  const { roster } = device.replica.members();
  if (isThief || roster.owners.size < 2 || !roster.stands(device.id) || random.chance(0.5)) return;
  await device.replica.control(encodeRosterBody({ type: 'leave' }));
}

async function takeIn({ random }: Scene, { device }: Actor): Promise<void> {
  if (must(await device.replica.lateWords()) === 0) return;
  const { late } = must(await device.replica.unsettled());
  const taken = late.filter(() => random.chance(0.6)).map(({ saying }) => saying);
  if (taken.length > 0) await device.replica.takeInWords(taken);
}

async function withhold({ relay, random }: Scene, { device }: Actor): Promise<void> {
  relay.withhold(device.name, random.chance(0.5) ? 'chains' : random.pick(device.replica.topics()));
}

async function crashInCall(scene: Scene, actor: Actor): Promise<void> {
  const { random } = scene;
  const { device } = actor;
  let dead = false;
  const died = device.disk
    .crashInCall(random.int(8), random.pick(['lost', 'done'] as const))
    .then(() => void (dead = true));
  const work = async () => {
    await edit(scene, actor);
    await visitEvil(scene, actor);
  };
  await Promise.race([work(), died]);
  // What was too short to reach the call dies at the next ones, so that nothing later does.
  while (!dead) await Promise.race([device.disk.open().keys([]), died]);
  await device.restart();
}

async function failingEdit({ random, journal }: Scene, { device }: Actor): Promise<void> {
  device.disk.failWrites(random.pick(['quota', 'aborted'] as const));
  const before = hex(device.replica.stateHash());
  const fields = { name: 'lost' };
  const done = await device.replica.edit([
    { type: 'put', section: 'allergies', id: entryId(random), fields },
  ]);
  if (done.ok) journal.problems.push('an edit was acknowledged by a failing disk');
  device.disk.repair();
  if (hex(device.replica.stateHash()) !== before) journal.problems.push('a failed edit changed the state');
}

/** One sealed value rots: the replica makes it again from the frames. */
async function damage({ random, journal }: Scene, { device }: Actor): Promise<void> {
  const before = hex(device.replica.stateHash());
  const values = (await device.disk.content()).filter(({ key }) => key[2] === 'live');
  const how = random.pick(['flip', 'truncate', 'remove'] as const);
  if (values.length > 0) await device.disk.damage(random.pick(values).key, how, random);
  await device.restart();
  if (hex(device.replica.stateHash()) !== before)
    journal.problems.push('damage to one sealed value changed the state');
}
