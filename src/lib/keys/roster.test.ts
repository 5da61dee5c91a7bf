import { beforeEach, describe, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  actor,
  nameOf,
  paperCheck,
  paperChains,
  paperDevice,
  paperSpace,
  type Actor,
  type Entry,
  type PaperChains,
  type PaperSpace,
} from '../../../tests/helpers/worlds/rosters.ts';
import { addressHash } from './address.ts';
import { clientIdOf, clientIdsOf } from './client-id.ts';
import { epochId } from './epoch.ts';
import type { Hex } from './ids.ts';
import { createSpace, evaluateRoster, groundless, type RosterState } from './roster.ts';
import { decodeRosterBody, encodeRosterBody, spaceIdOf, type RosterBody } from './roster-body.ts';

const anna = actor('Anna');
const bruno = actor('Bruno');
const camille = actor('Camille');
const everybody = [anna, bruno, camille];
const [laptop, phone] = anna.devices;

let world: PaperChains;
let sheet: PaperSpace;

beforeEach(() => {
  world = paperChains(...everybody);
  sheet = paperSpace(anna, world);
});

const NOTE: RosterBody = { type: 'note' };
const LEAVE: RosterBody = { type: 'leave' };

const namesOf = (addresses: Iterable<string>) =>
  [...addresses].map((address) => everybody.find((one) => one.address === address)?.name ?? address);

function ownersOf(...controls: Entry[]): string[] {
  return namesOf(sheet.stateOf(...controls).owners);
}

/** Why these do not count, in their order; null for those that do. */
function refusalsOf(...controls: Entry[]): (string | null)[] {
  const { rejected } = sheet.stateOf(...controls);
  return controls.map((control) => rejected.get(control.hex) ?? null);
}

/** The record of Anna, which Bruno has joined and has keys of. */
function joinedBy(joiner: Actor = bruno): [Entry, Entry] {
  const joined = sheet.write(laptop, sheet.join(joiner, [sheet.founding]), sheet.founding);
  return [joined, sheet.write(laptop, sheet.grant(joiner), joined)];
}

describe('a space', () => {
  test('is named by the hash of what founded it, which commits to the key of its first epoch', () => {
    const founder = anna.address;
    const { space, frameBody, secrets } = createSpace({ kind: 'extract', founder, random: seededRandom(1) });
    expect(space).toEqual(spaceIdOf(frameBody));
    const id = hex(epochId(secrets));
    expect(decodeRosterBody(frameBody)).toMatchObject({ type: 'found', kind: 'extract', founder, id });
  });

  test('finding 11: has one founder, and is founded by an active device of that address alone', () => {
    const byBruno = sheet.write(bruno.devices[0], decodeRosterBody(sheet.frameBody)!);
    const chains = world.chains();
    const nobody = evaluateRoster(sheet.space, [byBruno], chains, paperCheck);
    expect([nobody.kind, nobody.owners.size, nobody.current]).toEqual([null, 0, null]);
    expect(nobody.rejected.get(byBruno.hex)).toBe('no-right');
    expect(ownersOf()).toEqual(['Anna']);
    expect(sheet.stateOf().kind).toBe('record');
  });

  test('takes no founding but its own, nor one that builds on anything', () => {
    const foreign = createSpace({ kind: 'record', founder: bruno.address, random: seededRandom(2) });
    const injected = sheet.write(bruno.devices[0], decodeRosterBody(foreign.frameBody)!);
    const [joined] = joinedBy();
    const left = sheet.write(laptop, LEAVE, joined);
    const again = sheet.write(phone, decodeRosterBody(sheet.frameBody)!, left);
    expect(refusalsOf(joined, left, injected, again)).toEqual([null, null, 'malformed', 'malformed']);
    expect(ownersOf(joined, left, again)).toEqual(['Bruno']);
  });

  test('founded a second time, apart, is the same, and does not bring back who left', () => {
    const [joined] = joinedBy();
    const left = sheet.write(laptop, LEAVE, joined);
    const apart = sheet.write(phone, decodeRosterBody(sheet.frameBody)!);
    const refusals = sheet.stateOf(apart).rejected;
    expect([...refusals.values()]).toEqual(['repeated']);
    expect(ownersOf(joined, left, apart)).toEqual(['Bruno']);
  });

  test('2: a device that is revoked by what it names itself says nothing, though an active one names its word', () => {
    const apart = paperChains(anna, bruno);
    const space = paperSpace(anna, apart);
    apart.revoke(anna.address, laptop, phone);
    const said = space.write(phone, { type: 'note' }, space.founding);
    const naming = space.write(laptop, { type: 'note' }, said);
    expect([...space.stateOf(said, naming).rejected]).toEqual([[said.hex, 'no-right']]);
  });

  test('2: of foundings one counts, however many a revoked device dates back: a grounded one, else the smallest id', () => {
    const apart = paperChains(anna, bruno);
    const space = paperSpace(anna, apart);
    const body = decodeRosterBody(space.frameBody)!;
    // Dated back: on the chain as it was before the revocation.
    const again = Array.from({ length: 40 }, () => space.write(phone, body));
    apart.revoke(anna.address, laptop, phone);
    const state = space.stateOf(...again);
    expect(state.kind).toBe('record');
    expect(state.heads).toEqual([space.founding.hex]);
    expect([...state.effective.keys()]).toEqual([space.founding.hex]);
    expect(new Set(state.rejected.values())).toEqual(new Set(['repeated']));
    // Without one that is grounded the record is there all the same, and no statement stands on another.
    const alone = evaluateRoster(space.space, again, apart.chains(), paperCheck);
    expect([...alone.effective.keys()]).toEqual([again.map((one) => one.hex).sort()[0]]);
    // Who has heard of another founding has heard that there is one.
    const note = space.write(laptop, { type: 'note' }, again[1]!);
    expect(space.stateOf(...again, note).effective.has(note.hex)).toBe(true);
  });
});

