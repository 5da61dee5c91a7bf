/**
 * What two guardians of a child say to each other, each sealed to the other's device (sealed.ts): the invitation, its answer, and
 * the keys of the record.
 *
 *   invitation  u8 version 1 | u32 length | body that founds the space (roster-body.ts) | inviter: 2 texts | child: 3 texts
 *               | u8 n × head of the roster[32] | u8 attested (| statement[170] | salt[32])
 *   answer      u8 version 1 | 0x00                                        declined
 *               u8 version 1 | 0x01 | address[32] | 2 texts | acceptance[64] (roster-words.ts)
 *               | u32 length (0 or 64) | the authority's statement for an owner
 *               | u16 n × (u32 length | statement of the address' chain)
 *   keys        u8 version 1 | u16 n × (u32 length | secrets of an epoch (epoch.ts))
 *   texts       first name, last name and, of the child, the birth date as YYYY-MM-DD; each u16 length | UTF-8 without control or
 *               format characters, at most 100 characters
 *
 * Heads ascend. The space is the hash of the body that founds it, so that whoever is invited knows whose statement the roster asks
 * for before they have a frame of it. The statement and salt are those of protocol/child-record.ts.
 */
import { fromHex, fromUtf8, hex, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { SIGNATURE_LENGTH } from '#lib/crypto/signature.ts';
import { addressHash, addressOfHash, type Address } from '../address.ts';
import { decodeEpochSecrets, encodeEpochSecrets, type EpochSecrets } from '../epoch.ts';
import { ID_LENGTH, type Hex } from '../ids.ts';
import { decodeRosterBody, encodeRosterBody, type Found } from '../roster-body.ts';

export interface PersonNamed {
  readonly firstName: string;
  readonly lastName: string;
}

/** That this is the record of that child, as the authority said it. */
export interface ChildAttested {
  readonly statement: Bytes;
  readonly salt: Bytes;
}

export interface Invitation {
  readonly found: Found;
  readonly inviter: PersonNamed;
  readonly child: PersonNamed & { readonly birthDate: string };
  /** Of the roster as the inviter knows it. */
  readonly heads: readonly Hex[];
  readonly attested: ChildAttested | null;
}

export interface Accepted extends PersonNamed {
  readonly type: 'accepted';
  readonly address: Address;
  /** By the device that talks. */
  readonly acceptance: Bytes;
  /** That this person may be an owner, where the founding asks for it. */
  readonly statement: Bytes | null;
  /** All that is known of the chain of the address. */
  readonly chain: readonly Bytes[];
}

export type Answered = Accepted | { readonly type: 'declined' };

const VERSION = 1;
const STATEMENT = 170;
const SALT = 32;
const MAX_FOUND = 256;
const MAX_CHAIN = 1024;
const MAX_CHAIN_STATEMENT = 32 * 1024;
const MAX_EPOCHS = 16_384;
const MAX_SECRETS = 256;
const MAX_TEXT = 400;
const TEXT_CHARACTERS = 100;
const BIRTH_DATE = /^\d{4}-\d{2}-\d{2}$/;

export function encodeInvitation({ found, inviter, child, heads, attested }: Invitation): Bytes {
  const writer = new Writer(1024).u8(VERSION).lengthPrefixed(encodeRosterBody(found));
  for (const text of [inviter.firstName, inviter.lastName, child.firstName, child.lastName, child.birthDate])
    writeText(writer, text);
  writer.u8(heads.length);
  for (const head of [...heads].sort()) writer.bytes(fromHex(head));
  writer.u8(attested ? 1 : 0);
  if (attested) writer.bytes(exactly(STATEMENT, attested.statement)).bytes(exactly(SALT, attested.salt));
  return writer.finish();
}

/** Null for anything but the one spelling of an invitation. */
export function decodeInvitation(bytes: Bytes): Invitation | null {
  return decodeWith(bytes, (reader) => {
    version(reader);
    const found = decodeRosterBody(toOwned(reader.lengthPrefixed(MAX_FOUND)));
    if (found?.type !== 'found') throw new MalformedBytes('not a founding');
    const inviter = readNamed(reader);
    const child = { ...readNamed(reader), birthDate: readText(reader) };
    if (!BIRTH_DATE.test(child.birthDate)) throw new MalformedBytes('not a date');
    const heads = Array.from({ length: reader.u8() }, () => hex(reader.bytes(ID_LENGTH)));
    if (heads.length === 0 || heads.some((head, i) => i > 0 && heads[i - 1]! >= head))
      throw new MalformedBytes('heads out of order');
    const attested = flag(reader)
      ? { statement: toOwned(reader.bytes(STATEMENT)), salt: toOwned(reader.bytes(SALT)) }
      : null;
    return { found, inviter, child, heads, attested };
  });
}

export function encodeAnswer(answer: Answered): Bytes {
  const writer = new Writer(4096).u8(VERSION).u8(answer.type === 'accepted' ? 1 : 0);
  if (answer.type === 'declined') return writer.finish();
  writer.bytes(addressHash(answer.address));
  writeText(writeText(writer, answer.firstName), answer.lastName);
  writer.bytes(exactly(SIGNATURE_LENGTH, answer.acceptance));
  writer.lengthPrefixed(answer.statement ? exactly(SIGNATURE_LENGTH, answer.statement) : new Uint8Array(0));
  writer.u16(answer.chain.length);
  for (const statement of answer.chain) writer.lengthPrefixed(statement);
  return writer.finish();
}

/** Null for anything but the one spelling of an answer. */
export function decodeAnswer(bytes: Bytes): Answered | null {
  return decodeWith(bytes, (reader): Answered => {
    version(reader);
    if (!flag(reader)) return { type: 'declined' };
    const address = addressOfHash(toOwned(reader.bytes(ID_LENGTH)));
    const named = readNamed(reader);
    const acceptance = toOwned(reader.bytes(SIGNATURE_LENGTH));
    const statement = toOwned(reader.lengthPrefixed(SIGNATURE_LENGTH));
    if (statement.length !== 0 && statement.length !== SIGNATURE_LENGTH)
      throw new MalformedBytes('no signature');
    const chain = Array.from({ length: bounded(reader.u16(), MAX_CHAIN) }, () =>
      toOwned(reader.lengthPrefixed(MAX_CHAIN_STATEMENT)),
    );
    return {
      ...{ type: 'accepted', address, ...named, acceptance, chain },
      statement: statement.length === 0 ? null : statement,
    };
  });
}

export function encodeRecordKeys(epochs: readonly EpochSecrets[]): Bytes {
  const writer = new Writer(3 + epochs.length * 48).u8(VERSION).u16(epochs.length);
  for (const secrets of epochs) writer.lengthPrefixed(encodeEpochSecrets(secrets));
  return writer.finish();
}

/** Null for anything but the one spelling of keys, of one epoch at least. */
export function decodeRecordKeys(bytes: Bytes): readonly EpochSecrets[] | null {
  return decodeWith(bytes, (reader) => {
    version(reader);
    const epochs = Array.from({ length: bounded(reader.u16(), MAX_EPOCHS) }, () => {
      const secrets = decodeEpochSecrets(toOwned(reader.lengthPrefixed(MAX_SECRETS)));
      if (!secrets) throw new MalformedBytes('not the secrets of an epoch');
      return secrets;
    });
    if (epochs.length === 0) throw new MalformedBytes('no epoch');
    return epochs;
  });
}

function version(reader: Reader): void {
  if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
}

function flag(reader: Reader): boolean {
  const byte = reader.u8();
  if (byte > 1) throw new MalformedBytes('yes or no expected');
  return byte === 1;
}

function readNamed(reader: Reader): PersonNamed {
  return { firstName: readText(reader), lastName: readText(reader) };
}

/** As it may travel: what is shown to somebody before they trust the other carries nothing that is not seen. */
function cleanText(text: string): string {
  const cleaned = text.replace(/\p{C}/gu, '').trim().normalize('NFC');
  return [...cleaned].slice(0, TEXT_CHARACTERS).join('').trim();
}

function writeText(writer: Writer, text: string): Writer {
  const bytes = utf8(cleanText(text));
  return writer.u16(bytes.length).bytes(bytes);
}

function readText(reader: Reader): string {
  const bytes = reader.bytes(bounded(reader.u16(), MAX_TEXT));
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    throw new MalformedBytes('not text');
  }
  if (text !== cleanText(text)) throw new MalformedBytes('not a line of text');
  return text;
}

function bounded(count: number, max: number): number {
  if (count > max) throw new MalformedBytes('too many');
  return count;
}

function exactly(length: number, bytes: Bytes): Bytes {
  if (bytes.length !== length) throw new RangeError(`${length} bytes expected`);
  return bytes;
}
