import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { equal, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { expectStrictDecoder } from '../../../tests/helpers/hostile/hostile.ts';
import { deviceNamed, flipped, person, type Person } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { verifyAcceptance } from './chain-body.ts';
import type { DeviceKeys } from './device.ts';
import {
  createLinkCode,
  displayedLinkCode,
  grantLink,
  LINK_LIFETIME,
  linkCodeToQr,
  linkKeys,
  newDeviceAt,
  newDeviceConfirms,
  newDeviceReceives,
  openDeviceAt,
  openDeviceConfirms,
  openDeviceReceives,
  openLinkMessage,
  parseLinkCode,
  sealLinkMessage,
  startNewDevice,
  startOpenDevice,
  type LinkStep,
  type NewDeviceState,
  type OpenDeviceState,
} from './link.ts';
import { cleanName, decodeLinkMessage, encodeLinkMessage, phraseOf, transcriptOf } from './link/messages.ts';

const PAYLOAD = utf8('keys of the account space');
const NOW = Date.UTC(2026, 10, 23);

let alice: Person;
let phone: DeviceKeys;
let evil: DeviceKeys;

beforeAll(async () => {
  alice = await person('Alice');
  [phone, evil] = await Promise.all([deviceNamed('phone'), deviceNamed('evil')]);
});

/** One side of a talk, with all it ever said. */
interface Side<S> {
  state: S;
  readonly said: Bytes[];
}

function take<S>(side: Side<S>, step: LinkStep<S>): void {
  side.state = step.state;
  side.said.push(...step.send);
}

function newDevice(device = phone, seed = 'phone'): Side<NewDeviceState> {
  const step = startNewDevice({ device, name: "Le téléphone d'Alice", random: seededRandom(seed), now: NOW });
  return { state: step.state, said: [...step.send] };
}

function openDevice(device = alice.device, seed = 'laptop'): Side<OpenDeviceState> {
  const random = seededRandom(seed);
  const step = startOpenDevice({ device, address: alice.address, name: 'Portable', random, now: NOW });
  return { state: step.state, said: [...step.send] };
}

/** Everything said so far reaches both sides, their own words included, in the order said. */
async function exchange(n: Side<NewDeviceState>, o: Side<OpenDeviceState>, now = NOW): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const message of [...n.said, ...o.said]) {
      take(o, await openDeviceReceives(o.state, message, now));
      take(n, await newDeviceReceives(n.state, message, now));
    }
  }
}

async function grant(o: Side<OpenDeviceState>, payload = PAYLOAD): Promise<void> {
  if (o.state.type !== 'confirmed') throw new Error(`not confirmed but ${o.state.type}`);
  take(o, await grantLink(o.state, payload));
}

function phraseIn(side: { state: NewDeviceState | OpenDeviceState }): readonly string[] {
  return 'phrase' in side.state ? side.state.phrase : [];
}

const REFUSED = { type: 'failed', error: { type: 'link-refused' } };
const INTERCEPTED = { type: 'failed', error: { type: 'link-intercepted' } };
const EXPIRED = { type: 'failed', error: { type: 'link-expired' } };

let n: Side<NewDeviceState>;
let o: Side<OpenDeviceState>;
beforeEach(() => {
  n = newDevice();
  o = openDevice();
});

