import { describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import type { Grounds } from '#lib/keys/grounds.ts';
import { saidBy, type RosterState } from '#lib/keys/roster.ts';
import type { EpochBox, RosterBody } from '#lib/keys/roster-body.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  actor,
  paperChains,
  paperDevice,
  paperSpace,
  type Actor,
  type Entry,
} from '../helpers/worlds/rosters.ts';

/**
 * C11: the two guardians of a child, and everybody else they bring in, change the roster at the same time; some leave
 * out what they know, speak as they would have before, or seal keys to whom they like. HISTORIES and SEED set number and
 * start.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 10_000);
const FIRST_SEED = Number(process.env['SEED'] ?? 0);

const mother = actor('Mother');
const father = actor('Father');
const child = actor('Child');
const martin = actor('Dr Martin');
const guardians = [mother, father];
const everybody = [mother, father, child, martin];

type World = ReturnType<typeof world>;

/** The mother founds and lets the father in, and that everybody knows. */
function world(seed: number) {
  const random = seededRandom(seed);
  const chains = paperChains(...everybody);
  const sheet = paperSpace(mother, chains, { authority: true });
  const joined = sheet.write(mother.devices[0], sheet.join(father, [sheet.founding]), sheet.founding);
  return { random, chains, sheet, joined, controls: [joined], grounds: [sheet.groundsNow()] };
}

/** Boxes as they should be for some, or with one too many, too few, or for nobody's key. */
function anyBoxes({ random, sheet }: World): EpochBox[] {
  const to = random.chance(0.7) ? guardians : everybody.filter(() => random.chance(0.7));
  const boxes = sheet.boxes(...to);
  if (random.chance(0.7) || boxes.length === 0) return boxes;
  const { address } = random.pick(boxes);
  const nonsense = { address, recipient: random(32), sealed: random(3) };
  return random.chance(0.5)
    ? [...boxes.slice(1), nonsense]
    : random.chance(0.5)
      ? boxes.slice(1)
      : [...boxes, nonsense];
}

function anyJoin(made: World): RosterBody {
  const { random, sheet, joined, controls } = made;
  const heads = random.chance(0.7) ? [joined] : [random.pick(controls)];
  const agreeing = everybody.filter(() => random.chance(0.6));
  const body = sheet.join(random.pick(everybody), heads, agreeing);
  if (random.chance(0.8)) return body;
  return random.chance(0.5) ? { ...body, acceptance: random(64) } : { ...body, statement: null };
}

/** What anybody may try who is not asked to leave: nobody here has an order of the authority. */
function anyAttempt(made: World, by: Actor): RosterBody {
  const { random, sheet, controls } = made;
  const { address } = random.pick(everybody);
  switch (random.int(7)) {
    case 0:
      return anyJoin(made);
    case 1:
      return { ...sheet.order(random.pick(everybody), random.pick(controls).hex), signature: random(64) };
    case 2:
      return { type: 'grant', address, epochs: [], boxes: anyBoxes(made) };
    case 3:
      return guardians.includes(by) ? { type: 'note' } : { type: 'leave' };
    case 4:
      return random.chance(0.5) ? { type: 'note' } : { type: 'complaint', id: hex(random(32)) };
    default:
      return { ...sheet.rotate(1 + random.int(3), [], String(random.int(9))), boxes: anyBoxes(made) };
  }
}

/** What this author says it builds on: all it can know, or what suits it; never less than that the father joined. */
function dependencies({ random, joined, controls }: World): Entry[] {
  const share = random.chance(0.7) ? 0.9 : 0.3;
  return [joined, ...controls.slice(1).filter(() => random.chance(share))];
}

/** The chains as they are, or as they were: what was said before a revocation can be said after it. */
function anyGrounds({ random, sheet, grounds }: World): Grounds {
  return random.chance(0.8) ? sheet.groundsNow() : random.pick(grounds);
}

function changeDevices({ random, chains, sheet, grounds }: World, seed: number): void {
  const { address, devices } = random.pick(everybody);
  if (random.chance(0.6)) chains.revoke(address, devices[0], devices[1]);
  else chains.add(address, devices[random.int(2)]!, paperDevice(`more ${seed % 7} ${random.int(3)}`));
  grounds.push(sheet.groundsNow());
}

function randomHistory(seed: number, attempt = anyAttempt): World {
  const made = world(seed);
  const { random, sheet, controls } = made;
  for (let left = 2 + random.int(8); left > 0; left--) {
    if (random.chance(0.2)) changeDevices(made, seed);
    const by = random.pick(everybody);
    const body = attempt(made, by);
    controls.push(sheet.writeOn(anyGrounds(made), random.pick(by.devices), body, ...dependencies(made)));
  }
  return made;
}

function printOf(state: RosterState) {
  const { epochs, current, shared, rotationDue, grantsDue, complaints, anchors } = state;
  return {
    ...{ epochs, current, shared, rotationDue, grantsDue, complaints, anchors },
    unconfirmed: state.unconfirmed,
    heads: state.heads,
    waiting: state.waiting,
    seats: [...state.seats],
    ever: [...state.everOwned],
    leaving: [...state.leaving],
    rejected: [...state.rejected].sort(),
    clientIds: [...state.clientIds],
    effective: [...state.effective].sort(),
    stands: everybody.flatMap(({ devices }) => devices.map(state.stands)),
  };
}

