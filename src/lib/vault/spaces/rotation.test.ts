import { expect, test } from 'vitest';
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import type { EpochKeys } from '#lib/keys/epoch.ts';
import type { RosterState } from '#lib/keys/roster.ts';
import { decodeRosterBody, type RosterBody } from '#lib/keys/roster-body.ts';
import { seededRandom } from '../../../../tests/helpers/tools/random.ts';
import { actor, paperChains, paperSpace, type Entry } from '../../../../tests/helpers/worlds/rosters.ts';
import { rotateSpace } from './rotation.ts';

const anna = actor('Anna');
const bruno = actor('Bruno');
const [laptop, phone] = anna.devices;
const world = paperChains(anna, bruno);
const sheet = paperSpace(anna, world);

/** What Anna's laptop says when it rotates, having heard these, and under which of the epochs that it has keys of. */
async function rotation(
  heard: readonly Entry[],
  held?: readonly string[],
  under?: EpochKeys,
  numbered: RosterState['epochs'] = [],
) {
  const numbers = new Map(numbered.map(({ id, number }) => [id, number]));
  const roster = sheet.stateOf(...heard);
  const said: { body: RosterBody | null; under: string | undefined }[] = [];
  const control = (body: Bytes, epoch?: EpochKeys) => {
    said.push({ body: decodeRosterBody(body), under: epoch && hex(epoch.id) });
    return Promise.resolve(ok({ frame: body }));
  };
  const done = await rotateSpace({
    space: sheet.space,
    replica: { control, controls: () => heard },
    members: { roster, chains: world.chains() },
    epochs: (held ?? roster.epochs.map(({ id }) => id)).map((id) => keysOf(id, numbers.get(id))),
    seal: ({ recipients }) =>
      Promise.resolve(
        recipients.map(({ address, id }) => ({ address, recipient: id, sealed: new Uint8Array(0) })),
      ),
    random: seededRandom('rotation'),
    under,
  });
  return { roster, done, said };
}

const keysOf = (id: string, epoch = 0): EpochKeys =>
  ({ id: fromHex(id), epoch, space: sheet.space, topic: fromHex(id) }) as EpochKeys;

const carriedBy = (body: RosterBody | null | undefined): string[] =>
  body?.type === 'rotate' ? body.carried.map(({ statement }) => hex(statement)) : [];

const joined = sheet.write(laptop, sheet.join(bruno, [sheet.founding]), sheet.founding);
const granted = sheet.write(laptop, sheet.grant(bruno), joined);

test('25: a rotation has a box for each key of each owner, and follows the number before', async () => {
  const { said, done } = await rotation([joined, granted]);
  expect(done).toMatchObject({ ok: true, value: { epoch: 1 } });
  const recipientsIn = (body: RosterBody | null | undefined) =>
    body?.type === 'rotate' ? body.boxes.map(({ recipient }) => hex(recipient)).sort() : [];
  expect(said).toHaveLength(1);
  expect(recipientsIn(said[0]!.body)).toEqual(recipientsIn(sheet.rotate(1, [anna, bruno])));
});

test('25: seed 5157: it is said under the newest epoch that every owner has the key of', async () => {
  const unaware = sheet.write(phone, sheet.rotate(1, [anna]), sheet.founding);
  const { roster, said } = await rotation([joined, granted, unaware]);
  expect(roster.current?.number).toBe(1);
  expect(said[0]!.under).toBe(roster.epochs[0]!.id);
  const both = sheet.write(phone, sheet.rotate(1, [anna, bruno], 'both'), granted);
  const later = await rotation([joined, granted, both]);
  expect(later.said[0]!.under).toBe(later.roster.current!.id);
});

test('20: it carries what was said since the last one', async () => {
  const both = sheet.write(phone, sheet.rotate(1, [anna, bruno]), granted);
  const note = sheet.write(phone, { type: 'note' }, both);
  const { said } = await rotation([joined, granted, both, note]);
  expect(carriedBy(said[0]!.body)).toEqual([hex(note.statement)]);
});

test('20: of two epochs of one number it carries what was said under the one that an owner lacks', async () => {
  for (const label of ['a', 'b', 'c', 'd']) {
    const alone = sheet.write(phone, sheet.rotate(1, [anna], label), sheet.founding);
    const both = sheet.write(laptop, sheet.rotate(1, [anna, bruno], 'both'), granted);
    const note: Entry = { ...sheet.write(phone, { type: 'note' }, alone), epoch: 1 };
    const heard = [joined, granted, alone, both, note];
    const { epochs } = sheet.stateOf(...heard);
    const said = (await rotation(heard, undefined, undefined, epochs)).said[0]!;
    expect(said.under).toBe(epochs.find(({ by }) => by === both.hex)!.id);
    expect(carriedBy(said.body)).toContain(hex(note.statement));
    // What the beginning of that epoch tells is not told again.
    expect(carriedBy(said.body)).not.toContain(hex(granted.statement));
  }
});

test('20: said under an older epoch it carries all since that may have been said under one that somebody lacks', async () => {
  const alone = sheet.write(phone, sheet.rotate(1, [anna]), sheet.founding);
  const note: Entry = { ...sheet.write(phone, { type: 'note' }, alone), epoch: 1 };
  const { said, roster } = await rotation([joined, granted, alone, note]);
  expect(said[0]!.under).toBe(roster.epochs[0]!.id);
  expect(carriedBy(said[0]!.body)).toEqual([hex(note.statement)]);
});

test('25: where the chain of an owner is not known there is no rotation, rather than one that leaves somebody out', async () => {
  const said: Bytes[] = [];
  const done = await rotateSpace({
    space: sheet.space,
    replica: {
      control: (body) => (said.push(body), Promise.resolve(ok({ frame: body }))),
      controls: () => [],
    },
    members: { roster: sheet.stateOf(joined, granted), chains: paperChains(anna).chains() },
    epochs: [],
    seal: () => Promise.resolve([]),
    random: seededRandom('rotation'),
  });
  expect([done, said]).toEqual([{ ok: false, error: { type: 'incomplete' } }, []]);
});
