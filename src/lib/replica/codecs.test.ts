import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { concat, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { addressOfHash } from '#lib/keys/address.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { decodeFrontier, decodeHeads, encodeFrontier, encodeHeads } from './bodies.ts';
import { deflate, inflate } from './deflate.ts';
import { RecordDocument } from './document/document.ts';
import { MAX_STATE } from './document/format.ts';
import { HLC_ZERO, MAX_DRIFT, observe, tick } from './hlc.ts';
import { Lane, shortOf } from './lane.ts';
import type { LaneHead } from './log.ts';
import type { Members } from './members.ts';
import { decodeSnapshot, encodeSnapshot, partOf, readSnapshot, type Snapshot } from './snapshot.ts';
import { claimKey, decodeHead, EMPTY_HEAD, encodeHead, type Claim, type HeadState } from './state.ts';

const random = seededRandom('codecs');
const id = () => hex(random(32));
const [alice, bob] = [id(), id()];
const knowing = (...authors: readonly string[]) =>
  ({
    author: (one: string) =>
      authors.includes(one) ? { signing: random(32), clientId: 1 + authors.indexOf(one) } : undefined,
  }) as unknown as Members;

const headOf = (author: string, seq: number): LaneHead => ({
  ...{ author, seq, saying: id(), frame: id(), clock: 12 },
  isJoined: seq % 2 === 0,
});

test('heads and frontiers come back as they were, in one spelling', () => {
  const place = () => ({ saying: id(), frame: id() });
  const frontier = [
    { author: alice, isControl: true, seq: 2, ...place(), clock: 0 },
    { author: alice, isControl: false, seq: 300, ...place(), clock: 70_000 },
    { author: alice, isControl: false, seq: 7, ...place(), clock: 1 },
    { author: bob, isControl: false, seq: 1, ...place(), clock: 0 },
  ];
  const sorted = decodeFrontier(encodeFrontier(frontier));
  expect(sorted).toHaveLength(4);
  expect(encodeFrontier([...frontier].reverse())).toEqual(encodeFrontier(frontier));
  const others = new Map([[id(), random(9)]]);
  expect(decodeHeads(encodeHeads({ frontier, others }))).toEqual({ frontier: sorted, others });
  expect(decodeFrontier(concatTwice(encodeFrontier(frontier)))).toBeNull();
  const twice = [frontier[3]!, frontier[3]!];
  expect(decodeFrontier(encodeFrontier(twice))).toBeNull();
  expect(decodeFrontier(encodeFrontier([{ ...frontier[3]!, seq: 0 }]))).toBeNull();
});

test('the head comes back as it was', () => {
  const claim: Claim = { author: bob, isControl: true, seq: 2, saying: id(), frame: id(), by: alice };
  const lanes = new Map([
    [alice, headOf(alice, 5)],
    [`${alice} ${id()}`, headOf(alice, 4)],
  ]);
  const head: HeadState = {
    ...EMPTY_HEAD,
    judged: new Map([['address three', [id(), id()]]]),
    written: 3,
    nextTail: 7,
    controls: 2,
    carried: true,
    clock: { time: Date.UTC(2026, 0, 1), counter: 4 },
    lanes,
    shown: new Map([[bob, headOf(bob, 1)]]),
    announced: {
      lanes: [id()],
      controls: [id(), id()],
      chains: new Map([['address one', [id()]]]),
      controlChains: new Map([['address two', []]]),
    },
    reach: new Map([[bob, new Map([[alice, { seq: 4, clock: 9 }]])]]),
    claims: new Map([[claimKey(claim), claim]]),
    cursors: new Map([[id(), { after: 8, frame: random(32) }]]),
    base: {
      snapshots: [{ author: alice, parts: [id(), id()] }],
      verified: true,
      namedBy: id(),
      hasLetGo: true,
      lanes,
    },
    undecided: [id()],
    missing: { lanes, controls: 3, unknown: true },
    wantsHistory: true,
  };
  expect(decodeHead(encodeHead(head))).toEqual(head);
  expect(decodeHead(encodeHead(EMPTY_HEAD))).toEqual(EMPTY_HEAD);
});

test('hostile bytes are no frontier, heads or head, and never an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      const bytes = toOwned(noise);
      for (const decode of [decodeFrontier, decodeHeads, decodeHead]) decode(bytes);
      partOf(bytes);
    }),
  );
});

test('what was deflated inflates to its length, and to no other', async () => {
  const bytes = new Uint8Array(100_000).fill(7);
  const small = await deflate(bytes);
  expect(small.length).toBeLessThan(1000);
  expect(await inflate(small, bytes.length)).toEqual(bytes);
  expect(await inflate(small, bytes.length - 1)).toBeNull();
  expect(await inflate(small, bytes.length + 1)).toBeNull();
  expect(await inflate(small.subarray(0, 20), bytes.length)).toBeNull();
  expect(await inflate(random(50), 50)).toBeNull();
});

/** A lane in which every word sets the same few values, and the head that leads to it. */
function spoken(author: string, client: number, words: number) {
  const document = new RecordDocument();
  document.putLane('lane', new Lane(client));
  let saying = '';
  for (let i = 0; i < words; i++) {
    saying = id();
    const edit = {
      type: 'put',
      section: 'allergies',
      id: 'AAAAAAAAAAAAAAAAAAAAAA',
      fields: { name: `${i}` },
    } as const;
    document.apply('lane', document.edit('lane', [edit], i), { short: shortOf(saying), time: i, counter: 0 });
  }
  const lane = document.lanes.get('lane')!;
  const head: LaneHead = { author, seq: words, saying, frame: id(), clock: lane.clock, isJoined: false };
  return { head, lane };
}

