/**
 * One seed: a few devices of two guardians, some steps of what people, disks, processes and the relay do, then the relay
 * is honest and everything is compared.
 *
 * Invariants: no acknowledged edit is lost; every value that was written in any section is current, or in the history of its
 * entry, which is where a conflict finds it (R21); devices with the same frames have the same state; nothing is reported that
 * nobody did; what is reported is reported once.
 */
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { ChangeLog } from '#lib/record/change-log.ts';
import type { Edit } from '#lib/record/entry.ts';
import { changes } from '#lib/record/sections/changes.ts';
import { eventKey, type SecurityEvent } from '#lib/replica/events.ts';
import type { Syncable } from '#lib/replica/replica.ts';
import { seededRandom, type SeededRandom } from '../helpers/tools/random.ts';
import { isKept, nextEdits } from '../helpers/people/random-editor.ts';
import {
  entryId,
  people,
  replicaWorld,
  type People,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';
import { evilRelay, type EvilRelay, type Malice } from './evil-relay.ts';

const NAMES = ['Alice phone', 'Alice laptop', 'Bob phone', 'Bob laptop'];
/** Joins at the very end, with an empty disk. */
const NEWCOMER = 'Alice tablet';

export interface Outcome {
  readonly trace: string;
  readonly steps: number;
  readonly problems: readonly string[];
  readonly log: readonly string[];
}

/** Keys take most of the time of a small world: the same people live in all of them. */
const cast = new Map<number, Promise<People>>();

function castOf(count: number): Promise<People> {
  const known = cast.get(count) ?? people([...NAMES.slice(0, count), NEWCOMER]);
  cast.set(count, known);
  return known;
}

type Put = Extract<Edit, { type: 'put' }>;

interface Journal {
  /** What was written in all sections of the health record, and acknowledged. */
  readonly written: Put[];
  /** Events by device, over restarts. */
  readonly events: Map<string, SecurityEvent[]>;
  readonly log: string[];
  readonly problems: string[];
}

export async function simulate(seed: number, steps = 25): Promise<Outcome> {
  const random = seededRandom(`simulation ${seed}`);
  const names = NAMES.slice(0, 2 + random.int(3));
  const who = await castOf(names.length);
  const world = await replicaWorld(names, `simulation ${seed}`, { who, maxTails: 3 + random.int(6) });
  const relay = evilRelay(random.fork('relay'));
  const journal: Journal = { written: [], events: new Map(), log: [], problems: [] };
  const shared = entryId(random);
  const note = (...words: (string | number)[]) => journal.log.push(words.join(' '));
  await pushAll(world.devices[0]!, relay);
  for (let step = 0; step < steps; step++) {
    const device = random.pick(world.devices);
    await takeStep({ world, relay, random, journal, device, shared, note });
  }
  await conclude(world, relay, journal);
  const trace = hex(sha256(new TextEncoder().encode(journal.log.join('\n'))));
  return { trace, steps, problems: journal.problems, log: journal.log };
}

interface Scene {
  readonly world: ReplicaWorld;
  readonly relay: EvilRelay;
  readonly random: SeededRandom;
  readonly journal: Journal;
  readonly device: WorldDevice;
  /** An entry that several devices change. */
  readonly shared: string;
  note(...words: (string | number)[]): void;
}

const STEPS: readonly (readonly [weight: number, name: string, run: (scene: Scene) => Promise<void>])[] = [
  [8, 'edit', edit],
  [30, 'write in any section', writeAnything],
  [10, 'edit the shared entry', editShared],
  [5, 'delete or restore', deleteOrRestore],
  [30, 'sync', syncEvil],
  [6, 'heads', async ({ device }) => void (await device.replica.publishHeads())],
  [5, 'snapshot', snapshot],
  [3, 'compact', compact],
  [3, 'propose deletion', proposeDeletion],
  [2, 'purge', async ({ relay }) => relay.purge()],
  [5, 'lost acknowledgement', loseAcknowledgement],
  [4, 'rotate', rotate],
  [5, 'crash', async ({ device }) => device.restart()],
  [5, 'crash in a call', crashInCall],
  [4, 'failing disk', failingEdit],
  [2, 'back up', async ({ relay }) => relay.backUp()],
  [2, 'roll back', async ({ relay }) => relay.rollBack()],
  [2, 'fork', async ({ relay, world }) => relay.fork(world.devices.map(({ name }) => name))],
  [2, 'join', async ({ relay }) => relay.join()],
  [
    3,
    'time',
    async ({ world, random }) => world.clock.jump(random.int(3) === 0 ? -86_400_000 : random.int(7_200_000)),
  ],
  [2, 'damage', damage],
];

async function takeStep(scene: Scene): Promise<void> {
  const { random, device, note } = scene;
  let ticket = random.int(STEPS.reduce((sum, [weight]) => sum + weight, 0));
  const [, name, run] = STEPS.find(([weight]) => (ticket -= weight) < 0)!;
  await run(scene);
  note(name, device.name, hex(device.replica.stateHash()).slice(0, 16), device.replica.unsent());
}

function allergy(random: SeededRandom): Put {
  const name = `allergy ${random.int(1_000_000)}`;
  return { type: 'put', section: 'allergies', id: entryId(random), fields: { name } };
}

async function edit({ device, random, journal }: Scene): Promise<void> {
  const added = allergy(random);
  const done = await device.replica.edit([added]);
  if (done.ok) journal.written.push(added);
  else if (done.error.type !== 'not-allowed') journal.problems.push(`edit failed: ${done.error.type}`);
}

/** As the vault does it: whatever a page may ask for, told with its history. */
async function writeAnything({ device, random, journal }: Scene): Promise<void> {
  const edits = nextEdits(random, device.replica.record(), new ChangeLog());
  if (edits.length === 0) return;
  const done = await device.replica.edit(edits);
  if (done.ok) journal.written.push(...edits.filter((one) => one.type === 'put'));
  else if (done.error.type !== 'not-allowed') journal.problems.push(`a change failed: ${done.error.type}`);
}

async function editShared({ device, random, shared }: Scene): Promise<void> {
  const field = random.pick(['name', 'comment']);
  const fields = { [field]: `${device.name} ${random.int(1000)}` };
  await device.replica.edit([{ type: 'put', section: 'allergies', id: shared, fields }]);
}

async function deleteOrRestore({ device, random, shared }: Scene): Promise<void> {
  const type = random.pick(['delete', 'restore'] as const);
  await device.replica.edit([{ type, section: 'allergies', id: shared }]);
}

async function snapshot({ device, relay, journal }: Scene): Promise<void> {
  await pushAll(device, relay);
  const made = await device.replica.snapshot();
  if (!made.ok && !['unsent', 'not-allowed', 'incomplete'].includes(made.error.type))
    journal.problems.push(`snapshot failed: ${made.error.type}`);
}

/** All of it in one go, with somebody else offline. */
async function compact(scene: Scene): Promise<void> {
  await snapshot(scene);
  await pushAll(scene.device, scene.relay);
  await proposeDeletion(scene);
  scene.relay.purge();
}

/** The relay has it, and the device never hears of it. */
async function loseAcknowledgement({ device, relay, random }: Scene): Promise<void> {
  const frames = await device.replica.outbox();
  for (const { topic, bytes } of frames.slice(0, random.int(frames.length + 1)))
    relay.putFrom(device.name, topic, bytes);
}

async function proposeDeletion({ device, relay }: Scene): Promise<void> {
  for (const { topic, ids } of await device.replica.deletable()) {
    relay.doom(topic, ids);
    await device.replica.proposed(ids);
  }
}

async function rotate({ world, device }: Scene): Promise<void> {
  if (!device.replica.members().roster.stands(device.id) || world.epochs.length > 3) return;
  // Boxes are out of scope here: everybody gets the keys at once, and finds the rotation itself with the next sync.
  if (device.replica.members().roster.epochs.length !== world.epochs.length) return;
  await world.rotate(device, world.devices);
}

async function crashInCall(scene: Scene): Promise<void> {
  const { device, random, journal } = scene;
  let dead = false;
  const died = device.disk
    .crashInCall(random.int(8), random.pick(['lost', 'done'] as const))
    .then(() => void (dead = true));
  const added = allergy(random);
  const work = async () => {
    const done = await device.replica.edit([added]);
    if (done.ok) journal.written.push(added);
    await syncEvil(scene);
  };
  await Promise.race([work(), died]);
  // What was too short to reach the call dies at the next ones, so that nothing later does.
  while (!dead) await Promise.race([device.disk.open().keys([]), died]);
  await device.restart();
}

async function failingEdit({ device, random, journal }: Scene): Promise<void> {
  device.disk.failWrites(random.pick(['quota', 'aborted'] as const));
  const before = hex(device.replica.stateHash());
  const id = entryId(random);
  const done = await device.replica.edit([
    { type: 'put', section: 'allergies', id, fields: { name: 'lost' } },
  ]);
  if (done.ok) journal.problems.push('an edit was acknowledged by a failing disk');
  device.disk.repair();
  if (hex(device.replica.stateHash()) !== before) journal.problems.push('a failed edit changed the state');
}

/** One sealed value rots: the replica makes it again from the frames. */
async function damage({ device, random, journal }: Scene): Promise<void> {
  const before = hex(device.replica.stateHash());
  const values = (await device.disk.content()).filter(({ key }) => key[2] === 'live');
  if (values.length > 0)
    await device.disk.damage(
      random.pick(values).key,
      random.pick(['flip', 'truncate', 'remove'] as const),
      random,
    );
  await device.restart();
  if (hex(device.replica.stateHash()) !== before)
    journal.problems.push('damage to one sealed value changed the state');
}

async function syncEvil({ device, relay, random }: Scene): Promise<void> {
  if (random.chance(0.8)) await pullAll(device, relay, relay.show.bind(relay, device.name));
  if (random.chance(0.8)) await pushAll(device, relay);
}

type View = (
  topic: Bytes,
  entries: ReturnType<EvilRelay['list']>,
) => readonly { topic: Bytes; bytes: Bytes }[];

async function pushAll(device: WorldDevice, relay: EvilRelay): Promise<void> {
  const space: Syncable = device.replica;
  for (let batch = await space.outbox(); batch.length > 0; batch = await space.outbox()) {
    for (const { topic, bytes } of batch) relay.putFrom(device.name, topic, bytes);
    const done = await space.acknowledge(batch.map(({ id }) => id));
    if (!done.ok) throw new Error(done.error.type);
  }
}

/** What the sync engine does, in short. */
async function pullAll(device: WorldDevice, relay: EvilRelay, view: View): Promise<void> {
  const space = device.replica;
  for (const topic of space.topics()) {
    const { after, frame } = space.cursor(topic);
    const [at] = relay.list(topic, after - 1, true);
    if (after > 0 && (at?.cursor !== after || (frame && at.id !== hex(frame))))
      await compareAll(space, relay, topic, view);
    const entries = relay.list(topic, space.cursor(topic).after);
    const last = entries.at(-1);
    const upTo = last && { topic, after: last.cursor, frame: frameId(last.bytes) };
    await must(space.receive(view(topic, entries), upTo ? { upTo } : {}));
  }
  for (let round = 0; round < 20; round++) {
    const missing = space.missing().map(hex);
    const found = space.topics().flatMap((topic) => view(topic, relay.get(topic, missing)));
    if (missing.length === 0 || found.length === 0) break;
    const { admitted, waiting } = await must(space.receive(found));
    if (admitted + waiting === 0) break;
  }
  if (space.wantsHistory())
    for (const topic of space.topics()) await must(space.receive(view(topic, relay.list(topic, 0, true))));
  await must(space.receive([], { upToDate: true }));
  await must(space.noteShown());
}

async function compareAll(space: Syncable, relay: EvilRelay, topic: Bytes, view: View): Promise<void> {
  const all = relay.list(topic, 0, true);
  const { wanted } = await must(
    space.reconcile(
      topic,
      all.map(({ bytes }) => frameId(bytes)),
    ),
  );
  await must(space.receive(view(topic, relay.get(topic, wanted.map(hex)))));
  const last = all.at(-1);
  await must(
    space.receive([], {
      upTo: { topic, after: last?.cursor ?? 0, frame: last ? frameId(last.bytes) : null },
    }),
  );
}

async function must<T>(
  result: Promise<{ ok: true; value: T } | { ok: false; error: { type: string } }>,
): Promise<T> {
  const answer = await result;
  if (!answer.ok) throw new Error(answer.error.type);
  return answer.value;
}

/** The relay turns honest; everybody catches up; then everything is compared. */
async function conclude(world: ReplicaWorld, relay: EvilRelay, journal: Journal): Promise<void> {
  relay.repent();
  const honest: View = (topic, entries) => entries.map(({ bytes }) => ({ topic, bytes }));
  for (let round = 0; round < 4; round++) {
    for (const device of world.devices) {
      for (const topic of device.replica.topics()) await compareAll(device.replica, relay, topic, honest);
      await pullAll(device, relay, honest);
      if (round === 0) await device.replica.publishHeads();
      await pushAll(device, relay);
    }
  }
  const newcomer = await world.join(NEWCOMER);
  for (let round = 0; round < 2; round++) {
    await pullAll(newcomer, relay, honest);
    await pushAll(newcomer, relay);
    for (const device of world.devices) await pullAll(device, relay, honest);
  }
  const devices = [...world.devices, newcomer];
  const hashes = devices.map(({ replica }) => hex(replica.stateHash()));
  journal.log.push(...hashes);
  if (new Set(hashes).size > 1)
    journal.problems.push(`states differ: ${hashes.map((hash) => hash.slice(0, 8)).join(' ')}`);
  for (const device of devices) {
    await device.restart();
    if (hex(device.replica.stateHash()) !== hashes[0])
      journal.problems.push(`${device.name} differs after a restart`);
    checkWritten(device, journal);
    if (device.replica.missing().length > 0) journal.problems.push(`${device.name} still misses frames`);
    checkEvents(device, relay.done, journal);
  }
}

function checkWritten(device: WorldDevice, { written, problems }: Journal): void {
  const record = device.replica.record();
  const log = new ChangeLog().update(record);
  for (const edit of written) {
    if (edit.section === changes.id && !record.entries.get(changes.id)?.has(edit.id))
      problems.push(`${device.name} lost a change of ${String(edit.fields['entry'])}`);
    if (edit.section === changes.id) continue;
    for (const [name, value] of Object.entries(edit.fields))
      if (value !== null && !isKept(record, log, { ...edit, name, value }))
        problems.push(`${device.name} lost ${edit.section} ${name} ${String(value)}`);
  }
}

const CAUSES: Record<SecurityEvent['type'], readonly Malice[]> = {
  // A snapshot that is kept back makes what it covers look lost.
  rollback: ['rollback', 'drop', 'flip', 'truncate', 'fork'],
  gap: ['drop', 'fork', 'rollback', 'flip', 'truncate'],
  fork: ['drop', 'fork', 'rollback', 'flip', 'truncate'],
  'frame-refused': ['flip', 'truncate', 'inject'],
  'duplicate-device': [],
  'snapshot-refused': [],
};

function checkEvents(device: WorldDevice, done: ReadonlySet<Malice>, { problems, log }: Journal): void {
  const seen = new Set<string>();
  for (const event of device.events) {
    const key = eventKey(event);
    log.push(`${device.name} ${key}`);
    if (seen.has(key)) problems.push(`${device.name} was told twice: ${key}`);
    seen.add(key);
    if (!CAUSES[event.type].some((cause) => done.has(cause)))
      problems.push(`${device.name} was told what nobody did: ${JSON.stringify(event)}`);
    if (event.type === 'frame-refused' && event.author !== undefined)
      problems.push(`${device.name} refused an honest frame: ${JSON.stringify(event)}`);
  }
}
