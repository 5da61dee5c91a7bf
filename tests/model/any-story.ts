/**
 * Random stories: devices that have heard more or less say what they have a right to, and what they have not. Every third
 * statement is made by what was known some time ago, as by a stale device, a restored backup or a copied disk.
 */
import type { SeededRandom } from '../helpers/tools/random.ts';
import { addressOf, History, type Address, type Device, type Id } from './history.ts';
import { FIRST_SEAT, type Control } from './roster.ts';
import { ADDRESSES, Story, type Heard } from './story.ts';

export interface Told {
  readonly story: Story;
  /** What the devices had heard by the end. */
  readonly heard: ReadonlyMap<Device, Heard>;
}

export function anyStory(random: SeededRandom, steps: number): Told {
  const story = new Story();
  const start = story.all;
  const heard = new Map<Device, Set<Id>>(story.devices.map((device) => [device, new Set(start)]));
  const past: { device: Device; heard: Set<Id> }[] = [];
  if (random.chance(0.7)) {
    const joined = story.control('A1', joinOf('B', [story.controls[0]!.id], []));
    for (const ids of heard.values()) ids.add(joined);
  }
  for (let step = 0; step < steps; step++) {
    const device = random.pick([...heard.keys()]);
    const knows = heard.get(device)!;
    if (random.chance(0.35)) {
      listen(story, knows, random);
      continue;
    }
    const old = past.filter((one) => one.device === device);
    const by = old.length > 0 && random.chance(0.3) ? random.pick(old).heard : knows;
    past.push({ device, heard: new Set(knows) });
    const said = act(story, device, by, random);
    for (const id of said.ids) by.add(id);
    if (said.made) heard.set(said.made, new Set(by));
  }
  return { story, heard };
}

/** Hears some of what it has not heard, each with all that it builds on and the chains that it carries. */
function listen(story: Story, knows: Set<Id>, random: SeededRandom): void {
  const share = random.pick([0.2, 0.6, 1]);
  const chains = new Map([...story.chainWords].map(([address, said]) => [address, new History(said)]));
  for (const [address, said] of story.chainWords)
    for (const { id } of said) if (random.chance(share)) take(chains.get(address)!, [id]);
  const controls = new History(story.controls);
  for (const { id } of story.controls) if (random.chance(share)) take(controls, [id]);
  for (const { id, chains: named } of story.controls)
    if (knows.has(id))
      for (const [address, heads] of Object.entries(named)) take(chains.get(address)!, heads);
  for (const word of story.words)
    if (random.chance(share) && word.before.every((id) => knows.has(id))) knows.add(word.id);

  function take(
    history: History<{ id: Id; author: Device; after: readonly Id[] }>,
    heads: readonly Id[],
  ): void {
    for (const { id } of history.upTo(heads)) knows.add(id);
  }
}

function act(story: Story, device: Device, heard: Heard, random: SeededRandom): { ids: Id[]; made?: Device } {
  const kind = random.int(10);
  if (kind < 3)
    return { ids: [story.word(device, heard, random.chance(0.2) ? anyOf(heard, story, random) : undefined)] };
  if (kind < 6) return chainAct(story, device, heard, random);
  const does = anyControl(story, heard, random);
  const groundless = story.controls.flatMap(({ id }) => (heard.has(id) && random.chance(0.2) ? [id] : []));
  const id = story.control(device, does, heard, 'note' in does ? groundless : []);
  return { ids: [id] };
}

function chainAct(story: Story, device: Device, heard: Heard, random: SeededRandom) {
  const address = addressOf(device);
  const { heads, known } = story.chain(address, heard);
  const fresh = `${address}${story.devices.filter((one) => addressOf(one) === address).length + 1}`;
  const others = story.devices.filter((one) => addressOf(one) === address && one !== device);
  if (random.chance(0.35)) return { ids: [story.chainWord(device, { add: fresh }, heads)], made: fresh };
  if (random.chance(0.15)) {
    const kept = [...known].filter(() => random.chance(0.5));
    return { ids: [story.chainWord(fresh, { recover: fresh, kept }, heads)], made: fresh };
  }
  const does = random.chance(0.1)
    ? { add: random.pick(others) }
    : { revoke: random.pick([...others, device]) };
  return { ids: [story.chainWord(device, does, heads)] };
}

function anyControl(story: Story, heard: Heard, random: SeededRandom): Control['does'] {
  const { owners, heads } = story.roster(heard);
  const address = random.pick(ADDRESSES);
  const boxes = (to: Iterable<Address>) => {
    const all = story.recipients(to, heard);
    return random.chance(0.85) ? all : all.filter(() => random.chance(0.8));
  };
  switch (random.int(7)) {
    case 0:
    case 1: {
      const agree = ADDRESSES.filter(() => random.chance(0.7)).map((one) => `${one}${1 + random.int(2)}`);
      return joinOf(address, random.chance(0.8) ? heads : heads.slice(1), agree);
    }
    case 2:
      return random.chance(0.6) ? { leave: true } : { note: true };
    case 3: {
      const joins = story.controls
        .filter(({ does }) => 'join' in does && does.join === address)
        .map(({ id }) => id);
      return { end: address, seat: random.pick([FIRST_SEAT, ...joins]) };
    }
    case 4: {
      const numbers = story.controls.flatMap(({ id, does }) =>
        heard.has(id) && 'rotate' in does ? [does.rotate] : [],
      );
      return {
        rotate: Math.max(0, ...numbers) + (random.chance(0.8) ? 1 : random.int(3)),
        boxes: boxes(owners),
      };
    }
    case 5:
      return { grant: address, boxes: boxes([address]) };
    default:
      return { note: true };
  }
}

function joinOf(address: Address, to: readonly Id[], agree: readonly Device[]): Control['does'] {
  return { join: address, by: `${address}1`, to, agree };
}

function anyOf(heard: Heard, story: Story, random: SeededRandom): Id[] {
  return story.words.flatMap(({ id }) => (heard.has(id) && random.chance(0.4) ? [id] : []));
}