describe('whoever joins', () => {
  test('is let in by an owner and accepts it', () => {
    const [joined] = joinedBy();
    const { owners, seats, grantsDue } = sheet.stateOf(joined);
    expect(namesOf(owners)).toEqual(['Anna', 'Bruno']);
    expect([...seats.values()]).toEqual([hex(sheet.space), joined.hex]);
    expect(namesOf(grantsDue)).toEqual(['Bruno']);
  });

  test('does not without an acceptance of its own, by an active device, of this roster', () => {
    const good = sheet.join(bruno, [sheet.founding]);
    const elsewhere = paperSpace(camille, world).join(bruno, [sheet.founding]);
    world.revoke(bruno.address, bruno.devices[0], bruno.devices[1]);
    const attempts: RosterBody[] = [
      { ...good, acceptance: new Uint8Array(64) },
      { ...good, acceptance: sheet.join(camille, [sheet.founding]).acceptance },
      { ...good, device: laptop },
      { ...good, acceptance: elsewhere.acceptance },
      { ...good, address: camille.address },
      sheet.join(bruno, [sheet.founding], [], bruno.devices[1]),
    ];
    const written = attempts.map((body) => sheet.write(laptop, body, sheet.founding));
    expect(refusalsOf(...written)).toEqual(attempts.map(() => 'unsigned'));
    expect(ownersOf(...written)).toEqual(['Anna']);
  });

  test('accepts a roster that it names: an acceptance of none is good for ever, hence for nothing', () => {
    const nothing = sheet.write(laptop, sheet.join(bruno, []), sheet.founding);
    const unheard = sheet.write(laptop, sheet.join(bruno, [nothing]), sheet.founding);
    expect(refusalsOf(nothing, unheard)).toEqual(['no-right', 'no-right']);
    expect(ownersOf(nothing, unheard)).toEqual(['Anna']);
  });

  test('is let in by no stranger, nor by itself', () => {
    const own = sheet.write(bruno.devices[0], sheet.join(bruno, [sheet.founding]), sheet.founding);
    expect([ownersOf(own), refusalsOf(own)]).toEqual([['Anna'], ['no-right']]);
  });

  test('needs the authority’s statement where the founding pins one, and no other where it does not', () => {
    const free = sheet;
    sheet = paperSpace(anna, world, { authority: true });
    const good = sheet.join(bruno, [sheet.founding]);
    const without = sheet.write(laptop, { ...good, statement: null }, sheet.founding);
    const wrong = sheet.write(
      laptop,
      { ...good, statement: sheet.join(camille, [sheet.founding]).statement },
      sheet.founding,
    );
    const right = sheet.write(laptop, good, sheet.founding);
    expect(refusalsOf(without, wrong)).toEqual(['unsigned', 'unsigned']);
    expect(ownersOf(right)).toEqual(['Anna', 'Bruno']);
    const { statement } = good;
    sheet = free;
    const more = sheet.write(laptop, { ...sheet.join(bruno, [sheet.founding]), statement }, sheet.founding);
    expect(refusalsOf(more)).toEqual(['malformed']);
  });

  test('C11: needs, as third, the word of every owner that the inviter knows of', () => {
    const [joined] = joinedBy();
    const alone = sheet.write(laptop, sheet.join(camille, [joined]), joined);
    const strangers = sheet.write(laptop, sheet.join(camille, [joined], [camille]), joined);
    const forged = sheet.join(camille, [joined], [bruno]);
    const [consent] = forged.consents;
    const byAnna = { ...forged, consents: [{ ...consent!, device: phone }] };
    const wrong = sheet.write(laptop, byAnna, joined);
    expect(refusalsOf(joined, alone, strangers, wrong).slice(1)).toEqual([
      'unsigned',
      'unsigned',
      'unsigned',
    ]);
    const agreed = sheet.write(laptop, sheet.join(camille, [joined], [bruno]), joined);
    expect(ownersOf(joined, agreed)).toEqual(['Anna', 'Bruno', 'Camille']);
  });

  test('K6: let in as second by a device that had not heard of Bruno stays, or Anna could expel him so', () => {
    const [joined] = joinedBy();
    const unaware = sheet.write(phone, sheet.join(camille, [sheet.founding]), sheet.founding);
    expect(ownersOf(joined, unaware).sort()).toEqual(['Anna', 'Bruno', 'Camille']);
    expect(ownersOf(unaware, joined).sort()).toEqual(['Anna', 'Bruno', 'Camille']);
  });

  test('is not taken in again by an old acceptance, nor by consents for another company', () => {
    const [joined] = joinedBy();
    const left = sheet.write(bruno.devices[0], LEAVE, joined);
    const old = sheet.write(laptop, sheet.join(bruno, [sheet.founding]), left);
    expect([ownersOf(joined, left, old), refusalsOf(joined, left, old)[2]]).toEqual([['Anna'], 'no-right']);
    const fresh = sheet.write(laptop, sheet.join(bruno, [left]), left);
    expect(ownersOf(joined, left, fresh)).toEqual(['Anna', 'Bruno']);
    const unknown = sheet.write(laptop, sheet.join(bruno, [old]), left);
    const nothing = sheet.write(laptop, sheet.join(bruno, []), left);
    expect(refusalsOf(joined, left, old, unknown, nothing).slice(3)).toEqual(['no-right', 'no-right']);
  });

  test('joins no account: that is one address’s', () => {
    sheet = paperSpace(anna, world, { kind: 'account' });
    const [joined] = joinedBy();
    expect([ownersOf(joined), refusalsOf(joined)]).toEqual([['Anna'], ['no-right']]);
  });
});

