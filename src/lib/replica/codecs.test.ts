import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { paperDevice, paperMembers } from '../../../tests/helpers/hostile/forge.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  decodeBody,
  decodeFrontier,
  decodeHeads,
  encodeBody,
  encodeFrontier,
  encodeHeads,
} from './bodies.ts';
import { deflate, inflate } from './deflate.ts';
import { RecordDocument } from './document.ts';
import { HLC_ZERO, MAX_DRIFT, observe, tick } from './hlc.ts';
import { appendLeaf, merkleRoot, peakCount, type Peaks } from './merkle.ts';
import { decodeSnapshot, encodeSnapshot, partOf } from './snapshot.ts';
import { decodeHead, EMPTY_HEAD, encodeHead, placeOf, type HeadState } from './state.ts';

const random = seededRandom('codecs');
const id = () => hex(random(32));
const [alice, bob] = [paperDevice('Alice'), paperDevice('Bob')];

test('a body gives back its grounds and content, and no other bytes do', () => {
  const deps = [1, 2].map((seq) => ({ author: alice, seq, id: id() }));
  const rules = [{ author: bob, seq: 9, id: id() }];
  const content = random(40);
  const body = encodeBody({ before: id(), deps, rules }, content);
  const ids = deps.map((dep) => dep.id).sort();
  const decoded = decodeBody(body, ids.map(fromHex));
  expect(decoded?.content).toEqual(content);
  expect(decoded?.rules).toEqual(rules);
  expect(decoded?.deps.map((dep) => dep.id)).toEqual(ids);
  expect(decodeBody(Uint8Array.of(2, ...body.subarray(1)), ids.map(fromHex))).toBeNull();
  expect(decodeBody(new Uint8Array(0), [])).toBeNull();
});

test('heads and frontiers come back as they were, in one spelling', () => {
  const frontier = [
    { author: alice, lane: 'control' as const, seq: 2, id: id(), clock: 0 },
    { author: alice, lane: 'data' as const, seq: 300, id: id(), clock: 70_000 },
    { author: bob, lane: 'data' as const, seq: 1, id: id(), clock: 0 },
  ];
  const sorted = decodeFrontier(encodeFrontier(frontier));
  expect(sorted).toHaveLength(3);
  expect(encodeFrontier([...frontier].reverse())).toEqual(encodeFrontier(frontier));
  const others = new Map([[id(), random(9)]]);
  expect(decodeHeads(encodeHeads({ frontier, others }))).toEqual({ frontier: sorted, others });
  expect(decodeFrontier(concatTwice(encodeFrontier(frontier)))).toBeNull();
});

test('the head comes back as it was', () => {
  const chain = { seq: 5, id: id(), frame: id(), clock: 12 };
  const head: HeadState = {
    ...EMPTY_HEAD,
    written: 3,
    nextTail: 7,
    controls: 2,
    clock: { time: Date.UTC(2026, 0, 1), counter: 4 },
    chains: new Map([[alice, chain]]),
    announced: new Map([[bob, 4]]),
    announcedRules: [id()],
    reach: new Map([[bob, new Map([[alice, { seq: 4, clock: 9 }]])]]),
    claims: new Map([
      [placeOf(bob, 'control'), { author: bob, lane: 'control', seq: 2, id: id(), by: alice }],
    ]),
    cursors: new Map([[id(), { after: 8, frame: random(32) }]]),
    base: {
      snapshots: [{ author: alice, parts: [id(), id()] }],
      verified: true,
      chains: new Map([[alice, chain]]),
    },
    undecided: [id()],
    wantsHistory: true,
  };
  expect(decodeHead(encodeHead(head))).toEqual(head);
  expect(decodeHead(encodeHead(EMPTY_HEAD))).toEqual(EMPTY_HEAD);
});

test('hostile bytes are no body, frontier, heads or head, and never an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      const bytes = toOwned(noise);
      for (const decode of [decodeFrontier, decodeHeads, decodeHead]) decode(bytes);
      decodeBody(bytes, [random(32)]);
      partOf(bytes);
    }),
  );
});

test('peaks that grew one by one give the root of the whole, and every id matters', () => {
  const ids = Array.from({ length: 13 }, () => random(32));
  const grow = (leaves: readonly Bytes[], from: Peaks = [], count = 0) =>
    leaves.reduce<Peaks>((peaks, leaf, i) => appendLeaf(peaks, count + i, leaf), from);
  const root = (leaves: readonly Bytes[], peaks = grow(leaves)) =>
    hex(merkleRoot(new Map([[alice, { seq: leaves.length, peaks }]])));
  for (let n = 1; n <= ids.length; n++) {
    const leaves = ids.slice(0, n);
    expect(grow(leaves)).toHaveLength(peakCount(n));
    for (let cut = 0; cut <= n; cut++)
      expect(root(leaves, grow(leaves.slice(cut), grow(leaves.slice(0, cut)), cut))).toBe(root(leaves));
  }
  const roots = new Set(ids.map((_, i) => root(ids.map((leaf, j) => (i === j ? random(32) : leaf)))));
  expect(roots.size).toBe(ids.length);
  expect(roots).not.toContain(root(ids));
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

test('a snapshot comes back from its parts; a changed bit anywhere, or a clock that does not fit, spoils it', async () => {
  const document = new RecordDocument();
  for (let i = 0; i < 20; i++)
    document.edit(
      1,
      [{ type: 'put', section: 'allergies', id: 'AAAAAAAAAAAAAAAAAAAAAA', fields: { name: `${i}` } }],
      i,
    );
  const members = paperMembers([alice]);
  const saying = id();
  const chain = {
    seq: 1,
    id: saying,
    frame: saying,
    clock: document.clock(1),
    peaks: appendLeaf([], 0, random(32)),
  };
  const snapshot = { frontier: new Map([[alice, chain]]), state: document.state() };
  const [part] = (await encodeSnapshot(snapshot)) ?? [];
  expect(await decodeSnapshot([part!], members)).toMatchObject(snapshot);
  for (let bit = 0; bit < 33 * 8; bit += 5) {
    const changed = part!.slice();
    changed[2 + (bit >>> 3)]! ^= 1 << (bit & 7);
    expect(await decodeSnapshot([changed], members)).toBeNull();
  }
  const late = { ...snapshot, frontier: new Map([[alice, { ...chain, clock: chain.clock + 1 }]]) };
  expect(await decodeSnapshot((await encodeSnapshot(late))!, members)).toBeNull();
  expect(await decodeSnapshot([part!], paperMembers([bob]))).toBeNull();
});

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
