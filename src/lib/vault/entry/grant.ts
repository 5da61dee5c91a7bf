/**
 * What opens the spaces of an account: handed by an open device to the one it links, inside the sealed grant, and kept at
 * the relay for the kit (kit-place.ts).
 *
 *   payload   u8 version 1 | chain write[32]
 *             | account space[32] | u16 n | n × (u32 length | secrets of an epoch (keys/epoch.ts)) | record space[32]
 *             | three texts, each u32 length | UTF-8: first name, last name, birth date of the owner
 */
import { fromUtf8, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { decodeEpochSecrets, encodeEpochSecrets, type EpochSecrets } from '#lib/keys/epoch.ts';
import type { Identity } from '#lib/vault/entry/identity.ts';

/** Secret. */
export type Grant = Pick<Identity, 'chain' | 'account' | 'record' | 'owner'>;

const VERSION = 1;
const MAX_SECRETS = 256;
const MAX_TEXT = 400;

export function encodeGrant({ chain, account, record, owner }: Grant): Bytes {
  const writer = new Writer(512).u8(VERSION).bytes(chain.write).bytes(account.space);
  writer.u16(account.epochs.length);
  for (const secrets of account.epochs) writer.lengthPrefixed(encodeEpochSecrets(secrets));
  writer.bytes(record);
  for (const text of [owner.firstName, owner.lastName, owner.birthDate]) writer.lengthPrefixed(utf8(text));
  return writer.finish();
}

/** Null for anything but a well-formed payload. */
export function decodeGrant(bytes: Bytes): Grant | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const chain = { write: secret(reader) };
    const account = { space: secret(reader), epochs: epochs(reader) };
    const record = secret(reader);
    const owner = { firstName: text(reader), lastName: text(reader), birthDate: text(reader) };
    return { chain, account, record, owner };
  });
}

function epochs(reader: Reader): EpochSecrets[] {
  return Array.from({ length: reader.u16() }, () => {
    const secrets = decodeEpochSecrets(toOwned(reader.lengthPrefixed(MAX_SECRETS)));
    if (!secrets) throw new MalformedBytes('not the secrets of an epoch');
    return secrets;
  });
}

const secret = (reader: Reader): Bytes => toOwned(reader.bytes(32));

function text(reader: Reader): string {
  const bytes = reader.lengthPrefixed(MAX_TEXT);
  try {
    return fromUtf8(bytes);
  } catch {
    throw new MalformedBytes('not text');
  }
}