describe('whoever leaves', () => {
  test('does so while another remains, and keeps its keys until a remaining owner names it', () => {
    const [joined] = joinedBy();
    const alone = sheet.write(laptop, LEAVE, sheet.founding);
    expect([ownersOf(alone), refusalsOf(alone)]).toEqual([['Anna'], ['no-right']]);
    const left = sheet.write(bruno.devices[0], LEAVE, joined);
    expect(namesOf(sheet.stateOf(joined, left).leaving)).toEqual(['Bruno']);
    const named = sheet.write(laptop, NOTE, left);
    const state = sheet.stateOf(joined, left, named);
    expect([namesOf(state.owners), namesOf(state.leaving)]).toEqual([['Anna'], []]);
    expect(namesOf(state.everOwned)).toEqual(['Anna', 'Bruno']);
  });

  test('finding 14: erases nothing: what its own leave names counts once a remaining owner names the leave, and its devices stay known', () => {
    const [joined] = joinedBy();
    const own = nameOf(bruno.devices[0], 7);
    const grounds = sheet.groundsNow([own]);
    const left = sheet.writeOn(grounds, bruno.devices[0], LEAVE, joined);
    expect(sheet.stateOf(joined, left).anchors).toEqual([]);
    const named = sheet.write(laptop, NOTE, left);
    const { anchors, stands, isKnown, clientIds } = sheet.stateOf(joined, left, named);
    expect(anchors).toEqual([own]);
    expect(bruno.devices.map((device) => [stands(device), isKnown(device)])).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(clientIds.has(bruno.devices[1])).toBe(true);
  });

  test('rule 8: leaves once: a second leave, dated back after the first was named, brings in no words and wants no keys', () => {
    const [joined] = joinedBy();
    const left = sheet.write(bruno.devices[0], LEAVE, joined);
    const named = sheet.write(laptop, sheet.rotate(1, [anna]), left);
    const again = sheet.writeOn(
      sheet.groundsNow([nameOf(bruno.devices[0], 99)]),
      bruno.devices[0],
      LEAVE,
      joined,
    );
    const state = sheet.stateOf(joined, left, named, again);
    expect([state.anchors, state.rotationDue, namesOf(state.leaving)]).toEqual([[], false, []]);
    const heard = sheet.write(laptop, NOTE, named, again);
    expect(sheet.stateOf(joined, left, named, again, heard).anchors).toEqual([]);
  });

  test('rule 8: after an order has ended them, brings in no words by a leave dated back, named or not', () => {
    sheet = paperSpace(anna, world, { authority: true });
    const [joined] = joinedBy();
    const ordered = sheet.write(laptop, sheet.order(bruno, joined.hex), joined);
    const rotated = sheet.write(laptop, sheet.rotate(1, [anna]), ordered);
    const left = sheet.writeOn(
      sheet.groundsNow([nameOf(bruno.devices[0], 99)]),
      bruno.devices[0],
      LEAVE,
      joined,
    );
    const state = sheet.stateOf(joined, ordered, rotated, left);
    expect([state.anchors, state.rotationDue, namesOf(state.leaving)]).toEqual([[], false, []]);
    const heard = sheet.write(laptop, NOTE, rotated, left);
    expect(sheet.stateOf(joined, ordered, rotated, left, heard).anchors).toEqual([]);
  });

  test('finding 15: has no say any more by what it once was', () => {
    const [joined] = joinedBy();
    const left = sheet.write(bruno.devices[0], LEAVE, joined);
    const after: RosterBody[] = [
      sheet.join(camille, [left], [anna]),
      sheet.rotate(1, [anna]),
      sheet.grant(anna),
      NOTE,
      LEAVE,
    ];
    const written = after.map((body) => sheet.write(bruno.devices[0], body, left));
    expect(refusalsOf(joined, left, ...written).slice(2)).toEqual(after.map(() => 'no-right'));
    expect(ownersOf(joined, left, ...written)).toEqual(['Anna']);
  });

  test('whom the authority ends needs an owner who carries the order in, and is ended once', () => {
    sheet = paperSpace(anna, world, { authority: true });
    const [joined] = joinedBy();
    const order = sheet.order(bruno, joined.hex);
    const byHimself = sheet.write(bruno.devices[0], order, joined);
    const unsigned = sheet.write(laptop, { ...order, signature: new Uint8Array(64) }, joined);
    const other = sheet.write(laptop, sheet.order(bruno, hex(sheet.space)), joined);
    const serial = sheet.write(laptop, { ...order, serial: 2 }, joined);
    expect(refusalsOf(joined, byHimself, unsigned, other, serial).slice(1)).toEqual([
      'no-right',
      'unsigned',
      'no-right',
      'unsigned',
    ]);
    const ended = sheet.write(laptop, order, joined);
    expect(ownersOf(joined, ended)).toEqual(['Anna']);
    const back = sheet.write(laptop, sheet.join(bruno, [ended]), ended);
    const again = sheet.write(laptop, order, back);
    expect(ownersOf(joined, ended, back, again)).toEqual(['Anna', 'Bruno']);
    sheet = paperSpace(anna, world);
    const [free] = joinedBy();
    const without = sheet.write(laptop, sheet.order(bruno, free.hex), free);
    expect(refusalsOf(free, without)[1]).toBe('unsigned');
  });

  test('the founder is ended under the name of the space', () => {
    sheet = paperSpace(anna, world, { authority: true });
    const [joined] = joinedBy();
    const ended = sheet.write(bruno.devices[0], sheet.order(anna, hex(sheet.space)), joined);
    expect(ownersOf(joined, ended)).toEqual(['Bruno']);
  });
});

