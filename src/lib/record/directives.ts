/** Which directives are in force, what became of a draft, and what a version takes from it. */
import type { Entry, EntryId } from './entry.ts';
import { isEntryId, type Fields } from './section.ts';
import { type DirectivesForm, MAX_AFTER, themesOf } from './sections/directives.ts';

export interface DirectivesState {
  /** What was said last: the version in force, or the day on which all were revoked. */
  readonly last: Entry | undefined;
  readonly inForce: Entry | undefined;
  /** Versions and revocations, the newest first, in the same order on every device. */
  readonly said: readonly Entry[];
}

/**
 * What was said last follows from what versions say themselves, and from no clock: each names those that it takes the place
 * of, within what its id is a hash of, so that nobody brings one of them back by saying it again. Of those that were written
 * apart the one of the latest day comes first.
 */
export function directivesState(living: readonly Entry[]): DirectivesState {
  const said = lastFirst(living);
  const last = said[0];
  return { said, last, inForce: last && !isRevocation(last) ? last : undefined };
}

function lastFirst(living: readonly Entry[]): readonly Entry[] {
  const left = new Map([...living].sort(byDay).map((entry) => [entry.id, entry]));
  const places = new Map([...left.values()].map((entry) => [entry.id, readAfter(entry.fields)]));
  /** By how many of those that are left each is replaced. */
  const replaced = new Map<EntryId, number>();
  for (const one of [...places.values()].flat()) replaced.set(one, (replaced.get(one) ?? 0) + 1);
  const said: Entry[] = [];
  while (left.size > 0) {
    const entries = [...left.values()];
    // What two replace each other no hash can say: where they do, the day decides.
    const next = entries.find(({ id }) => (replaced.get(id) ?? 0) === 0) ?? entries[0]!;
    said.push(next);
    left.delete(next.id);
    for (const one of places.get(next.id) ?? []) replaced.set(one, (replaced.get(one) ?? 0) - 1);
  }
  return said;
}

/** The latest day first; of one day what was said the most often, then any, the same on every device. */
function byDay({ fields: a, id }: Entry, { fields: b, id: other }: Entry): number {
  const [day, otherDay] = [String(a['date'] ?? ''), String(b['date'] ?? '')];
  if (day !== otherDay) return day < otherDay ? 1 : -1;
  return Number(b['again'] ?? 0) - Number(a['again'] ?? 0) || (id < other ? 1 : -1);
}

/** How a version names those whose place it takes, the latest first. */
export function writeAfter(said: readonly Entry[]): string | null {
  const ids = said.slice(0, MAX_AFTER).map(({ id }) => id);
  return ids.length === 0 ? null : ids.join(' ');
}

function readAfter({ after }: Fields): readonly EntryId[] {
  if (typeof after !== 'string') return [];
  return [...new Set(after.split(' ').filter(isEntryId))].slice(0, MAX_AFTER);
}

export function isRevocation({ fields }: Pick<Entry, 'fields'>): boolean {
  return fields['kind'] === 'revoked';
}

/** The form a draft or a version was written on. */
export function formOf(fields: Fields | undefined): DirectivesForm | undefined {
  const form = fields?.['form'] ?? fields?.['kind'];
  return form === 'healthy' || form === 'ill' ? form : undefined;
}

/** What the person wrote, of what the form asks. */
export function wishesOf(fields: Fields, form: DirectivesForm): Record<string, string> {
  const written = themesOf(form)
    .flatMap(({ wishes }) => wishes)
    .map(({ name }) => [name, fields[name]] as const)
    .filter((wish): wish is readonly [string, string] => typeof wish[1] === 'string' && wish[1] !== '');
  return Object.fromEntries(written);
}

/** Whether anything was answered of what the form asks. */
export function hasWords(fields: Fields): boolean {
  const form = formOf(fields);
  return form !== undefined && Object.keys(wishesOf(fields, form)).length > 0;
}

/** A draft that says something which the newest version does not say; what another device wrote in it counts too. */
export function isPending(draft: Fields | undefined, state: DirectivesState): boolean {
  const form = formOf(draft);
  if (!draft || !form) return false;
  const wishes = wishesOf(draft, form);
  const version = state.said.find((one) => !isRevocation(one));
  if (!version) return hasWords(draft);
  const before = wishesOf(version.fields, form);
  const names = new Set([...Object.keys(wishes), ...Object.keys(before)]);
  return formOf(version.fields) !== form || [...names].some((name) => wishes[name] !== before[name]);
}

/** The fields of a version made of a draft: those of its form, the day, whom the person trusted then, and what it replaces. */
export function versionFields(
  draft: Fields,
  date: string,
  trusted: string,
  said: readonly Entry[],
): Fields | undefined {
  const form = formOf(draft);
  if (!form) return undefined;
  const wishes = wishesOf(draft, form);
  return { kind: form, date, ...wishes, trusted: trusted === '' ? null : trusted, after: writeAfter(said) };
}
