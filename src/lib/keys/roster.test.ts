import { beforeEach, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  actor,
  directoryOf,
  emptyBoxes,
  frameAt,
  paperSpace,
  pinAt,
  type Actor,
  type Entry,
} from '../../../tests/helpers/worlds/rosters.ts';
import { addressHash } from './address.ts';
import type { Role } from './roles.ts';
import { admits, createSpace, evaluateRoster } from './roster.ts';
import { decodeRosterBody, encodeRosterBody, spaceIdOf, type RosterBody } from './roster-body.ts';

const alice = actor('Alice');
const claire = actor('Claire');
const martin = actor('Dr Martin');
const lea = actor('Léa');
const everybody = [alice, claire, martin, lea];

let directory: ReturnType<typeof directoryOf>;
let sheet: ReturnType<typeof paperSpace>;

beforeEach(() => {
  directory = directoryOf(everybody);
  sheet = paperSpace([[alice, 'owner']]);
});

const add = ({ address }: Actor, role: Role): RosterBody => ({
  type: 'addMember',
  member: { address, role },
  boxes: [],
});
const change = ({ address }: Actor, role: Role): RosterBody => ({
  type: 'changeRole',
  member: { address, role },
  pins: [],
});
const remove = ({ address }: Actor, ...pins: [string, number][]): RosterBody => ({
  type: 'removeMember',
  address,
  pins: pins.map(([device, seq]) => pinAt(device, seq)),
});
const rotate = (epoch: number, to: Actor[], ...pins: [string, number][]): RosterBody => ({
  type: 'rotate',
  epoch,
  boxes: emptyBoxes(directory, ...to),
  pins: pins.map(([device, seq]) => pinAt(device, seq)),
});

const stateOf = (...controls: Entry[]) =>
  evaluateRoster(sheet.space, [sheet.genesis, ...controls], directory);

function membersOf(...controls: Entry[]): Record<string, Role> {
  const names = new Map(everybody.map(({ name, address }) => [address, name]));
  const members = [...stateOf(...controls).members];
  return Object.fromEntries(members.map(([address, role]) => [names.get(address) ?? address, role]));
}

describe('a space', () => {
  test('is named by the hash of what founded it', () => {
    const founders = [{ address: alice.address, role: 'owner' as const }];
    const { space, frameBody, secrets } = createSpace({ kind: 'hidden', founders, random: seededRandom(1) });
    expect(space).toEqual(spaceIdOf(frameBody));
    expect(secrets).toMatchObject({ epoch: 0, id: new Uint8Array(32) });
    expect(decodeRosterBody(frameBody)).toMatchObject({ type: 'genesis', kind: 'hidden', founders });
  });

  test('needs somebody to govern it', () => {
    const founders = [{ address: alice.address, role: 'reader' as const }];
    expect(() => createSpace({ kind: 'record', founders, random: seededRandom(1) })).toThrow(RangeError);
  });

  test('takes no genesis but its own', () => {
    const foreign = createSpace({
      kind: 'record',
      founders: [{ address: martin.address, role: 'owner' }],
      random: seededRandom(2),
    });
    const body = decodeRosterBody(foreign.frameBody)!;
    const injected = sheet.write(martin.devices[0], body);
    const { members, rejected } = stateOf(injected);
    expect([...members]).toEqual([[alice.address, 'owner']]);
    expect(rejected.get(injected.hex)).toBe('malformed');
  });
});

