import { beforeAll, describe, expect, test } from 'vitest';
import { parseAddress } from '#lib/keys/address.ts';
import { newDeviceReceives, openDeviceReceives, startNewDevice, startOpenDevice } from '#lib/keys/link.ts';
import { deviceNamed, person } from '../helpers/people/people.ts';
import { seededRandom, type SeededRandom } from '../helpers/tools/random.ts';

/** A09: an address mistyped, truncated, or altered to look alike. The checksum of BIP 350 finds up to four changes. */
let address: string;

beforeAll(async () => {
  ({ address } = await person('Alice'));
});

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const LOOK_ALIKE = 'bio1IOlВоеασ｡-_ 0QPZ';

/** One change a person, a printer or a forger makes. */
function edit(text: string, random: SeededRandom): string {
  const at = random.int(text.length);
  const character = random.pick([...(random.chance(0.8) ? ALPHABET : LOOK_ALIKE)]);
  switch (random.int(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + character + text.slice(at);
    case 2:
      return text.slice(0, at) + (text[at + 1] ?? '') + text.charAt(at) + text.slice(at + 2);
    default:
      return text.slice(0, at) + character + text.slice(at + 1);
  }
}

describe('A09: an altered address is refused', () => {
  test('A09: every one of 20 000 addresses with one to three edits is refused', () => {
    const random = seededRandom('A09');
    let tried = 0;
    while (tried < 20_000) {
      let altered = address;
      for (let edits = 1 + random.int(3); edits > 0; edits--) altered = edit(altered, random);
      if (altered === address) continue;
      tried++;
      expect(parseAddress(altered), altered).toEqual({ ok: false, error: { type: 'address-invalid' } });
    }
  });

  test('A09: every substitution of one character is refused, all 66 × 31 of them', () => {
    for (let at = 0; at < address.length; at++) {
      for (const character of ALPHABET) {
        if (character === address[at]) continue;
        expect(parseAddress(address.slice(0, at) + character + address.slice(at + 1)).ok).toBe(false);
      }
    }
  });

  test('A09: every truncation and every doubled ending is refused', () => {
    for (let length = 0; length < address.length; length++) {
      expect(parseAddress(address.slice(0, length)).ok).toBe(false);
      expect(parseAddress(address.slice(length)).ok && length > 0).toBe(false);
    }
    // BIP 173 let q be inserted before a final p; bech32m does not, and the length is fixed besides.
    for (const ending of ['q', 'qq', 'p', 'qp']) expect(parseAddress(address + ending).ok).toBe(false);
  });

  test('A09: letters of other scripts that look the same, and mixed case, are refused', () => {
    const lookAlikes: [string, string][] = [
      ['c', 'с'],
      ['a', 'а'],
      ['e', 'е'],
      ['n', 'п'],
      ['1', 'l'],
      ['1', 'Ⅰ'],
    ];
    for (const [letter, other] of lookAlikes)
      expect(parseAddress(address.replace(letter, other)).ok).toBe(false);
    expect(parseAddress(address.replace('carnet', 'Carnet')).ok).toBe(false);
    expect(parseAddress(address.normalize('NFKD').replace('1', '１')).ok).toBe(false);
  });
});

test('A09: devices whose names look alike are told apart by the words that both screens show', async () => {
  const names = ['Alice', 'Аlice', 'Alіce', 'AIice', 'Al1ce', 'Alice ', 'Alice\u200b', 'ALICE'];
  const alice = await person('Alice');
  const phrases = await Promise.all(
    names.map(async (name, seed) => {
      const [open, fresh] = [seededRandom(`open ${seed}`), seededRandom(`new ${seed}`)];
      const device = await deviceNamed(name, seed);
      const { address } = alice;
      const asOpen = startOpenDevice({
        device: alice.device,
        address,
        name: 'Portable',
        random: open,
        now: 0,
      });
      const asNew = startNewDevice({ device, name, random: fresh, now: 0 });
      const replied = await openDeviceReceives(asOpen.state, asNew.send[0]!, 0);
      const revealed = await newDeviceReceives(asNew.state, replied.send[0]!, 0);
      const compared = await openDeviceReceives(replied.state, revealed.send[0]!, 0);
      if (compared.state.type !== 'compare' || revealed.state.type !== 'compare') throw new Error();
      expect(compared.state.phrase).toEqual(revealed.state.phrase);
      return compared.state.phrase.join(' ');
    }),
  );
  expect(new Set(phrases).size).toBe(names.length);
});