describe('Alice links her phone', () => {
  test('both show the same three words and the name of the other, and the phone gets what it is granted', async () => {
    await exchange(n, o);
    expect(n.state).toMatchObject({ type: 'compare', peerName: 'Portable' });
    expect(o.state).toMatchObject({ type: 'compare', peerName: "Le téléphone d'Alice" });
    expect(phraseIn(n)).toHaveLength(3);
    expect(phraseIn(n)).toEqual(phraseIn(o));
    take(o, openDeviceConfirms(o.state, true, NOW));
    take(n, newDeviceConfirms(n.state, true, NOW));
    await grant(o);
    await exchange(n, o);
    expect(n.state).toMatchObject({ type: 'done', address: alice.address, payload: PAYLOAD });
    expect(o.state).toEqual({ type: 'done' });
  });

  test('in either order of confirming', async () => {
    await exchange(n, o);
    take(o, openDeviceConfirms(o.state, true, NOW));
    await grant(o);
    await exchange(n, o);
    expect(n.state, 'nothing is believed before the person has compared here too').toMatchObject({
      type: 'compare',
    });
    take(n, newDeviceConfirms(n.state, true, NOW));
    expect(n.state).toMatchObject({ type: 'done', payload: PAYLOAD });
  });

  test('and the laptop holds the phone’s word that it joins her account', async () => {
    await exchange(n, o);
    if (o.state.type !== 'compare') throw new Error(o.state.type);
    expect(o.state.bundle).toEqual(phone.bundle);
    expect(await verifyAcceptance(alice.address, o.state.bundle, o.state.acceptance)).toBe(true);
  });

  test('and nothing is granted when she says that the words differ', async () => {
    await exchange(n, o);
    take(o, openDeviceConfirms(o.state, false, NOW));
    expect(o.state).toEqual(REFUSED);
    await exchange(n, o);
    expect(n.state).toEqual(REFUSED);
    const [other, laptop] = [newDevice(), openDevice()];
    await exchange(other, laptop);
    take(other, newDeviceConfirms(other.state, false, NOW));
    await exchange(other, laptop);
    expect([other.state, laptop.state]).toEqual([REFUSED, REFUSED]);
  });

  test('within ten minutes, by the clock of each', async () => {
    expect(newDeviceAt(n.state, NOW + LINK_LIFETIME)).toBe(n.state);
    expect(newDeviceAt(n.state, NOW + LINK_LIFETIME + 1)).toEqual(EXPIRED);
    expect(openDeviceAt(o.state, NOW + LINK_LIFETIME + 1)).toEqual(EXPIRED);
    await exchange(n, o);
    expect((await newDeviceReceives(n.state, n.said[0]!, NOW + LINK_LIFETIME + 1)).state).toEqual(EXPIRED);
    expect(openDeviceConfirms(o.state, true, NOW + LINK_LIFETIME + 1).state).toEqual(EXPIRED);
    expect(newDeviceConfirms(n.state, true, NOW + LINK_LIFETIME + 1).state).toEqual(EXPIRED);
  });

  test('whatever the relay drops, repeats or reorders, or the two stay apart', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(seed);
      const [a, b] = [newDevice(phone, `n${seed}`), openDevice(alice.device, `o${seed}`)];
      for (let step = 0; step < 60; step++) {
        const message = random.pick([...a.said, ...b.said]);
        if (random.chance(0.5)) take(a, await newDeviceReceives(a.state, message, NOW));
        else take(b, await openDeviceReceives(b.state, message, NOW));
      }
      if (phraseIn(a).length > 0 && phraseIn(b).length > 0)
        expect(phraseIn(a), `seed ${seed}`).toEqual(phraseIn(b));
      expect(a.state.type === 'done' || b.state.type === 'done').toBe(false);
    }
  });
});

