/**
 * Words of devices that are revoked: what is late, what was kept although the revoking device had not seen it, and what the
 * person makes of them. Taking in is naming (rule 9); setting aside is an ordinary entry, which the vault writes.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { authorData, headsContent } from './authoring.ts';
import type { Context } from './context.ts';
import { keptForOthers } from './count.ts';
import type { Frame } from './frames.ts';
import { readLog } from './recount.ts';
import type { Turn } from './turn.ts';
import { readUpdate } from './update.ts';

/** One thing that a device said, for a person to look at. */
export interface WordOf {
  readonly saying: Hex;
  readonly device: Hex;
  /** Milliseconds since 1970, by that device's clock. */
  readonly at: number;
  readonly values: readonly { readonly section: string; readonly key: string; readonly value: unknown }[];
}

export interface UnsettledWords {
  /** They do not count. */
  readonly late: readonly WordOf[];
  /** They count, because somebody else had taken them in. */
  readonly kept: readonly WordOf[];
}

export async function unsettled(
  context: Context,
  turn: Turn,
  isOfOnePerson: (a: Hex, b: Hex) => boolean,
): Promise<UnsettledWords> {
  const held = [...(await readLog(context, turn)).values()].filter(({ id }) => !turn.refused.has(id));
  const late = new Set([...turn.late.values()].map(({ saying }) => saying));
  const waiting = new Set([...turn.waiting.values()].map(({ saying }) => saying));
  const counted = new Set(held.flatMap(({ saying }) => (late.has(saying) || waiting.has(saying) ? [] : [saying])));
  const kept = keptForOthers(held, counted, (device) => turn.members.stands(device), isOfOnePerson);
  return { late: wordsAmong(held, late), kept: wordsAmong(held, kept) };
}

function wordsAmong(frames: readonly Frame[], sayings: ReadonlySet<Hex>): WordOf[] {
  const words = new Map<Hex, WordOf>();
  const places = placesOf(frames);
  for (const frame of frames) {
    if (frame.kind !== 'update' || !sayings.has(frame.saying) || words.has(frame.saying)) continue;
    const values = (readUpdate(frame.content)?.values ?? []).flatMap((value, i) => {
      const place = places.get(frame.author)?.get((readUpdate(frame.content)?.clock ?? 0) + i);
      return place ? [{ ...place, value: value.content[0] }] : [];
    });
    words.set(frame.saying, { saying: frame.saying, device: frame.author, at: frame.clock.time, values });
  }
  return [...words.values()].sort((a, b) => a.at - b.at || (a.saying < b.saying ? -1 : 1));
}

/** By author and clock, under which key a value stands: one that replaces another says only after which. */
function placesOf(frames: readonly Frame[]): Map<Hex, Map<number, { section: string; key: string }>> {
  const byAuthor = new Map<Hex, Map<number, { section: string; key: string }>>();
  for (const frame of [...frames].sort((a, b) => a.seq - b.seq)) {
    const update = frame.kind === 'update' ? readUpdate(frame.content) : null;
    if (!update) continue;
    const places = byAuthor.get(frame.author) ?? new Map<number, { section: string; key: string }>();
    byAuthor.set(frame.author, places);
    update.values.forEach((value, i) => {
      const place = value.after === null ? { section: value.section, key: value.key } : places.get(value.after);
      if (place) places.set(update.clock + i, place);
    });
  }
  return byAuthor;
}

/** Names a verified base, so that it counts whatever becomes of who made it; what it covers may go once this is out. */
export async function namesBase(context: Context, turn: Turn): Promise<void> {
  const { base } = turn.head;
  const keys = context.keyring.current;
  if (!base?.verified || base.namedBy !== null || !keys) return;
  if (!turn.members.stands(context.self.id) || !turn.members.author(context.self.id)?.clientId) return;
  const isOwn = base.snapshots.every(({ author }) => author === context.self.id);
  const last = base.snapshots.at(-1)?.parts.at(-1) ?? null;
  const frame = isOwn ? null : await authorData(context, turn, 'heads', headsContent(turn, new Map()), keys);
  turn.setHead({ base: { ...turn.head.base!, namedBy: frame?.id ?? last } });
}
