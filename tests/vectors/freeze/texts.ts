/** Frozen addresses and padding. */
import { encodeBech32m } from '#lib/bytes/bech32m.ts';
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { pad, padmeLength } from '#lib/crypto/padding.ts';
import { replace, seedOf, unhex, type Row } from './tools.ts';

const seeded = seedOf('texts');

export function addresses(): Row[] {
  const hrp = 'carnet';
  const good = [33, 0, 1].map((length) => {
    const bytes = seeded(length);
    return { id: `${length} bytes`, hrp, bytes: hex(bytes), text: encodeBech32m(hrp, bytes), verdict: 'V' };
  });
  const base = { ...good[0]!, bytes: '', verdict: 'X' };
  const { text } = base;
  const bad = (id: string, changed: string): Row => ({ ...base, id, text: changed });
  return [
    ...good,
    { ...good[0]!, id: 'in upper case', text: text.toUpperCase() },
    bad('mixed case', text.slice(0, -1) + text.slice(-1).toUpperCase()),
    bad('two characters exchanged', text.slice(0, 10) + text[11]! + text[10]! + text.slice(12)),
    bad('one character changed', text.slice(0, 20) + (text[20] === 'q' ? 'p' : 'q') + text.slice(21)),
    bad('one character lost', text.slice(0, -1)),
    bad('a character that is none', text.slice(0, 20) + 'b' + text.slice(21)),
    bad('a space in front', ` ${text}`),
    bad('another prefix', encodeBech32m('carnot', unhex(good[0]!.bytes))),
    bad('empty', ''),
  ];
}

export function paddings(): Row[] {
  const good = [0, 3, 252].map((length) => {
    const body = seeded(length);
    return { id: `${length} bytes`, body: hex(body), padded: hex(pad(body)), verdict: 'V' };
  });
  const padded = unhex(good[1]!.padded);
  const bad = (id: string, changed: Bytes): Row => ({ id, body: '', padded: hex(changed), verdict: 'X' });
  return [
    ...good,
    bad('last byte not zero', replace(padded, 255, Uint8Array.of(1))),
    bad('first padding byte not zero', replace(padded, 7, Uint8Array.of(0x80))),
    bad('one byte short', padded.slice(0, -1)),
    bad('a class too large', concat(padded, new Uint8Array(16))),
    bad('a length beyond the end', replace(padded, 0, Uint8Array.of(0, 0, 0, 253))),
    bad('a length of 2^32 - 1', replace(padded, 0, new Uint8Array(4).fill(0xff))),
    bad('empty', new Uint8Array(0)),
  ];
}

export function classes(): Row[] {
  const lengths = [
    0, 256, 257, 272, 273, 1000, 1024, 1025, 65_536, 65_537, 1_000_000, 5_000_004, 4_294_967_295,
  ];
  return lengths.map((length) => ({ id: length, length, class: padmeLength(length) }));
}