describe('K7: owners who end each other apart', () => {
  beforeEach(() => void (sheet = paperSpace(anna, world, { authority: true })));

  test('K7: do not leave the record to nobody: the ending with the smallest id is void', () => {
    const [joined] = joinedBy();
    for (let attempt = 0; attempt < 6; attempt++) {
      const byAnna = sheet.write(laptop, sheet.order(bruno, joined.hex, attempt), joined);
      const byBruno = sheet.write(bruno.devices[0], sheet.order(anna, hex(sheet.space), attempt), joined);
      // Whom the smaller one would end stays.
      const stays = byAnna.hex < byBruno.hex ? ['Bruno'] : ['Anna'];
      for (const controls of [
        [joined, byAnna, byBruno],
        [byBruno, byAnna, joined],
      ])
        expect(ownersOf(...controls)).toEqual(stays);
      expect([...sheet.stateOf(joined, byAnna, byBruno).rejected.values()]).toEqual(['last-owner']);
    }
  });

  test('K7: who left long before is not called back by it', () => {
    for (let attempt = 0; attempt < 6; attempt++) {
      const [joined] = joinedBy();
      const third = sheet.write(laptop, sheet.join(camille, [joined], [bruno]), joined);
      const gone = sheet.write(camille.devices[0], LEAVE, third);
      const byAnna = sheet.write(laptop, LEAVE, gone);
      const byBruno = sheet.write(bruno.devices[0], LEAVE, gone);
      const stays = byAnna.hex < byBruno.hex ? 'Anna' : 'Bruno';
      expect(ownersOf(joined, third, gone, byAnna, byBruno)).toEqual([stays]);
    }
  });

  test('K7: what was built on the ending that falls is judged as if it had not been', () => {
    const [joined] = joinedBy();
    const [one, other] = [sheet.write(laptop, LEAVE, joined), sheet.write(bruno.devices[0], LEAVE, joined)];
    const [falls, stays] = one.hex < other.hex ? [one, other] : [other, one];
    const remaining = falls === one ? bruno : anna;
    const rotated = sheet.write(remaining.devices[1], sheet.rotate(1, [remaining]), falls);
    expect(refusalsOf(joined, falls, rotated)).toEqual([null, null, null]);
    expect(refusalsOf(joined, falls, stays, rotated)).toEqual([null, 'last-owner', null, 'boxes']);
  });
});

describe('a statement', () => {
  test('is that of an active device, by the chain heads that it and its past name', () => {
    const tablet = paperDevice('tablet');
    const stranger = sheet.write(tablet.id, NOTE, sheet.founding);
    const before = sheet.groundsNow();
    world.add(anna.address, laptop, tablet);
    const early = sheet.writeOn(before, tablet.id, NOTE, sheet.founding);
    const now = sheet.write(tablet.id, NOTE, sheet.founding);
    const told = sheet.write(laptop, NOTE, sheet.founding);
    const through = sheet.writeOn({ names: [], chains: [] }, tablet.id, NOTE, told);
    expect(refusalsOf(stranger, early, now, told, through)).toEqual([
      'no-right',
      'no-right',
      null,
      null,
      null,
    ]);
  });

  test('finding 2: that names a head of a chain which is not known to its end is incomplete, and spoils nothing', () => {
    const bogus = { address: anna.address, heads: ['ab'.repeat(32)], carried: [] };
    const evil = sheet.writeOn({ names: [], chains: [bogus] }, phone, NOTE, sheet.founding);
    const foreign = { ...bogus, address: actor('Stranger').address };
    const other = sheet.writeOn({ names: [], chains: [foreign] }, phone, NOTE, sheet.founding);
    const honest = sheet.write(laptop, sheet.join(bruno, [sheet.founding]), sheet.founding, evil, other);
    expect(refusalsOf(evil, other, honest)).toEqual(['incomplete', 'incomplete', null]);
  });

  test('waits for what it builds on', () => {
    const [joined, granted] = joinedBy();
    const { waiting, owners } = sheet.stateOf(granted);
    expect([waiting, namesOf(owners)]).toEqual([[granted.hex], ['Anna']]);
    expect(sheet.stateOf(granted, joined).waiting).toEqual([]);
  });

  test('C10: of a device revoked since, dated back as it may be, does not count', () => {
    const old = sheet.groundsNow();
    const stolen = [NOTE, sheet.join(camille, [sheet.founding]), sheet.rotate(1, [anna])];
    world.revoke(anna.address, laptop, phone);
    const written = stolen.map((body) => sheet.writeOn(old, phone, body, sheet.founding));
    expect(refusalsOf(...written)).toEqual(['groundless', 'groundless', 'groundless']);
    const told = sheet.write(phone, NOTE, sheet.founding);
    expect(refusalsOf(told)).toEqual(['groundless']);
    expect(sheet.stateOf(...written)).toMatchObject({
      heads: [sheet.founding.hex],
      unconfirmed: [written[1]!.hex],
    });
  });

  test('of a revoked device counts when an active one of the same address has named it, and by no other', () => {
    const [joined] = joinedBy();
    const said = sheet.write(phone, NOTE, joined);
    const brunos = sheet.write(bruno.devices[0], NOTE, said);
    world.revoke(anna.address, laptop, phone);
    expect(refusalsOf(joined, said, brunos)).toEqual([null, 'groundless', null]);
    const named = sheet.write(laptop, NOTE, said);
    expect(refusalsOf(joined, said, brunos, named)).toEqual([null, null, null, null]);
  });

  test('of an address without any active device counts, until the kit recovers', () => {
    const old = sheet.groundsNow();
    world.revoke(anna.address, laptop, phone);
    world.revoke(anna.address, laptop, laptop);
    const said = sheet.writeOn(old, phone, NOTE, sheet.founding);
    const state = sheet.stateOf(said);
    expect([state.rejected.size, state.stands(phone), state.stands(laptop)]).toEqual([0, true, true]);
    const fresh = paperDevice('fresh');
    world.recover(anna.address, fresh, []);
    const after = sheet.stateOf(said);
    expect(after.rejected.get(said.hex)).toBe('groundless');
    expect([phone, laptop, fresh.id].map(after.stands)).toEqual([false, false, true]);
  });

  test('rule 11: that was seen to count is grounded again by a note, joins left out', () => {
    const said = sheet.write(phone, NOTE, sheet.founding);
    const joined = sheet.write(phone, sheet.join(bruno, [said]), said);
    const before = sheet.stateOf(said, joined);
    world.revoke(anna.address, laptop, phone);
    const after = sheet.stateOf(said, joined);
    expect(groundless(before, after, anna.address)).toEqual([said.hex]);
    expect([groundless(before, after, bruno.address), groundless(after, after, anna.address)]).toEqual([
      [],
      [],
    ]);
    const note = sheet.write(laptop, NOTE, sheet.founding, said);
    expect(sheet.stateOf(said, joined, note).effective.has(said.hex)).toBe(true);
    expect(ownersOf(said, joined, note)).toEqual(['Anna']);
  });
});

