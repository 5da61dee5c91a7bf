/**
 * C04, C05 and C08 with a whole vault: whatever bytes the relay sends over a real session, none reaches Yjs that another
 * device of Alice did not sign. The laptop is closed meanwhile, so that all that is counted is the phone's.
 */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Dial } from '#lib/sync/transport.ts';
import { DEFAULT_LIMITS } from '../../relay/bounds/limits.ts';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';
import { forgetReached, reached } from '../helpers/hostile/yjs-spy.ts';

vi.mock('yjs', async (original) => (await import('../helpers/hostile/yjs-spy.ts')).spied(await original()));

const FLIPS = 3_000;
const NAMES = ['Arachide', 'Latex', 'Pollen'];

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice;
/** What becomes of a message with frames on its way down to the phone. */
let wire: (message: Bytes) => Bytes = (message) => message;

/** First byte of the message that carries frames to who follows a topic (src/lib/protocol/relay/codes.ts). */
const EVENTS = 0x86;

beforeAll(async () => {
  world = await vaultWorld({
    limits: { ...DEFAULT_LIMITS, connectsPerMinute: 100_000, refusalsPerMinute: 100_000 },
  });
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  const tapped =
    (line: (honest: Dial) => Dial) =>
    (honest: Dial): Dial =>
    (events) =>
      line(honest)({
        ...events,
        message: (message) => events.message(message[0] === EVENTS ? wire(message) : message),
      });
  phone = world.device({ line: tapped(evil.line('phone')) });
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  for (const name of NAMES) good(await laptop.vault.edit('moi', [allergy(name)]));
  await eventually(
    () => allergies(phone),
    (names) => names.length === NAMES.length,
  );
  await settled(phone);
  await settled(laptop);
  await laptop.vault.lock();
  await online();
}, 60_000);
afterAll(() => world?.close());
beforeEach(forgetReached);

const online = () =>
  eventually(
    async () => good(await phone.vault.sync('moi')).connection,
    (connection) => connection === 'online',
  );

/** The phone has taken in what was sent: it answers a question that it asks the relay itself. */
async function caughtUp(): Promise<void> {
  // A line that is open is not tried: busy with three thousand frames it would seem dead.
  if (good(await phone.vault.sync('moi')).connection !== 'online') good(await phone.vault.retry());
  await online();
  // It is asked again when what is sent keeps it longer than it waits for the answer.
  await eventually(
    () => phone.vault.footprint(),
    ({ ok }) => ok,
  );
}

async function unharmed(): Promise<void> {
  await caughtUp();
  expect(reached).toEqual({ applied: 0, decoded: 0 });
  expect(await allergies(phone)).toEqual(NAMES);
}

function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

test(`C08: of ${FLIPS} frames with one bit flipped, sent over the session that is open, none reaches Yjs`, async () => {
  const random = seededRandom('C08 frames');
  const frames = evil.frames().filter(({ frame }) => frame);
  for (let i = 0; i < FLIPS; i++) {
    const { topic, frame } = random.pick(frames);
    evil.inject(topic, flipped(frame!, random.int(frame!.length * 8)), { device: 'phone' });
  }
  await unharmed();
}, 60_000);

/** Has the relay send events until `isDone`; the phone hangs up on what it cannot read, and comes back. */
async function sendEvents(isDone: () => boolean): Promise<void> {
  const [{ topic, frame } = { topic: '', frame: undefined }] = evil.frames().filter((shown) => shown.frame);
  while (!isDone()) {
    await eventually(
      () => evil.listens('phone', topic),
      (listens) => {
        if (!listens) void phone.vault.retry();
        return listens;
      },
    );
    evil.inject(topic, frame!, { device: 'phone' });
  }
}

test('C08: with a bit flipped anywhere in the messages that carry frames, nothing reaches Yjs', async () => {
  const random = seededRandom('C08 messages');
  let changed = 0;
  wire = (message) => {
    changed++;
    return flipped(message, random.int(message.length * 8));
  };
  await sendEvents(() => changed >= 300);
  wire = (message) => message;
  await unharmed();
}, 60_000);

test('C05: Yjs bytes in the place of frames, and in the place of messages, are taken by no path', async () => {
  const doc = new Y.Doc();
  for (let i = 0; i < 50; i++) doc.getMap('allergies').set(`AAAAAAAAAAAAAAAAAAAAAA/f${i}`, i);
  const before = Y.encodeStateVector(doc);
  for (const key of [...doc.getMap('allergies').keys()]) doc.getMap('allergies').delete(key);
  const hostile = [
    Y.encodeStateAsUpdate(doc),
    Y.encodeStateAsUpdate(doc, before),
    Y.encodeStateAsUpdateV2(doc),
    before,
    Uint8Array.of(0, 0),
    Uint8Array.of(0, 2, 2, 0, 0),
  ].map((bytes) => new Uint8Array(bytes));
  for (const bytes of hostile)
    for (const topic of evil.topics()) evil.inject(topic, bytes, { device: 'phone' });
  await caughtUp();
  for (const bytes of hostile) {
    let sent = false;
    wire = () => {
      sent = true;
      return bytes;
    };
    await sendEvents(() => sent);
  }
  wire = (message) => message;
  await unharmed();
}, 60_000);

test('C04: every frame of every space a hundred times in random order: nothing reaches Yjs again, and nobody is accused', async () => {
  const random = seededRandom('C04 vault');
  const before = good(await phone.vault.notices()).length;
  const frames = evil.frames().filter(({ frame }) => frame);
  for (const { topic, frame, cursor } of random.shuffle(Array.from({ length: 100 }, () => frames).flat()))
    evil.inject(topic, frame!, { cursor, device: 'phone' });
  await unharmed();
  expect(good(await phone.vault.notices())).toHaveLength(before);
}, 60_000);

test('C08: after all that the phone still takes what the laptop says', async () => {
  await laptop.reopen(ALICE);
  good(await laptop.vault.edit('moi', [allergy('Soja')]));
  await eventually(
    () => allergies(phone),
    (names) => names.includes('Soja'),
  );
  expect(reached.applied).toBeGreaterThan(0);
  expect(new Set(evil.frames().map(({ topic }) => topic)).size).toBeGreaterThanOrEqual(3);
});
