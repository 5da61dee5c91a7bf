/**
 * Getting from the relay what it holds of one topic, in three ways: page by page since our cursor; by comparing ids,
 * when we hold most of it already; by id.
 *
 * Guarantees: the cursor moves only over what the space has taken in, page by page, in the write that takes it in.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { MAX_IDS, PAGE_ENTRIES } from '#lib/protocol/limits.ts';
import type { IndexEntry, PageEntry } from '#lib/protocol/relay.ts';
import type { SyncError } from './problem.ts';
import type { RelaySession } from './relay-session.ts';
import type { Cursor, Syncable } from './syncable.ts';

export interface Source {
  readonly session: RelaySession;
  readonly space: Syncable;
  readonly topic: Bytes;
  /** What is proposed for deletion is wanted as well. */
  readonly doomed: boolean;
  /** SHA-256 of a frame; the cryptography comes from outside. */
  readonly frameId: (frame: Bytes) => Bytes;
}

type Outcome = Result<void, SyncError>;

interface Page<Entry> {
  readonly more: boolean;
  readonly entries: readonly Entry[];
}

/** Takes in all that stands after our cursor; with `history` all there is, what is proposed for deletion included. */
export async function pullPages(source: Source, history: boolean): Promise<Outcome> {
  const { space, topic, frameId } = source;
  const doomed = history || source.doomed;
  let since = history ? 0 : space.cursor(topic).after;
  let next = listFrames(source, since, doomed);
  for (;;) {
    const page = await next;
    if (!page.ok) return page;
    const { entries, more } = page.value;
    const last = entries.at(-1);
    if (!last) return more ? fail({ type: 'nonsense' }) : ok();
    if (last.cursor <= since) return fail({ type: 'nonsense' });
    since = last.cursor;
    // The next page is on its way while this one is taken in.
    if (more) next = listFrames(source, since, doomed);
    const ahead = since >= space.cursor(topic).after;
    const taken = await take(
      source,
      entries,
      ahead ? { after: since, frame: frameId(last.frame) } : undefined,
    );
    if (!taken.ok || !more) return taken;
  }
}

/** Cursors whose frames we have, and their ids as hex. */
export type Present = Map<number, string>;

/**
 * As `pullPages`, but asks for ids first and only for those frames that are not `present`. Where something else stands under a
 * cursor than what we have, the relay has gone back in time: all is compared.
 */
export async function pullAbsent(source: Source, present: Present): Promise<Outcome> {
  const { space, topic } = source;
  for (;;) {
    const page = await listIds(source, space.cursor(topic).after, source.doomed);
    if (!page.ok) return page;
    const { entries, more } = page.value;
    const last = entries.at(-1);
    if (!last) return more ? fail({ type: 'nonsense' }) : ok();
    if (last.cursor <= space.cursor(topic).after) return fail({ type: 'nonsense' });
    if (entries.some(({ cursor, id }) => present.has(cursor) && present.get(cursor) !== hex(id))) {
      const reconciled = await reconcile(source);
      if (reconciled.ok) present.clear();
      return reconciled;
    }
    const absent = entries.filter(({ cursor }) => !present.has(cursor)).map(({ id }) => id);
    const fetched = await fetchIds(source, absent);
    if (!fetched.ok) return fetched;
    const moved = await take(source, [], { after: last.cursor, frame: last.id });
    if (!moved.ok) return moved;
    for (const cursor of present.keys()) if (cursor <= last.cursor) present.delete(cursor);
    if (!more) return ok();
  }
}

/** Takes in those of these frames that the relay has. */
export async function fetchIds(source: Source, ids: readonly Bytes[]): Promise<Outcome> {
  let rest = ids;
  while (rest.length > 0) {
    const answer = await source.session.ask({
      type: 'get',
      topic: source.topic,
      ids: rest.slice(0, MAX_IDS),
    });
    if (!answer.ok) return answer;
    const taken = await take(source, answer.value.entries);
    if (!taken.ok) return taken;
    // An answer that has grown long leaves some out: they are asked for again, until nothing comes any more.
    const here = new Set(answer.value.entries.map(({ frame }) => hex(source.frameId(frame))));
    const left = rest.filter((id) => !here.has(hex(id)));
    rest = left.length < rest.length ? left : rest.slice(MAX_IDS);
  }
  return ok();
}

/**
 * Whether the relay has lost frames that it had acknowledged or shown: it was restored from a backup, or lies. The newest
 * one we know of tells (protocol/relay.ts, [Note: cursors]). A frame that was deleted on purpose looks the same, and then
 * the comparison that follows finds nothing lost.
 */
export async function hasLost(
  source: Source,
  { after, frame }: Cursor,
  newest: number,
): Promise<Result<boolean, SyncError>> {
  if (after === 0) return ok(false);
  if (newest < after) return ok(true);
  const page = await listIds(source, after - 1, true, 1);
  if (!page.ok) return page;
  const [entry] = page.value.entries;
  return ok(entry?.cursor !== after || (frame !== null && hex(entry.id) !== hex(frame)));
}

/** Compares all ids: the space puts what the relay lost into its outbox again, and takes in what it did not know. */
export async function reconcile(source: Source): Promise<Outcome> {
  const { space, topic } = source;
  const ids: Bytes[] = [];
  let end: Cursor = { after: 0, frame: null };
  for (let more = true; more;) {
    const page = await listIds(source, end.after, true);
    if (!page.ok) return page;
    const last = page.value.entries.at(-1);
    more = page.value.more;
    if (more && (!last || last.cursor <= end.after)) return fail({ type: 'nonsense' });
    ids.push(...page.value.entries.map(({ id }) => id));
    if (last) end = { after: last.cursor, frame: last.id };
  }
  const compared = await space.reconcile(topic, ids);
  if (!compared.ok) return fail({ type: 'disk', error: compared.error });
  const fetched = await fetchIds(source, compared.value.wanted);
  return fetched.ok ? take(source, [], end) : fetched;
}

async function take(
  { space, topic }: Source,
  entries: readonly PageEntry[],
  upTo?: Cursor,
): Promise<Outcome> {
  if (entries.length === 0 && !upTo) return ok();
  const batch = entries.map(({ frame }) => ({ topic, bytes: frame }));
  const taken = await space.receive(batch, upTo ? { upTo: { topic, ...upTo } } : {});
  return taken.ok ? ok() : fail({ type: 'disk', error: taken.error });
}

async function listFrames(
  { session, topic }: Source,
  since: number,
  doomed: boolean,
): Promise<Result<Page<PageEntry>, SyncError>> {
  const answer = await session.ask({ type: 'list', topic, since, limit: PAGE_ENTRIES, bodies: true, doomed });
  if (!answer.ok) return answer;
  return answer.value.type === 'page' ? ok(answer.value) : fail({ type: 'nonsense' });
}

async function listIds(
  { session, topic }: Source,
  since: number,
  doomed: boolean,
  limit = PAGE_ENTRIES,
): Promise<Result<Page<IndexEntry>, SyncError>> {
  const answer = await session.ask({ type: 'list', topic, since, limit, bodies: false, doomed });
  if (!answer.ok) return answer;
  return answer.value.type === 'index' ? ok(answer.value) : fail({ type: 'nonsense' });
}
