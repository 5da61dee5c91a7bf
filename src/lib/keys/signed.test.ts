import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { FRAME_KINDS, type FrameAad } from '#lib/crypto/frame.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { deviceNamed, flipped } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import type { DeviceKeys } from './device.ts';
import {
  decodeInner,
  encodeInner,
  MAX_DEPS,
  maxBody,
  sayingOf,
  signInner,
  verifyInner,
  type FrameInner,
} from './signed.ts';

const random = seededRandom('signed');
const aad: FrameAad = { space: random(32), epoch: 3, kind: 'update' };

let alice: DeviceKeys;
let bob: DeviceKeys;
let inner: FrameInner;
let signed: Bytes;

beforeAll(async () => {
  [alice, bob] = await Promise.all([deviceNamed('Alice'), deviceNamed('Bob')]);
  const clock = { time: Date.UTC(2026, 10, 23), counter: 7 };
  inner = {
    author: alice.id,
    seq: 2,
    before: [random(32)],
    deps: [random(32), random(32)],
    clock,
    body: random(40),
  };
  signed = await signInner(aad, inner, alice.signer);
});

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));
const someIds = fc.uniqueArray(bytes32, { maxLength: 8, selector: (bytes) => bytes.join() });
const ascending = (ids: Uint8Array<ArrayBuffer>[]) => [...ids].sort((a, b) => Buffer.compare(a, b));
const anyInner: fc.Arbitrary<FrameInner> = fc
  .record({
    author: bytes32,
    seq: fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }),
    before: someIds.filter((ids) => ids.length > 0),
    deps: someIds,
    clock: fc.record({
      time: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      counter: fc.integer({ min: 0, max: 65535 }),
    }),
    body: fc.uint8Array({ maxLength: 500 }).map((bytes) => new Uint8Array(bytes)),
  })
  .map(({ before: [first, ...joined], ...made }) => ({
    ...made,
    before: [first!, ...ascending(joined)],
    deps: ascending(made.deps),
  }));