describe('somebody who has the code stands between them', () => {
  test('a second voice on either side ends it', async () => {
    const intruder = newDevice(evil, 'evil');
    take(o, await openDeviceReceives(o.state, n.said[0]!, NOW));
    take(o, await openDeviceReceives(o.state, intruder.said[0]!, NOW));
    expect(o.state).toEqual(INTERCEPTED);
    take(n, await newDeviceReceives(n.state, intruder.said[0]!, NOW));
    expect(n.state).toEqual(INTERCEPTED);
  });

  test('a substituted bundle shows other words on the two devices, in each of 200 attempts', async () => {
    for (let seed = 0; seed < 200; seed++) {
      // Mallory keeps the two apart and talks to each in the other's place.
      const [a, b] = [newDevice(phone, `n${seed}`), openDevice(alice.device, `o${seed}`)];
      const toOpen = newDevice(evil, `m${seed}`);
      const toNew = openDevice(evil, `w${seed}`);
      await exchange(toOpen, b);
      await exchange(a, toNew);
      expect([a.state.type, b.state.type]).toEqual(['compare', 'compare']);
      expect(phraseIn(a), `seed ${seed}`).not.toEqual(phraseIn(b));
    }
  });

  test('passing the words on but for the bundle, or the nonce, does not go through', async () => {
    const hello = decodeLinkMessage(n.said[0]!);
    if (hello?.type !== 'hello') throw new Error();
    const swapped = encodeLinkMessage({ ...hello, bundle: evil.bundle });
    take(o, await openDeviceReceives(o.state, swapped, NOW));
    take(n, await newDeviceReceives(n.state, o.said[0]!, NOW));
    take(o, await openDeviceReceives(o.state, n.said[1]!, NOW));
    expect(o.state).toEqual(INTERCEPTED);

    const laptop = openDevice();
    take(laptop, await openDeviceReceives(laptop.state, newDevice().said[0]!, NOW));
    const reveal = decodeLinkMessage(n.said[1]!);
    if (reveal?.type !== 'reveal') throw new Error();
    const other = encodeLinkMessage({ ...reveal, nonce: flipped(reveal.nonce, 3) });
    take(laptop, await openDeviceReceives(laptop.state, other, NOW));
    expect(laptop.state).toEqual(INTERCEPTED);
  });

  test('an acceptance of another address, or by another key, does not go through', async () => {
    take(o, await openDeviceReceives(o.state, n.said[0]!, NOW));
    take(n, await newDeviceReceives(n.state, o.said[0]!, NOW));
    const reveal = decodeLinkMessage(n.said[1]!);
    if (reveal?.type !== 'reveal') throw new Error();
    const message = encodeLinkMessage({ ...reveal, acceptance: flipped(reveal.acceptance, 100) });
    take(o, await openDeviceReceives(o.state, message, NOW));
    expect(o.state).toEqual(INTERCEPTED);
  });

  test('a grant from another talk, another device, or altered, ends it', async () => {
    await exchange(n, o);
    take(o, openDeviceConfirms(o.state, true, NOW));
    if (o.state.type !== 'confirmed') throw new Error();
    const [earlier, laptop] = [newDevice(phone, 'other talk'), openDevice(alice.device, 'other talk')];
    await exchange(earlier, laptop);
    take(laptop, openDeviceConfirms(laptop.state, true, NOW));
    await grant(laptop);
    const replayed = laptop.said.at(-1)!;
    const { send } = await grantLink({ ...o.state, device: evil }, PAYLOAD);
    const own = (await grantLink(o.state, PAYLOAD)).send[0]!;
    for (const wrong of [replayed, send[0]!, flipped(own, 5000), flipped(own, own.length * 8 - 3)]) {
      expect((await newDeviceReceives(n.state, wrong, NOW)).state).toEqual(INTERCEPTED);
    }
    expect((await newDeviceReceives(n.state, own, NOW)).state).toMatchObject({ payload: PAYLOAD });
  });

  test('a grant before the words were compared ends it', async () => {
    await exchange(n, o);
    take(o, openDeviceConfirms(o.state, true, NOW));
    await grant(o);
    const fresh = newDevice();
    expect((await newDeviceReceives(fresh.state, o.said.at(-1)!, NOW)).state).toEqual(INTERCEPTED);
  });

  test('a device is not linked with itself', async () => {
    const self = newDevice(alice.device, 'self');
    take(o, await openDeviceReceives(o.state, self.said[0]!, NOW));
    expect(o.state).toEqual(REFUSED);
  });
});