const foldsOf = ({ lanes }: Snapshot) =>
  [...lanes].map(([name, { head, lane }]) => [name, head, hex(lane.encode())]);

test('28: a snapshot comes back from its parts, in one spelling; a changed bit anywhere, or a head that does not fit, spoils it', async () => {
  const members = knowing(alice);
  const one = spoken(alice, 1, 20);
  const name = { author: bob, seq: 3, saying: id(), frame: id() };
  const snapshot: Snapshot = {
    lanes: new Map([[alice, one]]),
    chains: new Map(),
    controls: [{ epoch: 2, statement: random(90) }],
    late: [id(), id()].sort(),
    names: [name],
  };
  const [part] = (await encodeSnapshot(snapshot)) ?? [];
  const read = await decodeSnapshot([part!], members);
  expect({ ...read, lanes: null }).toEqual({ ...snapshot, lanes: null });
  expect(foldsOf(read!)).toEqual(foldsOf(snapshot));
  for (let bit = 0; bit < 33 * 8; bit += 5) {
    const changed = part!.slice();
    changed[2 + (bit >>> 3)]! ^= 1 << (bit & 7);
    expect(await decodeSnapshot([changed], members)).toBeNull();
  }
  const { head, lane } = one;
  const wrong = [{ seq: head.seq + 1 }, { seq: head.seq - 1 }, { seq: 0 }, { saying: id() }];
  for (const change of wrong) {
    const lanes = new Map([[alice, { head: { ...head, ...change }, lane }]]);
    expect(await decodeSnapshot((await encodeSnapshot({ ...snapshot, lanes }))!, members)).toBeNull();
  }
  const twice = { ...snapshot, names: [name, name] };
  expect(await decodeSnapshot((await encodeSnapshot(twice))!, members)).toBeNull();
  expect(await decodeSnapshot([part!], knowing(bob))).toBeNull();
  const told = await readSnapshot([part!], knowing(bob));
  expect(told).toEqual({ snapshot: { ...snapshot, lanes: new Map() }, strangers: [alice] });
  expect(await readSnapshot([part!.subarray(0, -1)], knowing(bob))).toBeNull();
});

test.each(['lanes', 'chains', 'statements', 'controls', 'late', 'names'] as const)(
  '28: what nobody would take in is not made: with one too many %s there is no snapshot, with as many as there may be it is read',
  async (what) => {
    const most = what === 'lanes' || what === 'chains' ? 4096 : 65_536;
    const numbered = (number: number) => number.toString(16).padStart(64, '0');
    const { head, lane } = spoken(alice, 1, 1);
    const statement = new Uint8Array(1);
    const withMany = (count: number): Snapshot => {
      const ids = Array.from({ length: count }, (_, i) => numbered(i + 1));
      const of = (one: typeof what) => (what === one ? ids : []);
      const addresses = of('chains').map((one) => addressOfHash(fromHex(one)));
      const chains = new Map(addresses.map((address) => [address, [statement]]));
      if (what === 'statements')
        chains.set(
          addressOfHash(fromHex(alice)),
          ids.map(() => statement),
        );
      return {
        lanes: new Map(of('lanes').map((author) => [author, { head: { ...head, author }, lane }])),
        chains,
        controls: of('controls').map((_, epoch) => ({ epoch, statement })),
        late: of('late'),
        names: of('names').map((saying) => ({ author: bob, seq: 1, saying, frame: saying })),
      };
    };
    const everybody = { author: () => ({ signing: random(32), clientId: 1 }) } as unknown as Members;
    const parts = await encodeSnapshot(withMany(most));
    expect(await decodeSnapshot(parts!, everybody)).not.toBeNull();
    expect(await encodeSnapshot(withMany(most + 1))).toBeNull();
  },
);

test('the clock rises, follows others a little, and lets itself be put right', () => {
  const now = Date.UTC(2026, 0, 1);
  let clock = tick(HLC_ZERO, now);
  for (let i = 0; i < 70_000; i++) {
    const next = tick(clock, now);
    const rises = next.time > clock.time || next.counter > clock.counter;
    if (!rises) expect(rises, `${i}`).toBe(true);
    clock = next;
  }
  expect(clock.time).toBe(now + 1);
  const near = { time: now + MAX_DRIFT, counter: 0 };
  expect(observe(clock, near, now)).toBe(near);
  expect(observe(clock, { time: now + MAX_DRIFT + 1, counter: 0 }, now)).toBe(clock);
  expect(tick({ time: now + 10 * 365 * 86_400_000, counter: 0 }, now)).toEqual({ time: now, counter: 0 });
});

function concatTwice(bytes: Bytes): Bytes {
  return Uint8Array.of(...bytes, ...bytes);
}

test('a snapshot that announces more than there may be is refused before anything is unpacked', async () => {
  const inflating = vi.spyOn(globalThis, 'DecompressionStream');
  onTestFinished(() => inflating.mockRestore());
  const deflated = await deflate(new Uint8Array(9));
  const members = knowing(alice);
  for (const [announced, isTried] of [
    [MAX_STATE + 1, false],
    [2 ** 32 - 1, false],
    [MAX_STATE, true],
  ] as const) {
    const payload = new Writer(64).u32(announced).bytes(deflated).finish();
    expect(await decodeSnapshot([concat(Uint8Array.of(0, 1), payload)], members)).toBeNull();
    expect(inflating.mock.calls.length > 0, String(announced)).toBe(isTried);
  }
});
