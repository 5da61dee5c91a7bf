/**
 * What two devices say to each other while one is linked, or a guardian invited (purpose.ts). N is the one that shows the code:
 * the new device, the guardian who joins. O is given it.
 *
 *   hello   u8 version 1 | 0x01 | bundle of N[1249] | commitment[32] | name                       N → O
 *   reply   u8 version 1 | 0x02 | nonce of O[32] | address[32] | bundle of O[1249] | name         O → N
 *   reveal  u8 version 1 | 0x03 | nonce of N[32] | acceptance[64] (purpose.ts)                    N → O
 *   grant   u8 version 1 | 0x04 | u32 length | box to N over transcript[32] | payload             O → N
 *   refuse  u8 version 1 | 0x05                                                                   either
 *   answer  u8 version 1 | 0x06 | u32 length | box to O over transcript[32] | payload             N → O
 *   keys    u8 version 1 | 0x07 | u32 length | box to N over transcript[32] | payload             O → N
 *   name    u8 length | UTF-8, at most 60 characters, nothing invisible (lib/text)
 *
 *   commitment   SHA-256("carnet/link-commit/v1" | nonce of N | SHA-256(bundle of N) | name)
 *   transcript   SHA-256("carnet/link-phrase/v1" | SHA-256(hello) | SHA-256(reply) | nonce of N); of a guardian
 *                "carnet/guardian-phrase/v1"
 *   phrase       the first 33 bits of the transcript as three words
 *
 * Whoever stands between the two has to commit to a nonce before learning the other's: one guess in 2^33 per attempt,
 * however much it computes.
 */
import { fromUtf8, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { SIGNATURE_LENGTH } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressHash, addressOfHash, type Address } from '../address.ts';
import { cut } from '#lib/text/signs.ts';
import { cleanLine } from '#lib/text/typed.ts';
import { encodeBundle, readBundle, type DeviceBundle } from '../device.ts';
import { ownedId } from '../control.ts';
import { PURPOSES, type LinkPurpose } from './purpose.ts';
import { displayed, WORDS } from '#lib/credentials/kit-words.ts';

export interface Hello {
  readonly type: 'hello';
  readonly bundle: DeviceBundle;
  readonly commitment: Bytes;
  readonly name: string;
}

export interface Reply {
  readonly type: 'reply';
  readonly nonce: Bytes;
  readonly address: Address;
  readonly bundle: DeviceBundle;
  readonly name: string;
}

export interface Reveal {
  readonly type: 'reveal';
  readonly nonce: Bytes;
  readonly acceptance: Bytes;
}

export interface Grant {
  readonly type: 'grant';
  readonly box: Bytes;
}

/** What a guardian is invited to, and answers, and is given then (guardian.ts). */
export interface Sealed {
  readonly type: 'answer' | 'keys';
  readonly box: Bytes;
}

export interface Refuse {
  readonly type: 'refuse';
}

export type LinkMessage = Hello | Reply | Reveal | Grant | Sealed | Refuse;

const TYPES = { hello: 1, reply: 2, reveal: 3, grant: 4, refuse: 5, answer: 6, keys: 7 } as const;
const VERSION = 1;
const NAME_CHARACTERS = 60;
const MAX_BOX = 512 * 1024;

export function encodeLinkMessage(message: LinkMessage): Bytes {
  const writer = new Writer(2048).u8(VERSION).u8(TYPES[message.type]);
  switch (message.type) {
    case 'hello':
      writer.bytes(encodeBundle(message.bundle)).bytes(message.commitment);
      return writeName(writer, message.name).finish();
    case 'reply':
      writer.bytes(message.nonce).bytes(addressHash(message.address)).bytes(encodeBundle(message.bundle));
      return writeName(writer, message.name).finish();
    case 'reveal':
      return writer.bytes(message.nonce).bytes(message.acceptance).finish();
    case 'grant':
    case 'answer':
    case 'keys':
      return writer.lengthPrefixed(message.box).finish();
    case 'refuse':
      return writer.finish();
  }
}

/** Null for anything but the one spelling of a message. */
export function decodeLinkMessage(bytes: Bytes): LinkMessage | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    return readMessage(reader, reader.u8());
  });
}

function readMessage(reader: Reader, type: number): LinkMessage {
  switch (type) {
    case TYPES.hello:
      return {
        type: 'hello',
        bundle: readBundle(reader),
        commitment: ownedId(reader),
        name: readName(reader),
      };
    case TYPES.reply: {
      const nonce = ownedId(reader);
      const address = addressOfHash(reader.bytes(32));
      return { type: 'reply', nonce, address, bundle: readBundle(reader), name: readName(reader) };
    }
    case TYPES.reveal:
      return {
        type: 'reveal',
        nonce: ownedId(reader),
        acceptance: toOwned(reader.bytes(SIGNATURE_LENGTH)),
      };
    case TYPES.grant:
      return { type: 'grant', box: toOwned(reader.lengthPrefixed(MAX_BOX)) };
    case TYPES.answer:
      return { type: 'answer', box: toOwned(reader.lengthPrefixed(MAX_BOX)) };
    case TYPES.keys:
      return { type: 'keys', box: toOwned(reader.lengthPrefixed(MAX_BOX)) };
    case TYPES.refuse:
      return { type: 'refuse' };
    default:
      throw new MalformedBytes('unknown type');
  }
}

/** A name as it may travel: as a line that is kept, of 60 characters. */
export function cleanName(name: string): string {
  return cut(cleanLine(name), NAME_CHARACTERS);
}

function writeName(writer: Writer, name: string): Writer {
  const bytes = utf8(cleanName(name));
  return writer.u8(bytes.length).bytes(bytes);
}

function readName(reader: Reader): string {
  const bytes = reader.bytes(reader.u8());
  const name = textOf(bytes);
  if (name === null || name !== cleanName(name)) throw new MalformedBytes('not a name');
  return name;
}

function textOf(bytes: Bytes): string | null {
  try {
    return fromUtf8(bytes);
  } catch {
    return null;
  }
}

export function commitmentOf(nonce: Bytes, bundle: DeviceBundle, name: string): Bytes {
  return labelledHash(LABELS.linkCommit, nonce, sha256(encodeBundle(bundle)), utf8(cleanName(name)));
}

export function transcriptOf(
  hello: Bytes,
  reply: Bytes,
  nonceOfNew: Bytes,
  purpose: LinkPurpose = 'device',
): Bytes {
  return labelledHash(PURPOSES[purpose].phrase, sha256(hello), sha256(reply), nonceOfNew);
}

/** Three words that are the same on both devices when nobody stands between them. */
export function phraseOf(transcript: Bytes): [string, string, string] {
  const head = new DataView(transcript.buffer, transcript.byteOffset).getBigUint64(0);
  const word = (index: number) => displayed(WORDS[Number((head >> BigInt(64 - 11 * (index + 1))) & 0x7ffn)]!);
  return [word(0), word(1), word(2)];
}