describe('K2: Anna’s laptop lets Bruno in, and a copy of her phone revokes the laptop', () => {
  let joined: Entry;
  let brunos: Entry;
  beforeEach(() => {
    const old = world.heads(anna.address);
    joined = sheet.write(laptop, sheet.join(bruno, [sheet.founding]), sheet.founding);
    brunos = sheet.write(bruno.devices[0], NOTE, joined);
    world.revoke(anna.address, phone, laptop, old);
  });

  test('K2: Bruno is no owner until somebody of Anna’s confirms it, and his devices stay known', () => {
    const state = sheet.stateOf(joined, brunos);
    expect([namesOf(state.owners), state.unconfirmed]).toEqual([['Anna'], [joined.hex]]);
    expect(bruno.devices.map((device) => [state.stands(device), state.isKnown(device)])).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(refusalsOf(joined, brunos)).toEqual(['groundless', 'no-right']);
  });

  test('K2: confirmed by a note of the phone, he is one again, and what he said counts', () => {
    const confirmed = sheet.write(phone, NOTE, sheet.founding, joined);
    expect(refusalsOf(joined, brunos, confirmed)).toEqual([null, null, null]);
    expect(ownersOf(joined, brunos, confirmed)).toEqual(['Anna', 'Bruno']);
  });

  test('K2: a join that the phone had named before stays', () => {
    const named = sheet.write(phone, NOTE, joined);
    expect(ownersOf(joined, brunos, named)).toEqual(['Anna', 'Bruno']);
  });
});

describe('finding 16: owners are equal', () => {
  test('finding 16: no owner makes itself or another more than an owner, and none removes another', () => {
    const [joined] = joinedBy();
    const attempts: RosterBody[] = [
      sheet.join(bruno, [joined], [anna]),
      sheet.order(anna, hex(sheet.space)),
      sheet.rotate(1, [bruno]),
      { ...sheet.grant(bruno), address: anna.address } as RosterBody,
    ];
    const written = attempts.map((body) => sheet.write(bruno.devices[0], body, joined));
    expect(refusalsOf(joined, ...written).slice(1)).toEqual(['no-right', 'unsigned', 'boxes', 'boxes']);
    expect(ownersOf(joined, ...written)).toEqual(['Anna', 'Bruno']);
  });
});

const current = (state: RosterState) => state.current!;

