/**
 * One seed: the devices of Alice and perhaps of Bob, some steps of what people, thieves, disks, processes and the relay do
 * (steps.ts), then the relay is honest, everybody who stands syncs until all is quiet, and everything is compared
 * (invariants.ts).
 */
import { hex } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { entryId, people, replicaWorld, type People } from '../helpers/worlds/replica-world.ts';
import { learnChains, publishChains, sayInChain, standingIn } from './chains.ts';
import { evilRelay } from './evil-relay.ts';
import { check } from './invariants.ts';
import { grantIfDue, rotateIfDue } from './keys.ts';
import { quickSeal } from './quick-seal.ts';
import type { Actor, Scene } from './scene.ts';
import { linked, takeStep } from './steps.ts';
import { compareAll, honest, noteShown, pull, push } from './syncing.ts';

const NAMES = ['Alice phone', 'Alice laptop', 'Alice tablet', 'Bob phone', 'Bob laptop'];
const UNLINKED = ['Alice watch', 'Alice desktop', 'Bob tablet'];
/** Linked at the very end, with an empty disk. */
const NEWCOMER = { Alice: 'Alice newcomer', Bob: 'Bob newcomer' };
/** Whom the kit lets in where an owner has no device left. */
const RECOVERED = { Alice: 'Alice recovered', Bob: 'Bob recovered' };

const YEAR = 365 * 24 * 3_600_000;

export interface Outcome {
  readonly trace: string;
  readonly steps: number;
  readonly problems: readonly string[];
  readonly log: readonly string[];
}

/** Keys take most of the time of a small world: the same people live in all of them. */
const casts = new Map<string, Promise<People>>();

async function castOf(names: readonly string[]): Promise<People> {
  const key = names.join();
  const known = casts.get(key) ?? people(names);
  casts.set(key, known);
  const { keys, accounts } = await known;
  const all = new Map(keys);
  for (const name of [...UNLINKED, ...Object.values(NEWCOMER), ...Object.values(RECOVERED)])
    all.set(name, await deviceNamed(name));
  return { keys: all, accounts: new Map([...accounts].map(([name, account]) => [name, account.copy()])) };
}

export async function simulate(seed: number, steps = 16): Promise<Outcome> {
  const scene = await sceneOf(seed);
  const { journal } = scene;
  await push(scene, scene.actors[0]!);
  for (let step = 0; step < steps; step++) await takeStep(scene);
  await conclude(scene);
  const trace = hex(sha256(new TextEncoder().encode(journal.log.join('\n'))));
  return { trace, steps, problems: journal.problems, log: journal.log };
}

async function sceneOf(seed: number): Promise<Scene> {
  const random = seededRandom(`simulation ${seed}`);
  const names = NAMES.slice(0, 2 + random.int(2)).concat(NAMES.slice(3, 3 + random.int(3)));
  const isWrong = random.chance(0.3) ? random.pick(names) : null;
  const world = await replicaWorld(names, `simulation ${seed}`, {
    who: await castOf(names),
    maxTails: 3 + random.int(6),
    sealOf: quickSeal,
    skewOf: (name) => (name === isWrong ? (random.chance(0.5) ? 4 : -4) * YEAR : 0),
  });
  const actors = world.devices.map((device) => ({ device, isThief: false, shown: new Map() }));
  for (const { device } of actors) device.ring = [...world.epochs];
  const scene: Scene = {
    ...{ world, random, actors },
    relay: evilRelay(random.fork('relay'), random.chance(0.25)),
    journal: { words: [], log: [], problems: [] },
    unlinked: [...UNLINKED],
    backups: [],
    doubled: new Set(),
    published: new Set(),
    shared: new Map(),
    granted: new Map(),
    revoked: [],
    entry: entryId(random),
  };
  for (const actor of actors) publishChains(scene, actor);
  return scene;
}

const MAX_ROUNDS = 16;

/** The relay turns honest; everybody who stands syncs until nobody has anything left to say. */
async function conclude(scene: Scene): Promise<void> {
  const { relay, random, actors, journal } = scene;
  relay.repent();
  const everybody = random.shuffle(actors.filter(({ isThief }) => !isThief));
  for (const actor of everybody) {
    await learnChains(scene, actor);
    const { replica } = actor.device;
    for (const topic of replica.topics()) await compareAll(replica, relay, topic, honest);
    await pull(scene, actor, honest);
    await replica.publishHeads();
    await push(scene, actor);
  }
  await recover(scene);
  await settle(scene);
  await admitNewcomer(scene);
  if (journal.problems.length === 0) await settle(scene);
  await check(scene, standing(scene));
}

/** Honest devices that are active, as everybody knows who has heard all; whether their owner has left, they find out. */
function active(scene: Scene): Actor[] {
  return scene.actors.filter(
    ({ isThief, device }) => !isThief && standingIn(scene, device.account.address).has(device.id),
  );
}

/** Of them those whose words count by themselves. */
function standing(scene: Scene): Actor[] {
  return active(scene).filter(({ device }) =>
    device.replica.members().roster.owners.has(device.account.address),
  );
}

/** An owner who has no device left takes the kit, by which the first device that comes gets all keys. */
async function recover(scene: Scene): Promise<void> {
  const { world, actors } = scene;
  for (const account of world.people.accounts.values()) {
    if (standingIn(scene, account.address).size > 0) continue;
    const name = RECOVERED[account.name as keyof typeof RECOVERED];
    const chains = new Map(
      [...world.people.accounts.values()].map((one) => [one.address, [...one.entries()]]),
    );
    const device = await world.join(name, undefined, { chains, ring: [...world.epochs] });
    const actor = { device, isThief: false, shown: new Map() };
    await sayInChain(device, (own, known) => own.recover(device.keys, [], known));
    actors.push(actor);
    await pull(scene, actor, honest);
    await push(scene, actor);
  }
}

async function admitNewcomer(scene: Scene): Promise<void> {
  const by = standing(scene)[0];
  if (!by) return;
  const newcomer = await linked(scene, by.device, NEWCOMER[by.device.account.name as keyof typeof NEWCOMER]);
  scene.actors.push(newcomer);
  await push(scene, by);
}

/** Who has nothing to say, and knows of nothing new at the relay since the last visit, stays at home. */
async function settle(scene: Scene): Promise<void> {
  const { relay, published, world, journal } = scene;
  const news = () => [relay.size(), published.size, world.epochs.length].join();
  const visited = new Map<Actor, string>();
  const isOwner = (actor: Actor) => standing(scene).includes(actor);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const due = active(scene).filter(
      (actor) => visited.get(actor) !== news() || (isOwner(actor) && actor.device.replica.unsent() > 0),
    );
    if (due.length === 0) return;
    for (const actor of due) {
      const before = news();
      await learnChains(scene, actor);
      await pull(scene, actor, honest);
      await rotateIfDue(scene, actor);
      await grantIfDue(scene, actor);
      await push(scene, actor);
      await noteShown(scene, actor);
      if (news() === before) visited.set(actor, before);
    }
  }
  journal.problems.push('they do not come to rest');
}
