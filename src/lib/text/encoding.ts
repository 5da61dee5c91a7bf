/**
 * Bytes of a text file as text, and which encoding they are probably in.
 *
 * Guarantees: every byte stands somewhere in the text or is told as odd, and no single byte decides how the others are
 * read. What is not certain is said, so that the person can look and choose.
 */

export const ENCODINGS = [
  ...(['utf-8', 'windows-1252', 'iso-8859-15', 'macintosh', 'cp850'] as const),
  ...(['utf-16le', 'utf-16be'] as const),
] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** Of one byte for each sign, the usual one first. */
const ONE_BYTE = ['windows-1252', 'iso-8859-15', 'macintosh', 'cp850'] as const satisfies Encoding[];

/** The upper half of code page 850, with the euro of 858, which DOS programs write since 1998. */
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤' +
  'ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

export interface Decoded {
  readonly text: string;
  /** Where in the text something stands that the bytes did not say for certain. */
  readonly odd: readonly number[];
  /** The last sign is cut in two; it is left out. */
  readonly isCut: boolean;
}

export function decode(bytes: Uint8Array, encoding: Encoding): Decoded {
  const { text, odd, isCut } = read(bytes, encoding);
  const mark = /^\ufeff*/.exec(text)?.[0].length ?? 0;
  return {
    text: text.slice(mark),
    odd: [...odd.map((at) => at - mark), ...controlsIn(text.slice(mark))],
    isCut,
  };
}

function read(bytes: Uint8Array, encoding: Encoding): Decoded {
  const decoded = (label: string, of = bytes): string =>
    new TextDecoder(label, { ignoreBOM: true }).decode(of);
  switch (encoding) {
    case 'utf-8':
      return readUtf8(bytes);
    case 'cp850':
      return { text: readCp850(bytes), odd: [], isCut: false };
    case 'utf-16le':
    case 'utf-16be': {
      const isCut = bytes.length % 2 === 1;
      return { text: decoded(encoding, isCut ? bytes.subarray(0, -1) : bytes), odd: [], isCut };
    }
    default:
      return { text: decoded(encoding), odd: [], isCut: false };
  }
}

/** Signs that no text has: a byte that the encoding does not know, or something that is no text. */
function controlsIn(text: string): number[] {
  const odd: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isControl =
      (code < 0x20 && code !== 9 && code !== 10 && code !== 13) || (code >= 0x7f && code < 0xa0);
    if (isControl || code === 0xfffd) odd.push(at);
  }
  return odd;
}

function readCp850(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (const byte of bytes) pieces.push(byte < 0x80 ? String.fromCharCode(byte) : CP850[byte - 0x80]!);
  return pieces.join('');
}

/** How many bytes the sign has that begins here; 0 for none, Infinity for one that the end cuts. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0;
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i];
    if (next === undefined) return Infinity;
    const [least, most] = i > 1 ? [0x80, 0xbf] : (SECOND.get(first) ?? [0x80, 0xbf]);
    if (next < least || next > most) return 0;
  }
  return length;
}

/** No longer form than needed, no half of a pair, nothing beyond Unicode. */
const SECOND = new Map<number, readonly [number, number]>([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** A byte that is no UTF-8 is read as what it most likely is, by itself, and told; the others stay what they are. */
function readUtf8(bytes: Uint8Array): Decoded {
  const [whole, usual] = [new TextDecoder('utf-8', { ignoreBOM: true }), new TextDecoder('windows-1252')];
  const odd: number[] = [];
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    if (length > 0 && length < Infinity) {
      at += length;
      continue;
    }
    text += whole.decode(bytes.subarray(from, at));
    if (length === Infinity) return { text, odd, isCut: true };
    odd.push(text.length);
    text += usual.decode(bytes.subarray(at, at + 1));
    from = at += 1;
  }
  return { text: text + whole.decode(bytes.subarray(from)), odd, isCut: false };
}

export interface Guess {
  readonly encoding: Encoding;
  /** Whether nothing else is plausible: else the person is asked. */
  readonly isSure: boolean;
}

export function guessEncoding(bytes: Uint8Array): Guess {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', isSure: true };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', isSure: true };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', isSure: true };
  const wide = wideEncoding(bytes);
  if (wide) return { encoding: wide, isSure: true };
  const { good, bad } = countUtf8(bytes);
  if (bad === 0) return { encoding: 'utf-8', isSure: true };
  const scores = ONE_BYTE.map((encoding) => ({
    encoding,
    score: plausibility(decode(bytes, encoding).text),
  }));
  const best = scores.reduce((first, other) => (other.score > first.score ? other : first));
  // Signs of several bytes do not come about by chance: each weighs more than a byte that is wrong.
  if (good >= bad) return { encoding: 'utf-8', isSure: good > 2 * bad || best.score <= 0 };
  const rivals = scores.filter(({ encoding }) => encoding === 'cp850' || encoding === 'macintosh');
  const isUsual = best.encoding === 'windows-1252' || best.encoding === 'iso-8859-15';
  return { encoding: best.encoding, isSure: isUsual && rivals.every(({ score }) => score < best.score) };
}

/** Western text of two bytes for each sign has a zero in nearly every second place, and in few others. */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
  const zeros = [0, 0];
  for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[at % 2]! += 1;
  const [even, odd] = zeros as [number, number];
  if (even + odd < bytes.length * 0.3) return undefined;
  if (odd > 9 * even) return 'utf-16le';
  return even > 9 * odd ? 'utf-16be' : undefined;
}

function countUtf8(bytes: Uint8Array): { good: number; bad: number } {
  let [good, bad] = [0, 0];
  for (let at = 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    if (length === Infinity) break; // cut at the end: that says nothing
    if (length === 0) bad += 1;
    else if (length > 1) good += 1;
    at += Math.max(1, length);
  }
  return { good, bad };
}

/** How much the signs beyond ASCII look like French as offices write it, each by its neighbours. */
function plausibility(text: string): number {
  let sum = 0;
  // eslint-disable-next-line no-control-regex -- what is not ASCII
  for (const { 0: sign, index } of text.matchAll(/[^\x00-\x7f]/g)) {
    const [before, after] = [text.charAt(index - 1), text.charAt(index + 1)];
    sum += weightOf(sign, before, after);
  }
  return sum;
}

function weightOf(sign: string, before: string, after: string): number {
  const [left, right] = [/\p{L}/u.test(before), /\p{L}/u.test(after)];
  if (/[éèàùçâêîôûëïüÿœæ]/.test(sign)) return left || right ? 2 : 1;
  if (/[ÉÈÀÙÇÂÊÎÔÛËÏÜŸŒÆ]/.test(sign)) return /\p{Ll}/u.test(before) ? -3 : right ? 2 : 0;
  if (sign === '€') return /[\d\s\u00a0\u202f]/.test(before) ? 2 : 0;
  if (sign === '’') return left && right ? 2 : 0;
  if (/[«»“”‘–—…°ºª·²\u00a0\u202f]/.test(sign)) return left && right ? -1 : 1;
  if (/[\u0080-\u009f\ufffd]/.test(sign)) return -4;
  if (/\p{L}/u.test(sign)) return left && right && !/\p{Lu}/u.test(sign) ? 0 : -1;
  return left && right ? -3 : -2;
}

/** Whether this is text at all: one control among much text is a slip, many are another kind of file. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (['utf-16le', 'utf-16be'].includes(guessEncoding(bytes.subarray(0, 65_536)).encoding)) return true;
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && ![9, 10, 12, 13, 0x1a].includes(byte)) controls += 1;
  return controls <= Math.max(1, bytes.length / 500);
}
