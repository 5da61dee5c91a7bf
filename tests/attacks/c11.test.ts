import { describe, expect, test } from 'vitest';
import { ROLES } from '#lib/keys/roles.ts';
import { evaluateRoster, type RosterState } from '#lib/keys/roster.ts';
import type { RosterBody } from '#lib/keys/roster-body.ts';
import { times } from '../helpers/tools/depth.ts';
import { seededRandom, type SeededRandom } from '../helpers/tools/random.ts';
import { actor, directoryOf, emptyBoxes, paperSpace, pinAt, type Entry } from '../helpers/worlds/rosters.ts';

/**
 * C11: the two guardians of a child, and everybody else they bring in, change the roster at the same time; some leave
 * out what they know, or take their device's word back to where it suits them. HISTORIES and SEED set number and start.
 * Ten thousand are C11's number; a rule of the roster taken out shows within the first few hundred.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? times(1_000, 10_000));
const FIRST_SEED = Number(process.env['SEED'] ?? 0);

const mother = actor('Mother');
const father = actor('Father');
const child = actor('Child');
const martin = actor('Dr Martin');
const everybody = [mother, father, child, martin];

type World = ReturnType<typeof world>;

function world(seed: number) {
  const random = seededRandom(seed);
  const directory = directoryOf(everybody);
  const isFoundedByBoth = random.chance(0.5);
  const founders = [[mother, 'guardian'] as const, [father, 'guardian'] as const];
  const sheet = paperSpace(isFoundedByBoth ? founders : founders.slice(0, 1));
  return { random, directory, sheet, isFoundedByBoth, controls: [sheet.genesis] };
}

function anyBody({ random, directory }: World): RosterBody {
  const { address } = random.pick(everybody);
  const pins = () =>
    random
      .shuffle(everybody.flatMap(({ devices }) => devices))
      .slice(0, random.int(3))
      .map((device) => pinAt(device, random.int(5)));
  const boxes = emptyBoxes(directory, ...everybody.filter(() => random.chance(0.8)));
  switch (random.int(5)) {
    case 0:
      return { type: 'addMember', member: { address, role: random.pick(ROLES) }, boxes };
    case 1:
      return { type: 'changeRole', member: { address, role: random.pick(ROLES) }, pins: pins() };
    case 2:
      return { type: 'removeMember', address, pins: pins() };
    case 3:
      return { type: 'grant', address, boxes };
    default:
      return { type: 'rotate', epoch: 1 + random.int(3), boxes, pins: pins() };
  }
}

/** What this author says it builds on: all it can know, or what suits it. */
function dependencies(known: readonly Entry[], random: SeededRandom): Entry[] {
  if (random.chance(0.7)) return known.filter(() => random.chance(0.9));
  return known.filter(() => random.chance(0.3));
}

/**
 * Both guardians are there from the start, or the first thing that happens, and that everybody knows, is that the mother
 * adds the father. (A guardian whom nobody has heard of yet falls with the device that added it: roster.ts.)
 */
function randomHistory(seed: number) {
  const made = world(seed);
  const { random, directory, sheet, isFoundedByBoth } = made;
  let base: Entry[] = [sheet.genesis];
  if (!isFoundedByBoth) {
    const member = { address: father.address, role: 'guardian' as const };
    base = [sheet.write(mother.devices[0], { type: 'addMember', member, boxes: [] }, sheet.genesis)];
    made.controls.push(...base);
  }
  const count = 2 + random.int(10);
  for (let i = 0; i < count; i++) {
    if (random.chance(0.1)) directory.revoke(random.pick(everybody).devices[1]);
    const device = random.pick(random.pick(everybody).devices);
    const after = dependencies(made.controls, random);
    made.controls.push(sheet.write(device, anyBody(made), ...new Set([...base, ...after])));
  }
  return made;
}

function fingerprint({ sheet, directory }: World, controls: readonly Entry[]) {
  return printOf(evaluateRoster(sheet.space, controls, directory));
}

function printOf(state: RosterState) {
  return {
    members: [...state.members].sort(),
    rotations: state.rotations,
    current: state.current,
    pins: [...state.pins].sort(),
    rejected: [...state.rejected].sort(),
    heads: state.heads,
    clientIds: [...state.clientIds],
  };
}

describe('C11: guardians and concurrent changes of the roster', () => {
  test(
    `C11: in ${HISTORIES} random histories both guardians stay, keep their keys, and every replica agrees`,
    { timeout: 300_000 },
    () => {
      let counted = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
        const made = randomHistory(seed);
        const { random, sheet, directory, controls } = made;
        const state = evaluateRoster(sheet.space, controls, directory);
        const result = printOf(state);
        const other = fingerprint(made, random.shuffle(controls));
        if (JSON.stringify(other) !== JSON.stringify(result)) expect(other, `SEED=${seed}`).toEqual(result);
        const { members, pins, rotations } = state;
        const both = [mother, father].map(({ address }) => members.get(address));
        if (both.join() !== 'guardian,guardian')
          expect(both, `SEED=${seed}`).toEqual(['guardian', 'guardian']);
        for (const { address, devices } of [mother, father]) {
          for (const id of devices) {
            const isPinnedByRight = !pins.has(id) || directory.device(id)?.revoked === true;
            if (!isPinnedByRight) expect(pins.get(id), `SEED=${seed}: ${address}`).toBeUndefined();
          }
        }
        counted += rotations.length - 1;
      }
      expect(counted, 'rotations that counted').toBeGreaterThan(HISTORIES / 20);
    },
  );

  test('C11: each prefix of a history delivered to one more replica leads it to the same roster', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
      const made = randomHistory(seed);
      const { random, controls } = made;
      const expected = fingerprint(made, controls);
      const arrived: Entry[] = [];
      for (const control of random.shuffle(controls)) {
        arrived.push(control);
        fingerprint(made, arrived);
      }
      expect(fingerprint(made, arrived), `SEED=${seed}`).toEqual(expected);
    }
  });

  test('C11: mother and father remove each other at the same time: both stay', () => {
    const { directory } = world(2);
    const space = paperSpace([
      [mother, 'guardian'],
      [father, 'guardian'],
    ]);
    const controls = [
      space.genesis,
      space.write(
        mother.devices[0],
        { type: 'removeMember', address: father.address, pins: [] },
        space.genesis,
      ),
      space.write(
        father.devices[0],
        { type: 'removeMember', address: mother.address, pins: [] },
        space.genesis,
      ),
    ];
    const { members } = evaluateRoster(space.space, controls, directory);
    expect([...members.values()]).toEqual(['guardian', 'guardian']);
  });
});