describe('the members', () => {
  test('are added, changed and removed by the owner', () => {
    const added = sheet.write(alice.devices[0], add(martin, 'reader'), sheet.genesis);
    const raised = sheet.write(alice.devices[1], change(martin, 'administrator'), added);
    const removed = sheet.write(alice.devices[0], remove(martin), raised);
    expect(membersOf(added)).toEqual({ Alice: 'owner', 'Dr Martin': 'reader' });
    expect(membersOf(added, raised)).toEqual({ Alice: 'owner', 'Dr Martin': 'administrator' });
    expect(membersOf(added, raised, removed)).toEqual({ Alice: 'owner' });
  });

  test('who only read, deposit or take part govern nobody', () => {
    for (const role of ['administrator', 'reader', 'depositor', 'participant'] as const) {
      const added = sheet.write(alice.devices[0], add(martin, role), sheet.genesis);
      const attempts = [add(lea, 'reader'), change(martin, 'owner'), remove(alice), rotate(1, everybody)].map(
        (body) => sheet.write(martin.devices[0], body, added),
      );
      const { members, rejected } = stateOf(added, ...attempts);
      expect([...members.values()]).toEqual(['owner', role]);
      expect([...rejected.values()]).toEqual(attempts.map(() => 'not-authorised'));
    }
  });

  test('may take themselves off, unless they are guardians', () => {
    const added = sheet.write(alice.devices[0], add(martin, 'participant'), sheet.genesis);
    const guardian = sheet.write(alice.devices[0], add(claire, 'guardian'), added);
    const left = sheet.write(martin.devices[1], remove(martin), guardian);
    const fled = sheet.write(claire.devices[0], remove(claire), guardian);
    expect(membersOf(added, guardian, left, fled)).toEqual({ Alice: 'owner', Claire: 'guardian' });
  });

  test('of whom nobody knows the devices have no say', () => {
    const stranger = actor('Stranger');
    expect(membersOf(sheet.write(stranger.devices[0], add(stranger, 'owner'), sheet.genesis))).toEqual({
      Alice: 'owner',
    });
  });

  test('changed at one time to two roles hold the one with the smaller hash, on every replica', () => {
    const added = sheet.write(alice.devices[0], add(martin, 'reader'), sheet.genesis);
    const one = sheet.write(alice.devices[0], change(martin, 'administrator'), added);
    const other = sheet.write(alice.devices[1], change(martin, 'participant'), added);
    const expected = one.hex < other.hex ? 'administrator' : 'participant';
    expect(membersOf(added, one, other)['Dr Martin']).toBe(expected);
    expect(membersOf(other, one, added)['Dr Martin']).toBe(expected);
  });
});

