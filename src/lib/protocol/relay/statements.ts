/**
 * What the keys of a topic sign, so that a proof serves for one connection to one relay, one topic and one purpose.
 *
 *   open     "carnet/relay/open/v1"   ‖ u8 length ‖ origin ‖ nonce[32] ‖ topic[32] ‖ role u8
 *   create   "carnet/relay/create/v1" ‖ u8 length ‖ origin ‖ nonce[32] ‖ topic[32] ‖ write key[32] ‖ ttl u32
 *            ‖ flags u8 ‖ delete key[32], unless never erased
 *
 * `origin` is the host, and the port where it is not the scheme's own, that the app dialled (`relayOrigin`); the relay
 * checks against the one it is reached under, so that a relay in between cannot hand a proof on. `nonce` is the challenge's.
 */
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { ROLE_CODES, type Role } from './codes.ts';

const OPEN_LABEL = utf8('carnet/relay/open/v1');
const CREATE_LABEL = utf8('carnet/relay/create/v1');

/** With this flag whoever knows the topic may read it, with a key of their own making (an account chain). */
export const OPEN_TO_READERS = 1;

/** With this flag the topic has no delete key: nobody may propose a deletion in it, and it does not expire. */
export const NEVER_ERASED = 2;

/** With this flag a deletion that is proposed knows no grace: what is to go is shown to nobody from then on. */
export const ERASES_AT_ONCE = 4;

export interface OpenClaim {
  readonly topic: Bytes;
  readonly role: Role;
}

export interface CreateClaim {
  readonly topic: Bytes;
  readonly writeKey: Bytes;
  /** Null for a topic from which nothing is ever erased (an account chain). */
  readonly deleteKey: Bytes | null;
  /** Seconds until the topic is erased; 0 keeps it, and with it what is never erased. */
  readonly ttl: number;
  readonly openToReaders: boolean;
  /** Only where there is a delete key. */
  readonly erasesAtOnce?: boolean;
}

/** What stands for a relay in the statements: `localhost:8080`, `relais.example`. */
export function relayOrigin(url: string): string {
  return new URL(url).host;
}

/** Signed by the delete key (owner), the write key (writer) or an admitted reader key. */
export function openStatement(origin: string, nonce: Bytes, claim: OpenClaim): Bytes {
  return statement(OPEN_LABEL, origin, nonce, claim.topic).u8(ROLE_CODES[claim.role]).finish();
}

/** Signed by the delete key; by the write key where there is none, and where it erases at once: whoever writes there may make it anew. */
export function createStatement(origin: string, nonce: Bytes, claim: CreateClaim): Bytes {
  const said = statement(CREATE_LABEL, origin, nonce, claim.topic).bytes(claim.writeKey).u32(claim.ttl);
  said.u8(creationFlags(claim));
  return (claim.deleteKey ? said.bytes(claim.deleteKey) : said).finish();
}

export function creationFlags({ openToReaders, deleteKey, erasesAtOnce = false }: CreateClaim): number {
  const erasing = deleteKey ? (erasesAtOnce ? ERASES_AT_ONCE : 0) : NEVER_ERASED;
  return (openToReaders ? OPEN_TO_READERS : 0) | erasing;
}

function statement(label: Bytes, origin: string, nonce: Bytes, topic: Bytes): Writer {
  const host = utf8(origin);
  return new Writer().bytes(label).u8(host.length).bytes(host).bytes(nonce).bytes(topic);
}