describe('the epochs', () => {
  test('begin with that of the founding', () => {
    const state = sheet.stateOf();
    const id = hex(epochId(sheet.secrets));
    expect(current(state)).toMatchObject({ number: 0, id, by: null, isVoid: false });
    expect(state).toMatchObject({
      epochs: [current(state)],
      rotationDue: false,
      nextNumber: 1,
      grantsDue: [],
    });
  });

  test('are numbered one after the other', () => {
    const skipped = sheet.write(laptop, sheet.rotate(2, [anna]), sheet.founding);
    const first = sheet.write(laptop, sheet.rotate(1, [anna]), sheet.founding);
    const same = sheet.write(laptop, sheet.rotate(1, [anna], 'again'), first);
    const second = sheet.write(laptop, sheet.rotate(2, [anna]), first);
    expect(refusalsOf(skipped, first, same, second)).toEqual(['number', null, 'number', null]);
    const state = sheet.stateOf(skipped, first, same, second);
    expect(current(state)).toMatchObject({ number: 2, by: second.hex });
    expect(state.nextNumber).toBe(3);
    expect(state.epochs.map(({ number }) => number)).toEqual([0, 1, 1, 2, 2]);
    expect(state.epochs.flatMap(({ by, isVoid }) => (isVoid ? [by] : [])).sort()).toEqual(
      [skipped.hex, same.hex].sort(),
    );
  });

  test('finding 12: count only with a box for each key of each owner under its owner, and no other', () => {
    const [joined] = joinedBy();
    const fair = sheet.rotate(1, [anna, bruno]);
    const [one, ...others] = fair.boxes;
    const nonsense = { ...one!, recipient: new Uint8Array(32).fill(7) };
    const attempts = [
      { ...fair, boxes: others },
      { ...fair, boxes: [nonsense, ...others] },
      { ...fair, boxes: [...fair.boxes, nonsense] },
      { ...fair, boxes: [{ ...one!, address: camille.address }, ...others] },
      { ...fair, boxes: sheet.boxes(anna) },
      { ...fair, boxes: sheet.boxes(anna, bruno, camille) },
      {
        ...fair,
        boxes: fair.boxes.filter(({ recipient }) => hex(recipient) !== hex(addressHash(bruno.address))),
      },
      { ...fair, boxes: [] },
    ];
    const written = attempts.map((body) => sheet.write(laptop, body, joined));
    expect(refusalsOf(joined, ...written).slice(1)).toEqual(attempts.map(() => 'boxes'));
    const state = sheet.stateOf(joined, ...written);
    expect(current(state).number).toBe(0);
    expect(state.epochs.filter(({ isVoid }) => isVoid)).toHaveLength(attempts.length);
    const good = sheet.write(laptop, fair, joined);
    expect(current(sheet.stateOf(joined, ...written, good))).toMatchObject({ by: good.hex });
  });

  test('finding 12: a grant reaches somebody with all its keys only', () => {
    const [joined] = joinedBy();
    const { boxes } = sheet.grant(bruno) as Extract<RosterBody, { type: 'grant' }>;
    const partial = sheet.write(
      laptop,
      { type: 'grant', address: bruno.address, epochs: [], boxes: boxes.slice(1) },
      joined,
    );
    const stranger = sheet.write(laptop, sheet.grant(camille), joined);
    const state = sheet.stateOf(joined, partial, stranger);
    expect([refusalsOf(joined, partial, stranger), namesOf(state.grantsDue)]).toEqual([
      [null, 'boxes', 'no-right'],
      ['Bruno'],
    ]);
  });

  test('26: a grant is believed of the epochs that it names, by whom had a key of them: nobody hands on what they lack', () => {
    const [joined] = joinedBy();
    const third = sheet.write(laptop, sheet.join(camille, [joined], [bruno]), joined);
    const alone = sheet.write(phone, sheet.rotate(1, [anna], 'alone'), sheet.founding);
    const [first, later] = sheet.stateOf(joined, third, alone).epochs.map(({ id }) => id) as [Hex, Hex];
    const due = (...said: Entry[]) => {
      const state = sheet.stateOf(joined, third, alone, ...said);
      expect(state.rejected.size).toBe(0);
      return [namesOf(state.grantsDue), state.shared?.number];
    };
    const ofWhatTheyLack = [
      sheet.write(bruno.devices[0], sheet.grant(camille, [first, later]), third, alone),
      sheet.write(camille.devices[0], sheet.grant(bruno, [first, later]), third, alone),
    ];
    expect(due(...ofWhatTheyLack)).toEqual([['Bruno', 'Camille'], 0]);
    const firstAlone = [bruno, camille].map((one) =>
      sheet.write(laptop, sheet.grant(one, [first]), third, alone),
    );
    expect(due(...firstAlone)).toEqual([['Bruno', 'Camille'], 0]);
    const toBruno = sheet.write(laptop, sheet.grant(bruno, [first, later]), third, alone);
    const handedOn = sheet.write(bruno.devices[0], sheet.grant(camille, [first, later]), toBruno);
    expect(due(toBruno)).toEqual([['Camille'], 0]);
    expect(due(toBruno, handedOn)).toEqual([[], 1]);
  });

  test('of one number, made apart, both stay readable, and writers use the smaller id', () => {
    const one = sheet.write(laptop, sheet.rotate(1, [anna], 'one'), sheet.founding);
    const other = sheet.write(phone, sheet.rotate(1, [anna], 'other'), sheet.founding);
    const state = sheet.stateOf(one, other);
    expect(current(state).id).toBe(
      state.epochs
        .slice(1)
        .map(({ id }) => id)
        .sort()[0],
    );
    expect(state.epochs.map(({ isVoid }) => isVoid)).toEqual([false, false, false]);
    expect(state.rotationDue).toBe(false);
  });

  test('finding 17: one dated back before Bruno joined voids nothing of his, and leaves him to be granted its key', () => {
    const [joined, granted] = joinedBy();
    const his = sheet.write(bruno.devices[0], sheet.rotate(1, [anna, bruno], 'his'), granted);
    const backDated = sheet.write(phone, sheet.rotate(1, [anna], 'dated back'), sheet.founding);
    const note = sheet.write(bruno.devices[0], NOTE, his);
    const state = sheet.stateOf(joined, granted, his, backDated, note);
    expect([state.rejected.size, namesOf(state.owners)]).toEqual([0, ['Anna', 'Bruno']]);
    expect(bruno.devices.map(state.stands)).toEqual([true, true]);
    expect(namesOf(state.grantsDue)).toEqual(['Bruno']);
  });

  test('seed 5157: a rotation is said under the newest that every owner has the key of, whichever is the newest', () => {
    const [joined, granted] = joinedBy();
    const both = sheet.write(phone, sheet.rotate(1, [anna, bruno]), granted);
    const unaware = sheet.write(laptop, sheet.rotate(1, [anna], 'unaware'), sheet.founding);
    const onIt = sheet.write(laptop, sheet.rotate(2, [anna], 'on it'), unaware);
    const state = sheet.stateOf(joined, granted, both, unaware, onIt);
    expect(current(state)).toMatchObject({ number: 2, by: onIt.hex });
    expect(state.shared).toMatchObject({ number: 1, by: both.hex });
    expect(namesOf(state.grantsDue)).toEqual(['Bruno']);
    const made = sheet.write(phone, sheet.grant(bruno), both, onIt);
    const settled = sheet.stateOf(joined, granted, both, unaware, onIt, made);
    expect(settled.shared).toEqual(current(settled));
    expect(settled.grantsDue).toEqual([]);
  });

  test('seed 5157: where somebody was given none yet, it is the first, which comes with the joining', () => {
    const [joined] = joinedBy();
    const unaware = sheet.write(laptop, sheet.rotate(1, [anna]), sheet.founding);
    const state = sheet.stateOf(joined, unaware);
    expect([current(state).number, state.shared?.number]).toEqual([1, 0]);
  });

  test('numbers are not used up: nobody jumps ahead, and a void rotation is no step', () => {
    const far = sheet.write(phone, sheet.rotate(4_000_000_000, [anna]), sheet.founding);
    const next = sheet.write(laptop, sheet.rotate(1, [anna]), sheet.founding, far);
    const farther = sheet.write(laptop, sheet.rotate(4_000_000_001, [anna]), sheet.founding, far);
    expect(refusalsOf(far, next, farther)).toEqual(['number', null, 'number']);
  });

  test('a rotation whose ground falls does not take those with it that were built on it', () => {
    const [joined, granted] = joinedBy();
    const first = sheet.write(phone, sheet.rotate(1, [anna, bruno]), granted);
    const second = sheet.write(bruno.devices[0], sheet.rotate(2, [anna, bruno]), first);
    world.revoke(anna.address, laptop, phone);
    const state = sheet.stateOf(joined, granted, first, second);
    expect([...state.rejected]).toEqual([[first.hex, 'groundless']]);
    expect(state.epochs.map(({ number, isVoid }) => [number, isVoid])).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ]);
  });

  test('are due to rotate after every ending, until somebody does who has heard of it', () => {
    const [joined, granted] = joinedBy();
    expect(sheet.stateOf(joined, granted).rotationDue).toBe(false);
    const left = sheet.write(bruno.devices[0], LEAVE, granted);
    const unaware = sheet.write(phone, sheet.rotate(1, [anna, bruno]), granted);
    expect(sheet.stateOf(joined, granted, left, unaware).rotationDue).toBe(true);
    const aware = sheet.write(laptop, sheet.rotate(1, [anna], 'aware'), left);
    const state = sheet.stateOf(joined, granted, left, unaware, aware);
    expect([state.rotationDue, current(state).by]).toEqual([false, aware.hex]);
    const old = sheet.groundsNow();
    world.revoke(anna.address, laptop, phone);
    expect(sheet.stateOf(joined, granted, left, aware).rotationDue).toBe(true);
    const stale = sheet.writeOn(old, laptop, { ...sheet.rotate(2, [anna]), boxes: staleBoxes(old) }, aware);
    expect(sheet.stateOf(joined, granted, left, aware, stale)).toMatchObject({ rotationDue: true });
    const fresh = sheet.write(laptop, sheet.rotate(2, [anna], 'fresh'), aware);
    const after = sheet.stateOf(joined, granted, left, aware, stale, fresh);
    expect([after.rotationDue, current(after).by]).toEqual([false, fresh.hex]);
  });

  test('a fit one is used before an unfit one of a higher number', () => {
    const first = sheet.write(laptop, sheet.rotate(1, [anna]), sheet.founding);
    const old = sheet.groundsNow();
    const boxes = sheet.boxes(anna);
    world.revoke(anna.address, laptop, phone);
    const unaware = sheet.writeOn(old, laptop, { ...sheet.rotate(2, [anna]), boxes }, first);
    const higher = sheet.writeOn(old, laptop, { ...sheet.rotate(3, [anna]), boxes }, unaware);
    const fit = sheet.write(laptop, sheet.rotate(2, [anna], 'fit'), first);
    const { rejected } = sheet.stateOf(first, unaware, higher);
    expect(rejected.size).toBe(0);
    expect(current(sheet.stateOf(first, unaware, higher)).by).toBe(higher.hex);
    const apart = sheet.stateOf(first, unaware, fit);
    expect([apart.rotationDue, current(apart).by]).toEqual([false, fit.hex]);
  });

  test('a device that Bruno had lost before he joined is no reason to rotate; one he loses then is', () => {
    world.revoke(bruno.address, bruno.devices[0], bruno.devices[1]);
    const [joined, granted] = joinedBy();
    expect(sheet.stateOf(joined, granted).rotationDue).toBe(false);
    const fresh = paperDevice('fresh');
    world.add(bruno.address, bruno.devices[0], fresh);
    world.revoke(bruno.address, bruno.devices[0], fresh.id);
    expect(sheet.stateOf(joined, granted).rotationDue).toBe(true);
  });

  test('a device whose addition never counted is no reason to rotate: nobody active gave it a key since', () => {
    const [thief, after] = [paperDevice('thief'), world.heads(anna.address)];
    world.revoke(anna.address, laptop, phone);
    world.add(anna.address, phone, thief, after);
    const rotated = sheet.write(laptop, sheet.rotate(1, [anna]), sheet.founding);
    expect(sheet.stateOf(rotated).rotationDue).toBe(false);
  });

  test('rule 26: whose box is wrong says so, until a grant answers', () => {
    const [joined, granted] = joinedBy();
    const rotated = sheet.write(laptop, sheet.rotate(1, [anna, bruno]), granted);
    const { id } = current(sheet.stateOf(joined, granted, rotated));
    const wrong = sheet.write(bruno.devices[0], { type: 'complaint', id }, rotated);
    const stranger = sheet.write(camille.devices[0], { type: 'complaint', id }, rotated);
    const state = sheet.stateOf(joined, granted, rotated, wrong, stranger);
    expect(state.complaints).toEqual([{ device: bruno.devices[0], epoch: id }]);
    const ofAnother = sheet.write(phone, sheet.grant(bruno, ['ab'.repeat(32)]), wrong);
    expect(sheet.stateOf(joined, granted, rotated, wrong, ofAnother).complaints).toHaveLength(1);
    const answered = sheet.write(phone, sheet.grant(bruno), wrong);
    expect(sheet.stateOf(joined, granted, rotated, wrong, answered).complaints).toEqual([]);
  });

  /** Boxes as they were right when phone was active. */
  function staleBoxes(old: ReturnType<PaperSpace['groundsNow']>) {
    const heads = new Map(old.chains.map(({ address, heads: all }) => [address, all]));
    const chains = world.upTo(heads);
    const { active } = chains.state(anna.address)!;
    const ids = [
      addressHash(anna.address),
      ...[...active].map((id) => Uint8Array.from(Buffer.from(id, 'hex'))),
    ];
    return ids.map((recipient) => ({ address: anna.address, recipient, sealed: new Uint8Array(0) }));
  }
});