describe('guardians', () => {
  beforeEach(() => {
    sheet = paperSpace([
      [alice, 'guardian'],
      [claire, 'guardian'],
    ]);
  });

  test('C11: cannot remove or demote each other', () => {
    const attempts = [remove(claire), change(claire, 'reader'), change(claire, 'owner')].map((body) =>
      sheet.write(alice.devices[0], body, sheet.genesis),
    );
    expect(membersOf(...attempts)).toEqual({ Alice: 'guardian', Claire: 'guardian' });
  });

  test('C11: cannot be removed by an owner whom one of them brings in', () => {
    const accomplice = sheet.write(alice.devices[0], add(lea, 'owner'), sheet.genesis);
    const removal = sheet.write(lea.devices[0], remove(claire), accomplice);
    expect(membersOf(accomplice, removal)).toEqual({ Alice: 'guardian', Claire: 'guardian', Léa: 'owner' });
  });

  test('C11: cannot be locked out by a rotation that leaves them out', () => {
    const lockout = sheet.write(alice.devices[0], rotate(1, [alice]), sheet.genesis);
    const fair = sheet.write(alice.devices[1], rotate(1, [alice, claire]), sheet.genesis);
    expect(stateOf(lockout).rejected.get(lockout.hex)).toBe('not-authorised');
    expect(stateOf(lockout, fair).current).toEqual({ epoch: 1, id: fair.hex });
  });

  test('C11: cannot have their devices pinned by each other', () => {
    const pinning = sheet.write(
      alice.devices[0],
      rotate(1, [alice, claire], [claire.devices[0], 0], [claire.devices[1], 0]),
      sheet.genesis,
    );
    const { pins } = stateOf(pinning);
    expect(pins.size).toBe(0);
    const still = sheet.write(claire.devices[0], add(martin, 'reader'), sheet.genesis);
    expect(membersOf(pinning, still)['Dr Martin']).toBe('reader');
  });

  test('C11: cannot make void what the other had written on a phone now replaced', () => {
    directory.revoke(claire.devices[1]);
    const pinning = sheet.write(
      alice.devices[0],
      rotate(1, [alice, claire], [claire.devices[1], 0]),
      sheet.genesis,
    );
    const hers = sheet.write(claire.devices[0], rotate(2, [alice, claire], [claire.devices[1], 30]), pinning);
    const old = {
      device: claire.devices[1],
      seq: 20,
      id: frameAt(claire.devices[1], 20),
      kind: 'update' as const,
    };
    expect(admits(stateOf(pinning), directory, old)).toBe(true);
    expect(stateOf(pinning)).toMatchObject({ rotationDue: false, unpinned: [claire.devices[1]] });
    expect(stateOf(pinning, hers).pins.get(claire.devices[1])?.seq).toBe(30);
  });

  test('C11: a guardian made so beside a removal stays', () => {
    const added = sheet.write(alice.devices[0], add(lea, 'reader'), sheet.genesis);
    const raised = sheet.write(claire.devices[0], change(lea, 'guardian'), added);
    const removed = sheet.write(alice.devices[0], remove(lea), added);
    expect(membersOf(added, raised, removed)['Léa']).toBe('guardian');
  });

  test('remain guardians against whoever dates a removal back before they were', () => {
    const added = sheet.write(alice.devices[0], add(lea, 'reader'), sheet.genesis);
    const raised = sheet.write(alice.devices[0], change(lea, 'guardian'), added);
    const backDated = sheet.write(claire.devices[1], remove(lea), added);
    expect(membersOf(added, raised, backDated)['Léa']).toBe('guardian');
  });
});

