import { expect, test } from 'vitest';
import { hex, toOwned } from '#lib/bytes/bytes.ts';
import type { VerifiedControl } from '#lib/keys/control.ts';
import { generateEpoch } from '#lib/keys/epoch.ts';
import { decodeRosterBody, encodeRosterBody, MAX_CARRIED, type EpochBox } from '#lib/keys/roster-body.ts';
import { MAX_RECIPIENTS, sealEpochs } from '#lib/keys/rotations.ts';
import { MAX_DEPS, maxBody } from '#lib/keys/signed.ts';
import { person } from '../../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../../tests/helpers/tools/random.ts';
import { carriedControls, MAX_CARRIED_BYTES, pastOf } from './carried.ts';

const random = seededRandom('carried');

function control(length: number, ...after: readonly VerifiedControl[]): VerifiedControl {
  const inner = { author: random(32), seq: 1, clock: { time: 0, counter: 0 }, body: random(1) };
  return {
    id: random(32),
    epoch: 0,
    statement: toOwned(new Uint8Array(length).fill(after.length)),
    inner: { ...inner, before: [], deps: after.map(({ id }) => id) },
  };
}

const rotation = (carried: ReturnType<typeof carriedControls>, boxes: readonly EpochBox[]) =>
  encodeRosterBody({
    ...{ type: 'rotate', number: 1, id: '11'.repeat(32), read: '22'.repeat(32), boxes },
    carried,
  });

/** As many boxes as a rotation may have. */
async function allBoxes(): Promise<EpochBox[]> {
  const alice = await person('Alice');
  const { address, device } = alice;
  const epochs = [generateEpoch(random, 1)];
  const recipients = [{ address, id: device.id, sealing: device.bundle.sealing }];
  const [box] = await sealEpochs({ space: random(32), epochs, recipients, sender: device, random });
  return Array.from({ length: MAX_RECIPIENTS }, () => ({ ...box!, recipient: random(32) }));
}

test('20: a rotation carries what was said since the last one, each after what it builds on', () => {
  const first = control(300);
  const second = control(301, first);
  const third = control(302, second, first);
  for (const controls of [
    [first, second, third],
    [third, second, first],
    [second, third, first],
  ]) {
    const told = pastOf(controls, [hex(first.id)]);
    const isWanted = ({ id }: VerifiedControl) => !told.has(hex(id));
    const carried = carriedControls({ controls, isWanted, counts: () => false });
    expect(carried.map(({ statement }) => statement.length)).toEqual([301, 302]);
  }
  expect([...pastOf([first, second, third], [hex(third.id)])].sort()).toEqual(
    [first, second, third].map(({ id }) => hex(id)).sort(),
  );
});

test.each([
  ['so many', 3 * MAX_CARRIED, 64],
  ['so large', 40, 60_000],
])(
  '20 D07: whoever is about to be revoked and says %s keeps nobody from rotating; what counts is carried',
  async (_, count, length) => {
    const revocation = control(400);
    const flood = [control(length, revocation)];
    while (flood.length < count) flood.push(control(length, flood.at(-1)!));
    const leave = control(500, flood.at(-1)!);
    const counting = new Set([hex(revocation.id), hex(leave.id)]);
    const controls = random.shuffle([revocation, ...flood, leave]);
    const carried = carriedControls({ controls, isWanted: () => true, counts: (id) => counting.has(id) });
    const lengths = carried.map(({ statement }) => statement.length);
    expect(lengths.length).toBeLessThanOrEqual(MAX_CARRIED);
    expect(lengths.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(MAX_CARRIED_BYTES);
    expect([lengths[0], lengths.at(-1)]).toEqual([400, 500]);
    const body = rotation(carried, await allBoxes());
    // What is left holds names and chains: of those a frame says what there is room for, and the next ones the rest.
    expect(body.length).toBeLessThan(0.9 * maxBody(2 * MAX_DEPS));
    expect(decodeRosterBody(body)).toMatchObject({ type: 'rotate' });
  },
);