describe('what counts of data by a control', () => {
  test('is what counting controls of standing devices name, each once and in one order', () => {
    const [joined] = joinedBy();
    const names = [nameOf(phone, 3), nameOf(bruno.devices[0], 2), nameOf(laptop, 1)];
    const one = sheet.writeOn(sheet.groundsNow(names), laptop, NOTE, joined);
    const same = sheet.writeOn(sheet.groundsNow(names.slice(1)), bruno.devices[1], NOTE, one);
    const void_ = sheet.writeOn(
      sheet.groundsNow([nameOf(camille.devices[0], 1)]),
      camille.devices[0],
      NOTE,
      joined,
    );
    const { anchors } = sheet.stateOf(joined, one, same, void_);
    expect(anchors).toEqual([...names].sort((a, b) => (a.author + a.saying < b.author + b.saying ? -1 : 1)));
  });

  test('is nothing that a device names which no longer stands, grounded as its control may be', () => {
    const said = sheet.writeOn(sheet.groundsNow([nameOf(phone, 3)]), phone, NOTE, sheet.founding);
    const named = sheet.write(laptop, NOTE, said);
    expect(sheet.stateOf(said, named).anchors).toHaveLength(1);
    world.revoke(anna.address, laptop, phone);
    const { anchors, effective } = sheet.stateOf(said, named);
    expect([anchors, effective.has(said.hex)]).toEqual([[], true]);
  });
});