describe('the epochs', () => {
  test('begin at zero and go up by one', () => {
    const skipped = sheet.write(alice.devices[0], rotate(2, [alice]), sheet.genesis);
    const first = sheet.write(alice.devices[0], rotate(1, [alice]), sheet.genesis);
    const second = sheet.write(alice.devices[0], rotate(2, [alice]), first);
    expect(stateOf().current).toEqual({ epoch: 0, id: '00'.repeat(32) });
    expect(stateOf(skipped).current.epoch).toBe(0);
    const { current, rotations } = stateOf(skipped, first, second);
    expect(current).toEqual({ epoch: 2, id: second.hex });
    expect(rotations.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  });

  test('of one number, made apart, both stay readable, and writers use the smaller id', () => {
    const one = sheet.write(alice.devices[0], rotate(1, [alice]), sheet.genesis);
    const other = sheet.write(alice.devices[1], rotate(1, [alice]), sheet.genesis);
    const { current, rotations, rotationDue } = stateOf(one, other);
    expect(current.id).toBe([one.hex, other.hex].sort()[0]);
    expect(rotations).toHaveLength(3);
    expect(rotationDue).toBe(false);
  });

  test('writers use the one that knows of the removal, whichever id is smaller', () => {
    for (let attempt = 0; attempt < 8; attempt++) {
      const added = sheet.write(alice.devices[0], add(martin, 'reader'), sheet.genesis);
      const removed = sheet.write(alice.devices[0], remove(martin), added);
      const without = sheet.write(alice.devices[0], rotate(1, [alice]), removed);
      const withHim = sheet.write(alice.devices[1], rotate(1, [alice, martin]), added);
      const { current, rotationDue } = stateOf(added, removed, without, withHim);
      expect(current.id).toBe(without.hex);
      expect(rotationDue).toBe(false);
    }
  });

  test('are due to rotate after a removal, a change of role and a revocation, until somebody does', () => {
    const added = sheet.write(alice.devices[0], add(martin, 'participant'), sheet.genesis);
    expect(stateOf(added).rotationDue).toBe(false);
    const changed = sheet.write(alice.devices[0], change(martin, 'reader'), added);
    expect(stateOf(added, changed).rotationDue).toBe(true);
    const rotated = sheet.write(alice.devices[0], rotate(1, [alice, martin]), changed);
    expect(stateOf(added, changed, rotated).rotationDue).toBe(false);
    directory.revoke(alice.devices[1]);
    expect(stateOf(added, changed, rotated)).toMatchObject({
      rotationDue: true,
      unpinned: [alice.devices[1]],
    });
    const pinned = sheet.write(alice.devices[0], rotate(2, [alice, martin], [alice.devices[1], 4]), rotated);
    expect(stateOf(added, changed, rotated, pinned)).toMatchObject({ rotationDue: false, unpinned: [] });
  });

  test('beside which Dr Martin joined leave him without keys until he is granted them', () => {
    const boxes = emptyBoxes(directory, martin);
    const joined = sheet.write(
      alice.devices[1],
      { type: 'addMember', member: { address: martin.address, role: 'reader' }, boxes },
      sheet.genesis,
    );
    expect(stateOf(joined).grantsDue).toEqual([]);
    const rotated = sheet.write(alice.devices[0], rotate(1, [alice]), sheet.genesis);
    expect(stateOf(joined, rotated).grantsDue).toEqual([martin.address]);
    const granted = sheet.write(
      alice.devices[0],
      { type: 'grant', address: martin.address, boxes },
      joined,
      rotated,
    );
    expect(stateOf(joined, rotated, granted).grantsDue).toEqual([]);
  });
});

describe('frames', () => {
  const update = (device: string, seq: number) => ({
    device,
    seq,
    id: frameAt(device, seq),
    kind: 'update' as const,
  });

  test('of the owner count, those of a reader do not', () => {
    const added = sheet.write(alice.devices[0], add(martin, 'reader'), sheet.genesis);
    const state = stateOf(added);
    expect(admits(state, directory, update(alice.devices[1], 1))).toBe(true);
    expect(admits(state, directory, update(martin.devices[0], 1))).toBe(false);
    expect(admits(state, directory, { ...update(martin.devices[0], 1), kind: 'heads' })).toBe(true);
    expect(admits(state, directory, update(lea.devices[0], 1))).toBe(false);
  });

  test('C10: of a removed participant count up to the pin and not beyond', () => {
    sheet = paperSpace([[alice, 'owner']], 'thread');
    const [phone, laptop] = martin.devices;
    const added = sheet.write(alice.devices[0], add(martin, 'participant'), sheet.genesis);
    const removed = sheet.write(alice.devices[0], remove(martin, [phone, 10]), added);
    const state = stateOf(added, removed);
    expect(admits(state, directory, update(phone, 9))).toBe(true);
    expect(admits(state, directory, update(phone, 10))).toBe(true);
    expect(admits(state, directory, { ...update(phone, 10), id: frameAt(phone, 99) })).toBe(false);
    expect(admits(state, directory, update(phone, 11))).toBe(false);
    expect(admits(state, directory, update(laptop, 1)), 'a device the removal did not name').toBe(false);
  });

  test('C10: of a revoked device of the owner count up to the pin of the rotation', () => {
    const lost = alice.devices[1];
    directory.revoke(lost);
    const before = stateOf();
    expect(admits(before, directory, update(lost, 40)), 'not pinned yet').toBe(true);
    const rotated = sheet.write(alice.devices[0], rotate(1, [alice], [lost, 10]), sheet.genesis);
    const state = stateOf(rotated);
    expect(admits(state, directory, update(lost, 10))).toBe(true);
    expect(admits(state, directory, update(lost, 11))).toBe(false);
    expect(admits(state, directory, update(alice.devices[0], 11))).toBe(true);
  });

  test('C10: a control of a revoked device beside or after its pin is void', () => {
    const lost = alice.devices[1];
    directory.revoke(lost);
    const rotated = sheet.write(alice.devices[0], rotate(1, [alice], [lost, 10]), sheet.genesis);
    const beside = sheet.write(lost, add(lea, 'owner'), sheet.genesis);
    const after = sheet.write(lost, add(lea, 'owner'), rotated);
    expect(membersOf(rotated, beside, after)).toEqual({ Alice: 'owner' });
  });

  test('of a member who was taken back count again', () => {
    sheet = paperSpace([[alice, 'owner']], 'thread');
    const [phone] = martin.devices;
    const added = sheet.write(alice.devices[0], add(martin, 'participant'), sheet.genesis);
    const removed = sheet.write(alice.devices[0], remove(martin, [phone, 10]), added);
    const back = sheet.write(alice.devices[0], add(martin, 'participant'), removed);
    expect(admits(stateOf(added, removed, back), directory, update(phone, 20))).toBe(true);
    const again = sheet.write(alice.devices[0], remove(martin, [phone, 20]), back);
    const state = stateOf(added, removed, back, again);
    expect(admits(state, directory, update(phone, 20))).toBe(true);
    expect(admits(state, directory, update(phone, 21))).toBe(false);
  });

  test('of a participant lowered to reader count up to the pin, and what a reader may say beyond', () => {
    sheet = paperSpace([[alice, 'owner']], 'thread');
    const [phone] = martin.devices;
    const added = sheet.write(alice.devices[0], add(martin, 'participant'), sheet.genesis);
    const pins = [pinAt(phone, 10)];
    const lowered = sheet.write(
      alice.devices[0],
      { type: 'changeRole', member: { address: martin.address, role: 'reader' }, pins },
      added,
    );
    const state = stateOf(added, lowered);
    expect(admits(state, directory, update(phone, 10))).toBe(true);
    expect(admits(state, directory, update(phone, 11))).toBe(false);
    expect(admits(state, directory, { ...update(phone, 11), kind: 'heads' })).toBe(true);
  });

  test('of concurrent pins the strictest holds', () => {
    const added = sheet.write(alice.devices[0], add(martin, 'participant'), sheet.genesis);
    const claires = sheet.write(alice.devices[0], add(claire, 'owner'), added);
    const [phone] = martin.devices;
    const one = sheet.write(alice.devices[0], remove(martin, [phone, 10]), claires);
    const other = sheet.write(claire.devices[0], remove(martin, [phone, 7]), claires);
    expect(stateOf(added, claires, one, other).pins.get(phone)?.seq).toBe(7);
    expect(stateOf(added, claires, one).pins.get(phone)?.seq).toBe(10);
  });
});

describe('the bodies of a roster', () => {
  test('hostile bytes give null, and nothing has two spellings', () => {
    const boxes = [martin, alice, lea].map(({ address }, i) => ({
      address,
      recipient: addressHash(address),
      sealed: new Uint8Array(10 + i).fill(i),
    }));
    const pins = [pinAt(alice.devices[0], 4), pinAt(martin.devices[1], 0)];
    const bodies: RosterBody[] = [
      {
        type: 'genesis',
        kind: 'thread',
        founders: everybody.map(({ address }) => ({ address, role: 'owner' as const })),
        nonce: new Uint8Array(32).fill(7),
      },
      { type: 'addMember', member: { address: martin.address, role: 'depositor' }, boxes },
      { type: 'changeRole', member: { address: martin.address, role: 'participant' }, pins },
      { type: 'removeMember', address: martin.address, pins },
      { type: 'rotate', epoch: 7, boxes, pins },
      { type: 'grant', address: martin.address, boxes },
    ];
    bodies.forEach((body, seed) => {
      const written = encodeRosterBody(body);
      expectStrictDecoder(written, decodeRosterBody, encodeRosterBody, seed);
      const sorted = decodeRosterBody(written)!;
      expect(hex(encodeRosterBody(sorted))).toBe(hex(written));
    });
  });
});
