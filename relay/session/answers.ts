/** What a connection that has opened a topic may ask of it: reads that any role may, writes that need more. */
import { PAGE_ENTRIES } from '#lib/protocol/limits.ts';
import type { Reply, Request, Role } from '#lib/protocol/relay.ts';
import type { Pace } from '../store/pace.ts';
import type { Store, Stored, Topic } from '../store/store.ts';

export type TopicRequest = Exclude<Request, { type: 'open' | 'create' | 'put' | 'ping' }>;
type Subscribing = Extract<Request, { type: 'subscribe' | 'unsubscribe' }>;
export type Write = Extract<
  Request,
  { type: 'put-chunk' | 'propose-delete' | 'delete-blob' | 'admit' | 'dismiss' }
>;
type Read = Exclude<TopicRequest, Write | Subscribing>;

const ROLES_THAT_MAY: Record<Write['type'], readonly Role[]> = {
  'put-chunk': ['owner', 'writer'],
  'propose-delete': ['owner'],
  'delete-blob': ['owner'],
  admit: ['owner'],
  dismiss: ['owner'],
};

export function isWrite(request: TopicRequest): request is Write {
  return request.type in ROLES_THAT_MAY;
}

export async function answer(store: Store, topic: Topic, request: Read, pace: Pace): Promise<Reply> {
  const { req } = request;
  switch (request.type) {
    case 'list': {
      const range = { ...request, limit: Math.min(request.limit, PAGE_ENTRIES) };
      if (request.bodies) return { type: 'page', req, ...(await store.list(topic, range, pace)) };
      return { type: 'index', req, ...(await store.index(topic, range, pace)) };
    }
    case 'get':
      return { type: 'page', req, more: false, entries: await store.get(topic, request.ids, pace) };
    case 'usage':
      return { type: 'usage', req, ...(await store.usage(topic, pace)) };
    case 'blob-stat': {
      const stat = await store.blobStat(topic, request.blob, pace);
      return { type: 'blob', req, total: stat?.total ?? 0, have: stat?.have ?? new Uint8Array() };
    }
    case 'get-chunk': {
      const bytes = await store.getChunk(topic, request.blob, request.index, pace);
      if (!bytes) return { type: 'error', req, code: 'not-found', retryAfter: 0 };
      return { type: 'chunk', req, bytes };
    }
  }
}

/** Answers `done` when the write is durable. */
export async function carryOut(
  store: Store,
  { topic, role }: { readonly topic: Topic; readonly role: Role },
  request: Write,
): Promise<Reply> {
  const { req } = request;
  if (!ROLES_THAT_MAY[request.type].includes(role))
    return { type: 'error', req, code: 'forbidden', retryAfter: 0 };
  const done = await write(store, topic, request);
  return done.ok ? { type: 'done', req } : { type: 'error', req, code: done.error.type, retryAfter: 0 };
}

function write(store: Store, topic: Topic, request: Write): Stored {
  switch (request.type) {
    case 'put-chunk':
      return store.putChunk(topic, request);
    case 'propose-delete':
      return store.proposeDelete(topic, request.ids);
    case 'delete-blob':
      return store.deleteBlob(topic, request.blob);
    case 'admit':
      return store.admit(topic, request.key);
    case 'dismiss':
      return store.dismiss(topic, request.key);
  }
}