describe('the code', () => {
  test('is typed in any case, with or without dashes, and scanned', () => {
    const code = createLinkCode(seededRandom('code'));
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(displayedLinkCode(code)).toMatch(/^(.{4}-){3}.{4}$/);
    for (const typed of [code, displayedLinkCode(code), ` ${code.toLowerCase()} `, linkCodeToQr(code)]) {
      expect(parseLinkCode(typed)).toEqual({ ok: true, value: code });
    }
    expect(parseLinkCode('OOOO-IIII-llll-0000')).toEqual({ ok: true, value: '0000111111110000' });
  });

  test('that is too short, too long or holds a foreign letter is refused', () => {
    const code = createLinkCode(seededRandom('code'));
    for (const typed of [
      '',
      code.slice(1),
      `${code}0`,
      `U${code.slice(1)}`,
      'https://carnet.example/?c=1',
      `é${code}`,
    ]) {
      expect(parseLinkCode(typed)).toEqual({ ok: false, error: { type: 'link-code-wrong' } });
    }
  });

  test('D03: is no link in the QR code', () => {
    expect(URL.canParse(linkCodeToQr(createLinkCode(seededRandom('code'))))).toBe(false);
  });

  test('gives both sides the same topic and keys, and every other code others', async () => {
    const random = seededRandom('codes');
    const codes = Array.from({ length: 20 }, () => createLinkCode(random));
    const topics = await Promise.all(codes.map(async (code) => hex((await linkKeys(code)).topic)));
    expect(new Set(topics).size).toBe(20);
    const [one, other] = await Promise.all([linkKeys(codes[0]!), linkKeys(codes[0]!)]);
    const frame = sealLinkMessage(one, n.said[0]!, random);
    expect(openLinkMessage(other, frame)).toEqual(n.said[0]);
    expect(openLinkMessage(await linkKeys(codes[1]!), frame)).toBeNull();
    expect(one.writer?.publicKey).toEqual(other.writer?.publicKey);
    expect(equal(frameId(frame), frameId(sealLinkMessage(one, n.said[0]!, random)))).toBe(false);
  });
});

describe('the messages', () => {
  test('hostile bytes give null, and nothing has two spellings', async () => {
    await exchange(n, o);
    take(o, openDeviceConfirms(o.state, true, NOW));
    await grant(o);
    const refuse = encodeLinkMessage({ type: 'refuse' });
    const all = [...n.said, ...o.said, refuse];
    expect(all.map((message) => decodeLinkMessage(message)?.type).sort()).toEqual([
      'grant',
      'hello',
      'refuse',
      'reply',
      'reveal',
    ]);
    all.forEach((message, seed) => expectStrictDecoder(message, decodeLinkMessage, encodeLinkMessage, seed));
  });

  test('carry names without control characters, and short', () => {
    expect(cleanName('  Téle\u202Ephone\u0000 \n')).toBe('Télephone');
    expect([...cleanName('é'.repeat(100))]).toHaveLength(60);
    expect(cleanName('👩🏽‍⚕️'.repeat(30)).length).toBeLessThan(200);
    const hello = decodeLinkMessage(n.said[0]!);
    if (hello?.type !== 'hello') throw new Error();
    const spoofed = encodeLinkMessage({ ...hello, name: 'abc' });
    const at = spoofed.length - 1;
    expect(decodeLinkMessage(Uint8Array.from([...spoofed.slice(0, at), 0x07]))).toBeNull();
  });

  test('the words say 33 bits of the talk, each bit of them', () => {
    const base = transcriptOf(n.said[0]!, o.said[0] ?? new Uint8Array(1), new Uint8Array(32));
    const phrases = new Set<string>([phraseOf(base).join(' ')]);
    const says = (bit: number) => bit < 32 || bit === 39; // four bytes, and the highest bit of the fifth
    for (let bit = 0; bit < 256; bit++) {
      const phrase = phraseOf(flipped(base, bit));
      if (says(bit)) phrases.add(phrase.join(' '));
      else expect(phrase).toEqual(phraseOf(base));
    }
    expect(phrases.size).toBe(34);
  });
});
