/** Which directives are in force, what became of a draft, and what a version takes from it. */
import type { Entry } from './entry.ts';
import type { Fields } from './section.ts';
import { type DirectivesForm, themesOf } from './sections/directives.ts';

export interface DirectivesState {
  /** What was said last: the version in force, or the day on which all were revoked. */
  readonly last: Entry | undefined;
  readonly inForce: Entry | undefined;
  /** Versions and revocations, the newest first, in the same order on every device. */
  readonly said: readonly Entry[];
}

export function directivesState(living: readonly Entry[]): DirectivesState {
  const said = [...living].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const last = said[0];
  return { said, last, inForce: last && !isRevocation(last) ? last : undefined };
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

/** The fields of a version made of a draft: those of its form, the day, and whom the person trusted then. */
export function versionFields(draft: Fields, date: string, trusted: string): Fields | undefined {
  const form = formOf(draft);
  if (!form) return undefined;
  return { kind: form, date, ...wishesOf(draft, form), trusted: trusted === '' ? null : trusted };
}
