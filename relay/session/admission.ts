/**
 * How a connection gets at a topic: by a signature of one of its keys over the connection's challenge. Creating is first
 * come, first served, and the keys given then are the topic's for ever.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import {
  createStatement,
  openStatement,
  type CreateClaim,
  type ErrorCode,
  type Request,
  type Role,
} from '#lib/protocol/relay.ts';
import type { Clock } from '../host/clock.ts';
import type { Guard } from '../bounds/guard.ts';
import { isAdmissibleKey, isSignedBy } from './proofs.ts';
import type { Store, Topic } from '../store/store.ts';

export interface Admitted {
  readonly type: 'admitted';
  readonly topic: Topic;
  readonly role: Role;
}

export type Admission =
  Admitted | { readonly type: 'failed'; readonly code: ErrorCode; readonly retryAfter: number };

/** What proofs are bound to. */
export interface Challenge {
  readonly origin: string;
  readonly nonce: Bytes;
}

export async function admitByOpening(
  store: Store,
  { origin, nonce }: Challenge,
  request: Request & { type: 'open' },
): Promise<Admission> {
  const topic = await store.findTopic(request.topic);
  if (!topic) return failed('unknown-topic');
  const isProven =
    (await isKeyOf(store, topic, request.role, request.key)) &&
    isSignedBy(request.key, openStatement(origin, nonce, request), request.signature);
  return isProven ? { type: 'admitted', topic, role: request.role } : failed('refused');
}

export async function admitByCreating(
  { store, clock, guard }: { store: Store; clock: Clock; guard: Guard },
  { origin, nonce }: Challenge,
  request: Request & { type: 'create' },
): Promise<Admission> {
  const { writeKey, deleteKey, ttl } = request;
  const signer = createdBy(request);
  if (!isAdmissibleKey(writeKey) || !isAdmissibleKey(signer)) return failed('bad-key');
  if (!isSignedBy(signer, createStatement(origin, nonce, request), request.signature))
    return failed('refused');
  const isNew = !(await store.findTopic(request.topic));
  const wait = isNew ? guard.create() : 0;
  if (wait > 0) return failed('rate-limited', wait);
  const created = await store.createTopic({
    // What is kept must not keep the buffer of the socket.
    id: new Uint8Array(request.topic),
    writeKey: new Uint8Array(writeKey),
    deleteKey: deleteKey && new Uint8Array(deleteKey),
    openToReaders: request.openToReaders,
    ...(request.erasesAtOnce && { erasesAtOnce: true }),
    expiresAt: ttl === 0 ? 0 : clock.now() + ttl * 1000,
  });
  if (!created.ok) return failed(created.error.type);
  return { type: 'admitted', topic: created.value, role: signer === writeKey ? 'writer' : 'owner' };
}

/** What a creation is signed by. */
function createdBy({ writeKey, deleteKey, erasesAtOnce = false }: Omit<CreateClaim, 'topic'>): Bytes {
  return deleteKey === null || erasesAtOnce ? writeKey : deleteKey;
}

/** Whether the role is this key's. */
export async function isKeyOf(store: Store, topic: Topic, role: Role, key: Bytes): Promise<boolean> {
  switch (role) {
    case 'owner':
      return topic.deleteKey !== null && Buffer.compare(key, topic.deleteKey) === 0;
    case 'writer':
      return Buffer.compare(key, topic.writeKey) === 0;
    case 'reader':
      return isAdmissibleKey(key) && (topic.openToReaders || (await store.isReader(topic, key)));
  }
}

function failed(code: ErrorCode, retryAfter = 0): Admission {
  return { type: 'failed', code, retryAfter };
}
