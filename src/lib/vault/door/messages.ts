/**
 * What a page and the tabs' workers say to each other.
 *
 *   page   → worker   call {id, method, args} · cancel {id}
 *   worker → page     answer {id, result} · broken {id} · event {event}
 *   tab    ↔ tab      hello · leader · want · keep · yield · call · cancel · reply · event   (BroadcastChannel, same origin)
 *
 * A page's worker hears its page alone. The channel is heard by every page of the origin, and any script in one can speak
 * on it: no key, password or code goes there, and what comes from there is read by `readBetweenTabs`. Nothing here is
 * written anywhere: structured clones in memory only.
 */
import * as v from 'valibot';
import type { VaultEvent } from './door.ts';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tab = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** Whether there is such a method, and whether it takes this, says `admitCall`. */
const call = v.object({ type: v.literal('call'), id, method: v.unknown(), args: v.unknown() });
/** The person no longer wants what was asked under this id. It is answered all the same, one way or the other. */
const cancel = v.object({ type: v.literal('cancel'), id });

export type Call = v.InferOutput<typeof call>;
export type FromPage = v.InferOutput<typeof call> | v.InferOutput<typeof cancel>;

export type ToPage =
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'broken'; readonly id: number; readonly reason: string } // a broken invariant: never expected
  | { readonly type: 'event'; readonly event: VaultEvent };

/** Events as far as a worker looks into them; what they tell is for the page that draws it. */
const view = v.looseObject({});
const count = v.pipe(v.number(), v.finite());
const EVENTS: { readonly [T in VaultEvent['type']]: v.GenericSchema } = {
  status: v.object({ status: v.looseObject({ type: v.string() }) }),
  records: v.object({ records: v.array(view) }),
  record: v.object({ id: v.string(), record: view }),
  sync: v.object({ id: v.string(), sync: view }),
  devices: v.object({ devices: v.array(view) }),
  link: v.object({ link: v.looseObject({ type: v.string() }) }),
  notice: v.object({ notices: v.array(view) }),
  progress: v.object({ call: id, done: count, total: count }),
  left: v.object({}),
};
const event = v.custom<VaultEvent>((value) => {
  const type = v.safeParse(v.looseObject({ type: v.string() }), value);
  if (!type.success || !Object.hasOwn(EVENTS, type.output.type)) return false;
  return v.is(EVENTS[type.output.type as VaultEvent['type']], value);
});
const result = v.object({ ok: v.boolean(), value: v.optional(v.unknown()), error: v.optional(v.unknown()) });
const toPage: v.GenericSchema<unknown, ToPage> = v.variant('type', [
  v.object({ type: v.literal('answer'), id, result }),
  v.object({ type: v.literal('broken'), id, reason: v.string() }),
  v.object({ type: v.literal('event'), event }),
]);

const betweenTabs = v.variant('type', [
  v.object({ type: v.literal('hello'), from: tab }), // a tab joins and asks who leads
  v.object({ type: v.literal('leader'), from: tab }), // the answer, and told at each election
  v.object({ type: v.literal('want'), from: tab }), // something is typed there that must not cross: it asks to lead
  v.object({ type: v.literal('keep'), from: tab, to: tab }), // the answer of a leader that is at something
  v.object({ type: v.literal('yield'), from: tab, to: tab }), // the answer of one that is not: the next leader is named
  v.object({ type: v.literal('call'), from: tab, call }),
  v.object({ type: v.literal('cancel'), from: tab, id }),
  v.object({ type: v.literal('reply'), from: tab, to: tab, message: toPage }),
  v.object({ type: v.literal('event'), from: tab, event }),
]);

export type BetweenTabs = v.InferOutput<typeof betweenTabs>;

/** Null for anything else than a page may say. */
export function readFromPage(message: unknown): FromPage | null {
  const read = v.safeParse(v.variant('type', [call, cancel]), message);
  return read.success ? read.output : null;
}

/** Null for anything else than a tab may say. */
export function readBetweenTabs(message: unknown): BetweenTabs | null {
  const read = v.safeParse(betweenTabs, message);
  return read.success ? read.output : null;
}

/** Which events are told to the pages of the other tabs too. What is not in the list is told to nobody. */
const GOES_TO_ALL: {
  readonly [T in VaultEvent['type']]: (event: Extract<VaultEvent, { type: T }>) => boolean;
} = {
  status: () => true,
  records: () => true,
  record: () => true,
  sync: () => true,
  devices: () => true,
  notice: () => true,
  link: ({ link }) => link.type !== 'waiting', // the code is for who stands before this device
  progress: () => false, // of one call: told to who asked
  left: () => false, // each worker finds out for itself
};

export function goesToAll(event: VaultEvent): boolean {
  return (GOES_TO_ALL[event.type] as (event: VaultEvent) => boolean)(event);
}