function expectSameEverywhere({ random, sheet, controls }: World, state: RosterState, seed: number): void {
  const [here, there] = [printOf(state), printOf(sheet.stateOf(...random.shuffle(controls)))];
  if (JSON.stringify(here) !== JSON.stringify(there)) expect(there, `SEED=${seed}`).toEqual(here);
}

/** A rotation that counts reaches both guardians: their kits, and the devices that were theirs by what it names. */
function expectGuardiansReached({ controls, chains }: World, state: RosterState, seed: number): number {
  const rotations = controls.flatMap((control) => {
    const said = saidBy(control.inner)!;
    return said.body.type === 'rotate' && state.effective.has(control.hex)
      ? [{ ...said, body: said.body }]
      : [];
  });
  for (const { body, grounds } of rotations) {
    const reached = new Set(body.boxes.map(({ recipient }) => hex(recipient)));
    for (const { address } of guardians) {
      const named = grounds.chains.find((news) => news.address === address)!.heads;
      const active = chains.chains().at(address, named)!.active;
      // Devices that an ancestor of this rotation told more of are asked for by more boxes than these.
      const missing = [...active].filter((device) => !reached.has(device) && state.stands(device));
      if (missing.length > 0) expect(missing, `SEED=${seed}`).toEqual([]);
    }
  }
  return rotations.length;
}

describe('C11: guardians and concurrent changes of the roster', () => {
  test(
    `C11: in ${HISTORIES} random histories both guardians stay, keep their keys, and every replica agrees`,
    { timeout: 600_000 },
    () => {
      const seen = { rotations: 0, void: 0, thirds: 0, groundless: 0 };
      for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
        const made = randomHistory(seed);
        const state = made.sheet.stateOf(...made.controls);
        expectSameEverywhere(made, state, seed);
        if (!guardians.every(({ address }) => state.owners.has(address)))
          expect([...state.owners], `SEED=${seed}`).toEqual(guardians.map(({ address }) => address));
        seen.rotations += expectGuardiansReached(made, state, seed);
        const reasons = [...state.rejected.values()];
        seen.void += reasons.filter((reason) => reason === 'boxes').length;
        seen.groundless += reasons.filter((reason) => reason === 'groundless').length;
        if (state.owners.size > 2) seen.thirds++;
      }
      for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(HISTORIES / 100);
    },
  );

  test('C11: nobody joins both guardians without a word of the other one', { timeout: 300_000 }, () => {
    let joins = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 600; seed++) {
      const { sheet, controls, joined } = randomHistory(seed, anyJoin);
      const { effective } = sheet.stateOf(...controls);
      for (const { hex: id, inner } of controls) {
        const said = saidBy(inner)!.body;
        const speaker = effective.get(id);
        if (said.type !== 'join' || speaker === undefined || id === joined.hex) continue;
        const words = new Set([speaker, ...said.consents.map(({ address }) => address)]);
        expect(
          guardians.every(({ address }) => words.has(address)),
          `SEED=${seed}`,
        ).toBe(true);
        joins++;
      }
    }
    expect(joins).toBeGreaterThan(50);
  });

  test(
    'C11: each prefix of a history delivered to one more replica leads it to the same roster',
    { timeout: 300_000 },
    () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
        const { random, sheet, controls } = randomHistory(seed);
        const expected = printOf(sheet.stateOf(...controls));
        const arrived: Entry[] = [];
        for (const control of random.shuffle(controls)) {
          arrived.push(control);
          sheet.stateOf(...arrived);
        }
        expect(printOf(sheet.stateOf(...arrived)), `SEED=${seed}`).toEqual(expected);
      }
    },
  );
});

describe('K7: guardians end each other apart', () => {
  const ending = ({ random, sheet, controls, joined }: World): RosterBody => {
    if (random.chance(0.3)) return sheet.join(random.pick(everybody), [random.pick(controls)], everybody);
    if (random.chance(0.4)) return { type: 'leave' };
    const join = random.pick([hex(sheet.space), joined.hex, random.pick(controls).hex]);
    return sheet.order(random.pick(everybody), join, random.int(3));
  };

  test(
    'K7: in 1500 random histories of leaves and orders somebody remains, and every replica agrees',
    { timeout: 300_000 },
    () => {
      const seen = { endings: 0, spared: 0 };
      for (let seed = FIRST_SEED; seed < FIRST_SEED + 1500; seed++) {
        const made = randomHistory(seed, ending);
        const state = made.sheet.stateOf(...made.controls);
        expectSameEverywhere(made, state, seed);
        if (state.owners.size === 0) expect(state.owners.size, `SEED=${seed}`).toBeGreaterThan(0);
        seen.endings += state.everOwned.size - state.owners.size;
        seen.spared += [...state.rejected.values()].filter((reason) => reason === 'last-owner').length;
      }
      for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
    },
  );
});
