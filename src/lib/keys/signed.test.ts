import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { FRAME_KINDS, type FrameAad } from '#lib/crypto/frame.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { deviceNamed, flipped } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import type { DeviceKeys } from './device.ts';
import { zeroId } from './ids.ts';
import {
  decodeInner,
  encodeInner,
  MAX_DEPS,
  maxBody,
  signInner,
  verifyInner,
  type FrameInner,
} from './inner.ts';

const random = seededRandom('inner');
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
    prev: random(32),
    deps: [random(32), random(32)],
    clock,
    body: random(40),
  };
  signed = await signInner(aad, inner, alice.signer);
});

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));
const anyInner: fc.Arbitrary<FrameInner> = fc
  .record({
    author: bytes32,
    seq: fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }),
    prev: bytes32.filter((bytes) => bytes.some((byte) => byte !== 0)),
    deps: fc.uniqueArray(bytes32, { maxLength: 8, selector: (bytes) => bytes.join() }),
    clock: fc.record({
      time: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      counter: fc.integer({ min: 0, max: 65535 }),
    }),
    body: fc.uint8Array({ maxLength: 500 }).map((bytes) => new Uint8Array(bytes)),
  })
  .map((made) => ({ ...made, deps: made.deps.sort((a, b) => Buffer.compare(a, b)) }));

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

  test('the first of a chain names no frame before it, and every other does', () => {
    const signature = new Uint8Array(64);
    const first = { ...inner, seq: 1, prev: zeroId() };
    expect(decodeInner(encodeInner(first, signature))).not.toBeNull();
    expect(decodeInner(encodeInner({ ...first, seq: 2 }, signature))).toBeNull();
    expect(decodeInner(encodeInner({ ...inner, seq: 1 }, signature))).toBeNull();
    expect(decodeInner(encodeInner({ ...first, seq: 0 }, signature))).toBeNull();
  });

  test('the longest body fits a frame beside as many dependencies as there may be', () => {
    const deps = Array.from({ length: MAX_DEPS }, () => random(32));
    const body = new Uint8Array(maxBody(MAX_DEPS));
    const longest = encodeInner({ ...inner, deps, body }, new Uint8Array(64));
    expect(decodeInner(longest)).not.toBeNull();
    const tooLong = { ...inner, deps, body: new Uint8Array(maxBody(MAX_DEPS) + 1) };
    expect(decodeInner(encodeInner(tooLong, new Uint8Array(64)))).toBeNull();
    expect(() => encodeInner({ ...inner, deps: [...deps, random(32)] }, new Uint8Array(64))).toThrow(
      RangeError,
    );
  });
});
