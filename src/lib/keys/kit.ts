/**
 * The recovery kit: the root secret on paper, as 24 words and as a QR code.
 *
 *   words   BIP39 in French: 32 bytes of root and 8 bits of its SHA-256
 *   QR      "CARNET KIT 1 " | base32( content | first 4 bytes of SHA-256 over it )
 *           content = root[32] | address[32] | u32 days since 1970 | head[32] | u8 length | where the relay is, as UTF-8
 *
 * The QR text is no link: a phone's camera finds nothing in it to open, and no app can claim it. It says besides what the
 * words do not: the address, when and with which relay the kit was made, and a statement of the account's chain that was
 * known then, so that a relay that has gone back in time before it is found out (attack D08). Typed words count without accents, in any case, with
 * any spacing.
 */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { concat, equal, fromHex, fromUtf8, hex, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeBase32, encodeBase32 } from '#lib/bytes/base32.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { KIT_LENGTH } from '#lib/credentials/kit-length.ts';
import { displayed, findWord, splitWords, WORDS } from '#lib/credentials/kit-words.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Random } from '#lib/crypto/random.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { addressHash, addressOfHash, type Address } from './address.ts';
import { ID_LENGTH, type Hex } from './ids.ts';
import { ROOT_LENGTH } from './root.ts';

export { accountKey, generateRoot, kitPlaceOf, recoverySealing } from './root.ts';

/** 1-based positions of words that are not in the list; none when the words are known but do not belong together. */
export interface KitWordsError {
  readonly type: 'kit-words-wrong';
  readonly positions: readonly number[];
}

export type AskedPositions = readonly [number, number, number];

/** As shown and printed (NFC). */
export function rootToWords(root: Bytes): string[] {
  if (root.length !== ROOT_LENGTH) throw new RangeError('a root secret has 32 bytes');
  return entropyToMnemonic(root, [...WORDS])
    .split(' ')
    .map(displayed);
}

/** The root of 24 typed words. A missing or surplus word is named by the position where it is missed or surplus. */
export function wordsToRoot(typed: string | readonly string[]): Result<Bytes, KitWordsError> {
  const pieces = splitWords(typed);
  const found = Array.from({ length: Math.max(KIT_LENGTH, pieces.length) }, (_, i) =>
    i < KIT_LENGTH ? findWord(pieces[i] ?? '') : null,
  );
  const positions = found.flatMap((word, i) => (word === null ? [i + 1] : []));
  if (positions.length > 0) return fail({ type: 'kit-words-wrong', positions });
  try {
    return ok(toOwned(mnemonicToEntropy(found.join(' '), [...WORDS])));
  } catch {
    return fail({ type: 'kit-words-wrong', positions: [] });
  }
}

/** Three different positions, 1-based and ascending, to be typed again before the kit counts as kept. */
export function askPositions(random: Random): AskedPositions {
  const chosen = new Set<number>();
  while (chosen.size < 3) {
    const byte = random(1)[0]!;
    if (byte < 240) chosen.add((byte % KIT_LENGTH) + 1); // 240 = 10 × 24: every position is equally likely
  }
  const [first, second, third] = [...chosen].sort((a, b) => a - b);
  return [first!, second!, third!];
}

/** The asked positions where something else was typed than the kit says; none when all three are right. */
export function wrongPositions(root: Bytes, asked: AskedPositions, typed: readonly string[]): number[] {
  const words = rootToWords(root);
  return asked.filter((position, i) => {
    const word = findWord(typed[i] ?? '');
    return word === null || displayed(word) !== words[position - 1];
  });
}

/** Secret. What a kit says. */
export interface KitPaper {
  readonly root: Bytes;
  readonly address: Address;
  readonly madeAt: number; // the beginning of a day, in UTC
  readonly head: Hex;
  readonly relay: string | null;
}

const QR_PREFIX = 'CARNET KIT 1 ';
const CHECK = 4;
const DAY_MS = 86_400_000;
const MAX_RELAY = 100;

export function kitToQr({ root, address, madeAt, head, relay }: KitPaper): string {
  const where = utf8(relay ?? '');
  const writer = new Writer(256)
    .bytes(root)
    .bytes(addressHash(address))
    .u32(Math.floor(madeAt / DAY_MS));
  writer.bytes(fromHex(head)).u8(where.length <= MAX_RELAY ? where.length : 0);
  if (where.length <= MAX_RELAY) writer.bytes(where);
  const content = writer.finish();
  return QR_PREFIX + encodeBase32(concat(content, check(content)));
}

/** Null for any other QR text, or one that was misread. */
export function qrToKit(text: string): KitPaper | null {
  if (!text.startsWith(QR_PREFIX)) return null;
  const bytes = decodeBase32(text.slice(QR_PREFIX.length));
  if (!bytes || bytes.length <= CHECK) return null;
  const content = toOwned(bytes.subarray(0, bytes.length - CHECK));
  return equal(check(content), bytes.subarray(-CHECK)) ? decodeWith(content, readPaper) : null;
}

function readPaper(reader: Reader): KitPaper {
  const root = toOwned(reader.bytes(ROOT_LENGTH));
  const address = addressOfHash(toOwned(reader.bytes(ID_LENGTH)));
  const madeAt = reader.u32() * DAY_MS;
  const head = hex(reader.bytes(ID_LENGTH));
  const where = reader.bytes(reader.u8());
  if (where.length > MAX_RELAY) throw new MalformedBytes('too long');
  return { root, address, madeAt, head, relay: where.length > 0 ? textOf(where) : null };
}

function textOf(bytes: Bytes): string {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new MalformedBytes('not text');
  }
}

function check(content: Bytes): Bytes {
  return toOwned(sha256(content).subarray(0, CHECK));
}
