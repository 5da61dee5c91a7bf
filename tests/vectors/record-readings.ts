/**
 * How what stands inside frames, snapshots, grants and the authority's statements is put into words for its frozen
 * vectors.
 */
import { decodeBech32m } from '#lib/bytes/bech32m.ts';
import { equal, fromHex, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { verify } from '#lib/crypto/signature.ts';
import { decodeEpochSecrets, deriveEpoch } from '#lib/keys/epoch.ts';
import {
  attestationMessage,
  decodeAttestation,
  encodeAttestation,
  EMPTY_LOG,
  followLog,
  identityCommitment,
  logHeadMessage,
  nextHead,
} from '#lib/protocol/attestation.ts';
import { callerMessage } from '#lib/protocol/callers.ts';
import { decodeChildRecord, encodeChildRecord, verifyChildRecord } from '#lib/protocol/child-record.ts';
import { decodeFrontier, decodeHeads, encodeFrontier, encodeHeads } from '#lib/replica/bodies.ts';
import { Lane } from '#lib/replica/lane.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { NO_MEMBERS } from '#lib/replica/members.ts';
import { decodeSnapshot } from '#lib/replica/snapshot.ts';
import { decodeGrant, encodeGrant } from '#lib/vault/entry/grant.ts';

/** A value as JSON; bytes as hexadecimal, long ones by their SHA-256; maps as their entries. */
export function wordsOf(value: object): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (field instanceof Map) return [...(field as Map<unknown, unknown>)];
    if (!(field instanceof Uint8Array)) return field;
    const bytes = new Uint8Array(field);
    return bytes.length > 64 ? `#${hex(sha256(bytes))}` : hex(bytes);
  });
}

interface Spelling {
  /** What the bytes say, and the bytes that say it; null when they are refused. */
  readonly read: (bytes: Bytes) => { said: object; again: Bytes } | null;
}

function spelling<T extends object>(
  decode: (bytes: Bytes) => T | null,
  encode: (value: T) => Bytes,
  say: (value: T) => object = (value) => value,
): Spelling {
  return {
    read(bytes) {
      const value = decode(bytes);
      return value && { said: say(value), again: encode(value) };
    },
  };
}

/** The client of the lanes in these vectors. */
export const CLIENT = 2 ** 52 + 12_345;

export const SPELLINGS = {
  heads: spelling(decodeHeads, encodeHeads),
  frontier: spelling(decodeFrontier, encodeFrontier),
  lane: spelling(
    (bytes) => Lane.open(bytes, CLIENT),
    (lane) => lane.encode(),
    contentOf,
  ),
  grant: spelling(decodeGrant, encodeGrant),
} satisfies Record<string, Spelling>;

export type Spelled = keyof typeof SPELLINGS;

/** What a lane holds: its frames, and every value that it set last. */
function contentOf(lane: Lane): object {
  const frames = Array.from({ length: lane.frames }, (_, i) => lane.frame(i));
  const values = [...lane.sections()].sort().flatMap((section) =>
    [...lane.keys(section)].sort().map((key) => [section, key, lane.last(section, key)?.content ?? null]),
  );
  return { frames, values };
}

/** What a data frame says under these secrets, or why it says nothing. Its signature is not asked about. */
export async function frameWords(space: Bytes, secrets: Bytes, frame: Bytes): Promise<string> {
  const keys = await deriveEpoch(space, decodeEpochSecrets(secrets)!);
  const opened = openReceived(frame, frameId(frame), keys, true);
  if (typeof opened === 'string') return opened;
  const { id, epoch, kind, author, seq, saying, before, deps, names, chains, clock, content } = opened.frame;
  return wordsOf({ id, epoch, kind, author, seq, saying, before, deps, names, chains, clock, content });
}

/** What a snapshot says, given the contents of its frames and the clients of its authors. */
export async function snapshotWords(contents: readonly Bytes[], clients: string): Promise<string> {
  const clientIds = new Map(JSON.parse(clients) as [string, number][]);
  const snapshot = await decodeSnapshot(contents, {
    ...NO_MEMBERS,
    author(device) {
      const clientId = clientIds.get(device);
      return clientId === undefined ? undefined : { signing: new Uint8Array(32), clientId };
    },
  });
  if (!snapshot) return 'refused';
  const lanes = [...snapshot.lanes.values()].map(({ head, lane }) => ({ head, ...contentOf(lane) }));
  return wordsOf({ ...snapshot, lanes });
}

type Inputs = Record<string, string>;

const RULES: Record<string, (input: Inputs) => Promise<object | string> | object | string> = {
  commitment: ({ salt, lastName, firstName, birthDate }) =>
    identityCommitment(
      fromHex(salt!),
      { lastName: lastName!, firstName: firstName!, birthDate: birthDate! },
      sha256,
    ),
  async attestation({ key, attestation }) {
    const read = decodeAttestation(fromHex(attestation!));
    if (!read) return 'malformed';
    if (!equal(encodeAttestation(read), fromHex(attestation!))) return 'another spelling';
    return (await verify(fromHex(key!), attestationMessage(read), read.signature)) ? read : 'not signed';
  },
  async log({ key, leaves, head, signature }) {
    const said = { size: Number(head!.split(' ')[0]), hash: fromHex(head!.split(' ')[1]!) };
    if (!(await verify(fromHex(key!), logHeadMessage(said), fromHex(signature!)))) return 'not signed';
    const read = leaves!.split(' ').map((leaf) => ({
      commitment: fromHex(leaf.slice(0, 64)),
      attestationHash: fromHex(leaf.slice(64)),
    }));
    return followLog(EMPTY_LOG, read, said, sha256) ? 'followed' : 'rewritten';
  },
  caller: ({ challenge, origin, path, address, ask }) => {
    const asked = sha256(utf8(ask!));
    const call = { challenge: fromHex(challenge!), origin: origin!, path: path!, address: address!, asked };
    return decodeBech32m('carnet', address!) ? hex(callerMessage(call)) : 'no address';
  },
  async 'child record'({ key, space, address, salt, firstName, lastName, birthDate, statement }) {
    const bytes = fromHex(statement!);
    const read = decodeChildRecord(bytes);
    if (!read) return 'malformed';
    if (!equal(encodeChildRecord(read), bytes)) return 'another spelling';
    const expected = {
      authorityKey: fromHex(key!),
      space: fromHex(space!),
      address: address === '' ? null : address!,
      child: { firstName: firstName!, lastName: lastName!, birthDate: birthDate! },
      identitySalt: fromHex(salt!),
    };
    return (await verifyChildRecord(bytes, expected, { sha256, verify })) ?? 'refused';
  },
  'log head': ({ head, commitment, attestationHash }) =>
    nextHead(
      { size: Number(head!.split(' ')[0]), hash: fromHex(head!.split(' ')[1]!) },
      { commitment: fromHex(commitment!), attestationHash: fromHex(attestationHash!) },
      sha256,
    ),
};

/** What the authority's statements come to, by a rule and its inputs, which are JSON. */
export async function statementWords(rule: string, input: string): Promise<string> {
  const output = await RULES[rule]!(JSON.parse(input) as Inputs);
  return typeof output === 'string' ? output : wordsOf(output);
}

/** Several values in one column. */
export function listOf(column: string): Bytes[] {
  return column === '' ? [] : column.split(' ').map(fromHex);
}