describe('what is inside a frame', () => {
  test('reading inverts writing', () => {
    fc.assert(
      fc.property(anyInner, (made) => {
        const decoded = decodeInner(encodeInner(made, new Uint8Array(64)));
        expect(decoded?.inner).toEqual(made);
      }),
    );
  });

  test('Bob reads what Alice signed', async () => {
    const read = await verifyInner(aad, signed, alice.bundle.signing);
    expect(read).toEqual({ ...inner, deps: [...inner.deps].sort((a, b) => Buffer.compare(a, b)) });
  });

  test('Bob finds that it is not his own', async () => {
    expect(await verifyInner(aad, signed, bob.bundle.signing)).toBeNull();
  });

  test('a flipped bit never verifies', async () => {
    for (let i = 0; i < 200; i++) {
      const bit = random.int(signed.length * 8);
      expect(await verifyInner(aad, flipped(signed, bit), alice.bundle.signing), `bit ${bit}`).toBeNull();
    }
  });

  test('B01: it verifies in no other space, epoch or kind', async () => {
    const key = alice.bundle.signing;
    expect(await verifyInner({ ...aad, space: random(32) }, signed, key)).toBeNull();
    expect(await verifyInner({ ...aad, epoch: 4 }, signed, key)).toBeNull();
    for (const kind of FRAME_KINDS.filter((kind) => kind !== aad.kind)) {
      expect(await verifyInner({ ...aad, kind }, signed, key), kind).toBeNull();
    }
  });

  test('hostile bytes give null, and nothing has two spellings', () => {
    expectStrictDecoder(signed, decodeInner, (decoded) => encodeInner(decoded.inner, decoded.signature));
  });

  test('dependencies have one order, each once', async () => {
    const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const ordered = await signInner(aad, { ...inner, deps: [a, b] }, alice.signer);
    const written = await signInner(aad, { ...inner, deps: [b, a] }, alice.signer);
    expect(decodeInner(written)?.signed).toEqual(decodeInner(ordered)?.signed);
    const at = ordered.length - 64 - inner.body.length - 12 - 64;
    const swapped = concat(ordered.slice(0, at), b, a, ordered.slice(at + 64));
    const twice = concat(ordered.slice(0, at), a, a, ordered.slice(at + 64));
    expect(decodeInner(concat(ordered.slice(0, at), a, b, ordered.slice(at + 64)))).not.toBeNull();
    expect(decodeInner(swapped)).toBeNull();
    expect(decodeInner(twice)).toBeNull();
  });

  test('what it goes on from stands first, then the branches that it joins again, in order and each once', () => {
    const [a, b, c] = [3, 1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes, Bytes];
    const signature = new Uint8Array(64);
    const joining = encodeInner({ ...inner, before: [a, c, b] }, signature);
    expect(decodeInner(joining)?.inner.before).toEqual([a, b, c]);
    const at = 1 + 32 + 1 + 1;
    const spelled = (...ids: Bytes[]) =>
      decodeInner(concat(joining.slice(0, at), ...ids, joining.slice(at + 96)));
    expect(spelled(a, b, c)).not.toBeNull();
    expect(spelled(a, c, b)).toBeNull();
    expect(spelled(a, b, b)).toBeNull();
    expect(spelled(b, b, c)).toBeNull();
  });

  test('the first of a lane goes on from nothing, and every other from something', () => {
    const signature = new Uint8Array(64);
    const first = encodeInner({ ...inner, seq: 1, before: [] }, signature);
    expect(decodeInner(first)).not.toBeNull();
    const seqAt = 1 + 32;
    const second = encodeInner(inner, signature);
    for (const seq of [0, 2]) expect(decodeInner(withByte(first, seqAt, seq)), `${seq}`).toBeNull();
    for (const seq of [0, 1]) expect(decodeInner(withByte(second, seqAt, seq)), `${seq}`).toBeNull();
    expect(() => encodeInner({ ...inner, seq: 1 }, signature)).toThrow(RangeError);
    expect(() => encodeInner({ ...inner, before: [] }, signature)).toThrow(RangeError);
  });

  test('the longest body fits a frame beside as many dependencies as there may be', () => {
    const deps = Array.from({ length: MAX_DEPS }, () => random(32));
    const body = new Uint8Array(maxBody(MAX_DEPS + 1));
    const last = { ...inner, seq: Number.MAX_SAFE_INTEGER, deps, body };
    expect(decodeInner(encodeInner(last, new Uint8Array(64)))).not.toBeNull();
    const tooLong = { ...last, body: new Uint8Array(body.length + 1) };
    expect(decodeInner(encodeInner(tooLong, new Uint8Array(64)))).toBeNull();
    expect(() => encodeInner({ ...inner, deps: [...deps, random(32)] }, new Uint8Array(64))).toThrow(
      RangeError,
    );
  });
});

describe('the saying of a statement', () => {
  const sayingIn = (bytes: Bytes) => sayingOf(aad.space, 'update', decodeInner(bytes)!.signed);

  test('is the same under another epoch, another signature and another frame', async () => {
    const again = await signInner({ ...aad, epoch: 9 }, inner, alice.signer);
    expect(again).not.toEqual(signed);
    expect(sayingIn(again)).toEqual(sayingIn(signed));
  });

  test('is another for whatever else it says, in another space, and of another kind', () => {
    const { signed: said } = decodeInner(signed)!;
    const sayings = [
      sayingIn(signed),
      sayingOf(random(32), 'update', said),
      ...FRAME_KINDS.filter((kind) => kind !== 'update').map((kind) => sayingOf(aad.space, kind, said)),
      ...Array.from({ length: 40 }, () =>
        sayingOf(aad.space, 'update', flipped(said, random.int(said.length * 8))),
      ),
    ];
    expect(new Set(sayings.map(hex)).size).toBe(sayings.length);
  });
});

function withByte(bytes: Bytes, at: number, value: number): Bytes {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}
