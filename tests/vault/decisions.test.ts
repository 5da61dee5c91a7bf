/**
 * What a person decided of the words of a revoked device is believed of devices that stand: a thief that settles its own
 * words, while it still can, hides nothing.
 */
import { expect, test } from 'vitest';
import type { Edit } from '#lib/record/entry.ts';
import { SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { statementId } from '#lib/record/sections/statements.ts';
import { shortOf } from '#lib/replica/lane.ts';
import type { RosterSpace } from '#lib/vault/spaces/roster-space.ts';
import { decisionId, decisionsIn, entriesOf } from '#lib/vault/account/undecided.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];

/** The phone says this, the tablet takes it in, and the laptop, which has heard nothing of it, revokes the phone. */
async function keptWords(saysNext: (saying: string) => readonly Edit[]) {
  const world = await replicaWorld(NAMES, 'decisions', { who: await people(NAMES) });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  await phone.allergy('Pénicilline');
  const { saying } = phone.replica.lanesOf(phone.id)[0]!;
  const said = await phone.replica.edit(saysNext(saying));
  expect(said.ok).toBe(true);
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop, tablet]);
  await settle([laptop.replica, tablet.replica], world.relay);
  return { world, laptop, tablet, saying };
}

const decide = (saying: string, decision: string): Edit => ({
  ...{ type: 'put', section: 'settled-words', id: decisionId(saying) },
  fields: { saying: decisionId(saying), decision },
});

const decisionsOf = ({ replica }: WorldDevice) =>
  decisionsIn({ replica, roster: () => replica.members().roster } as unknown as RosterSpace);

test('10: a thief that sets its own word aside, or keeps it in its victim’s name, has settled nothing', async () => {
  for (const decision of ['kept', 'aside']) {
    const { laptop, tablet, saying } = await keptWords((one) => [decide(one, decision)]);
    for (const device of [laptop, tablet]) {
      const words = await device.replica.unsettled();
      expect(words.ok && words.value.kept.map((word) => word.saying)).toContain(shortOf(saying));
      expect(decisionsOf(device).on(saying), device.name).toBeNull();
    }
  }
});

test('10: what a device that stands decides is believed, on all of them, and is asked again where it was taken back', async () => {
  const { world, laptop, tablet, saying } = await keptWords((one) => [decide(one, 'aside')]);
  for (const [decision, believed] of [
    ['kept', 'kept'],
    ['open', null],
    ['aside', 'aside'],
  ] as const) {
    expect((await tablet.replica.edit([decide(saying, decision)])).ok).toBe(true);
    await settle([laptop.replica, tablet.replica], world.relay);
    for (const device of [laptop, tablet]) expect(decisionsOf(device).on(saying)).toBe(believed);
  }
});

test('10: that it declared nothing to be known, or changed who the person is, is told as well', async () => {
  const none: Edit = {
    type: 'put',
    section: 'statements',
    id: statementId('allergies'),
    fields: { section: 'allergies', date: '2026-01-05' },
  };
  const sex: Edit = {
    type: 'put',
    section: 'identity',
    id: SINGLE_ENTRY,
    fields: { sex: 'male' },
  };
  const { laptop } = await keptWords(() => [none, sex]);
  const words = await laptop.replica.unsettled();
  const told = (words.ok ? words.value.kept : []).flatMap((word) => entriesOf(word, laptop.replica.record()));
  expect(told).toContainEqual(
    expect.objectContaining({ section: 'statements', named: { section: 'allergies' } }),
  );
  expect(told).toContainEqual(expect.objectContaining({ section: 'identity', fields: { sex: 'male' } }));
});