describe('known devices', () => {
  test('are those of owners and of whoever a known device lets join, each for one address', () => {
    const stray = sheet.write(bruno.devices[0], sheet.join(camille, [sheet.founding]), sheet.founding);
    const none = sheet.stateOf(stray);
    expect([none.isKnown(camille.devices[0]), none.isKnown(bruno.devices[0])]).toEqual([false, false]);
    const unagreed = sheet.write(
      laptop,
      { ...sheet.join(bruno, [sheet.founding]), acceptance: new Uint8Array(64) },
      sheet.founding,
    );
    const both = sheet.stateOf(stray, unagreed);
    expect([both.isKnown(camille.devices[0]), both.isKnown(bruno.devices[0])]).toEqual([true, true]);
    expect(both.addressOf(bruno.devices[0])).toBe(bruno.address);
    expect(namesOf(both.owners)).toEqual(['Anna']);
  });

  test('each have a client id of their own, whichever way the controls came', () => {
    const [joined] = joinedBy();
    const { clientIds } = sheet.stateOf(joined);
    expect([...clientIds.keys()]).toEqual([...anna.devices, ...bruno.devices]);
    expect(clientIds.get(phone)).toBe(clientIdOf(sheet.space, Uint8Array.from(Buffer.from(phone, 'hex'))));
    const taken = clientIdsOf(sheet.space, [laptop, phone, laptop], () => 7);
    expect([...taken]).toEqual([[laptop, 7]]);
  });
});

describe('the heads', () => {
  test('are what counts and nothing that counts builds on', () => {
    const [joined] = joinedBy();
    const left = sheet.write(bruno.devices[0], LEAVE, joined);
    const apart = sheet.write(phone, NOTE, sheet.founding);
    const stray = sheet.write(camille.devices[0], NOTE, left, apart);
    expect(sheet.stateOf(joined, left, apart, stray).heads.toSorted()).toEqual([left.hex, apart.hex].sort());
  });
});

describe('the bodies of a roster', () => {
  test('hostile bytes give null, and nothing has two spellings', () => {
    const withAuthority = paperSpace(anna, world, { authority: true });
    const bodies: RosterBody[] = [
      decodeRosterBody(sheet.frameBody)!,
      decodeRosterBody(withAuthority.frameBody)!,
      sheet.join(bruno, [sheet.founding]),
      withAuthority.join(bruno, [sheet.founding, withAuthority.founding], [anna, camille]),
      LEAVE,
      NOTE,
      sheet.order(bruno, hex(sheet.space), 2 ** 40),
      {
        ...sheet.rotate(3, [anna]),
        carried: [{ epoch: 2, statement: sheet.founding.statement.slice(0, 50) }],
      },
      sheet.grant(bruno),
      { type: 'complaint', id: hex(sheet.space) },
    ];
    for (const body of bodies)
      expectStrictDecoder(encodeRosterBody(body), decodeRosterBody, encodeRosterBody);
  });

  test('announce no more boxes or statements than there may be', () => {
    const rotate = encodeRosterBody({ ...sheet.rotate(1, []), boxes: [] });
    const [carriedAt, boxesAt] = [rotate.length - 4, rotate.length - 2];
    for (const at of [carriedAt, boxesAt]) {
      const many = rotate.slice();
      many.set([0xff, 0xff], at);
      expect(decodeRosterBody(many)).toBeNull();
    }
  });
});
