/**
 * What a section of the record holds: its fields, and which values they take.
 *
 * Guarantees: what passes `validateEntry` has only the fields of its definition, as own properties of an object without
 * prototype, each of the right type, clean and within its limit. Names such as `__proto__` never reach a property
 * access, because fields are looked up by walking the definition, not the input.
 * Leaves out: the words shown for a field or a problem (i18n) and how entries are stored (replica).
 */
import type { Entry, FieldValue, SectionId } from './entry.ts';
import { contradictionsIn, isRequired, type Rules } from './contradictions.ts';
import { checkPartialDate, formatPartialDate, parsePartialDate, type PartialDate } from './partial-date.ts';
import { hasSomethingToSee } from '#lib/text/signs.ts';
import { cleanLine, cleanLines } from '#lib/text/typed.ts';

/** A sentence or a name in both languages. French is the one that was written first. */
export interface Words {
  readonly fr: string;
  readonly en: string;
}

interface Base {
  readonly name: string;
  /** `asked`: of who types it; what comes from elsewhere may lack it, since nothing is invented. */
  readonly required?: true | 'asked';
  /** What a form shows; a field without it is never shown. */
  readonly label?: Words;
  readonly hint?: Words;
  /** It belongs to one value of a choice: required with it, emptied with any other. */
  readonly onlyWith?: { readonly field: string; readonly value: string };
}

export type FieldDefinition =
  | (Base & { readonly kind: 'text' | 'longtext'; readonly max: number })
  | (Base & { readonly kind: 'date'; readonly future?: true })
  /** HH:MM of the day that a date names. */
  | (Base & { readonly kind: 'time' })
  /** One of the values, or with `many` several of them. */
  | (Base & {
      readonly kind: 'choice';
      readonly values: readonly string[];
      readonly many?: true;
      /** The words of each value, in the order of `values`. */
      readonly options?: readonly Words[];
    })
  | (Base & { readonly kind: 'flag' })
  | (Base & {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly integer?: true;
      readonly unit?: Words;
      /** The choice that gives the unit, or the text that gives the currency; read with the number. */
      readonly unitFrom?: string;
    })
  | (Base & { readonly kind: 'reference'; readonly section: SectionId; readonly many?: true })
  /** A key, hash or id: base64url of exactly `length` bytes. Never shown. */
  | (Base & { readonly kind: 'bytes'; readonly length: number });

export interface SectionDefinition extends Rules {
  readonly id: SectionId;
  readonly fields: readonly FieldDefinition[];
  /**
   * A value of a choice that at most one living entry may have (DIR-12: one trusted person), and what the others become
   * where two devices have given it to several.
   */
  readonly single?: { readonly field: string; readonly value: string; readonly otherwise: string };
  /**
   * An entry is never changed once it is written: it is deleted, and another one takes its place. What a hostile device
   * sets in it all the same is left out when it is read.
   */
  readonly immutable?: true;
  /**
   * Changes are kept with what was there before (R21); `latest`: without it, where only what stands matters. Not at all
   * where a loss would be none to anybody.
   */
  readonly history?: 'latest' | false;
  /** The FHIR R4 resource an entry is exported as; null for what concerns only Carnet. */
  readonly fhir: string | null;
}

export type FieldProblem =
  | 'required'
  | 'too-long'
  | 'not-text'
  | 'not-a-date'
  | 'too-old'
  | 'in-future'
  | 'not-a-choice'
  | 'out-of-range'
  | 'malformed'
  | 'ends-before-start'
  | 'goes-on'
  | 'low-above-high'
  | 'does-not-belong'
  | 'already-one'
  | 'immutable'
  | 'unknown-field';

export interface Problem {
  readonly field: string;
  readonly problem: FieldProblem;
}

export type Fields = Readonly<Record<string, FieldValue>>;

export type Validation =
  | { readonly ok: true; readonly fields: Fields }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const ENTRY_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const MAX_REFERENCES = 100;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Whether a field holds a set of values rather than one. */
export function hasMany(field: FieldDefinition): boolean {
  return (field.kind === 'choice' || field.kind === 'reference') && field.many === true;
}

/** 22 base64url characters that encode exactly 16 bytes. */
export function isEntryId(text: unknown): text is string {
  return typeof text === 'string' && ENTRY_ID.test(text);
}

/** What stood before an edit, and which of its fields are not known to be right: in dispute, or changed unseen. */
export interface Standing {
  readonly fields: Fields;
  readonly isOpen?: (field: string) => boolean;
}

/**
 * Checks a whole entry before it is written. A field left out, null or blank is empty. What is `typed` has all that is
 * asked for; what is `given`, by an import or another device, has at least what an entry cannot do without.
 *
 * Of an entry that stands already only what the edit changes is held against it: what was wrong before, as two devices may
 * have left it, is settled in its own time and refuses nothing else.
 */
export function validateEntry(
  definition: SectionDefinition,
  input: Fields,
  today: PartialDate,
  origin: 'typed' | 'given' = 'typed',
  standing?: Standing,
): Validation {
  const problems: Problem[] = [];
  const fields = emptyFields();
  const changed = new Set<string>();
  const known = new Set(definition.fields.map(({ name }) => name));
  for (const name of Object.keys(input))
    if (!known.has(name)) problems.push({ field: name, problem: 'unknown-field' });
  for (const field of definition.fields) {
    const { name } = field;
    const [raw, before] = [
      ownValue(input, name) ?? null,
      standing && (ownValue(standing.fields, name) ?? null),
    ];
    if (before !== undefined && sameValue(raw, before)) {
      fields[name] = before;
      continue;
    }
    const isNeeded = field.required === true || (field.required === 'asked' && origin === 'typed');
    const checked = checkField(field, raw, today, isNeeded);
    if ('problem' in checked) problems.push({ field: name, problem: checked.problem });
    else fields[name] = checked.value;
    if (before === undefined || !sameValue(fields[name] ?? null, before)) changed.add(name);
  }
  settleChanged(definition, fields, changed);
  const told = new Set(problems.map(({ field }) => field));
  for (const { fields: those, problem } of contradictionsIn(definition, fields))
    if (!those.some((name) => told.has(name)) && isMadeHere(those, problem))
      problems.push({ field: those[0], problem });
  return problems.length === 0 ? { ok: true, fields } : { ok: false, problems };

  function isMadeHere(those: readonly string[], problem: FieldProblem): boolean {
    if (!those.some((name) => changed.has(name))) return false;
    // Who types sees all of it, and is told at once.
    if (!standing || origin === 'typed') return true;
    // An end that comes to what goes on is a second answer, not a wrong one.
    if (problem === 'goes-on') return false;
    const isOpen = those.some((name) => !changed.has(name) && standing.isOpen?.(name) === true);
    const before = contradictionsIn(definition, standing.fields);
    return !isOpen && !before.some((one) => one.problem === problem && one.fields[0] === those[0]);
  }
}

/** What the edit makes meaningless is emptied: the end of what goes on again, a field of another choice. */
function settleChanged(
  { fields: known, period }: SectionDefinition,
  fields: Record<string, FieldValue>,
  changed: ReadonlySet<string>,
): void {
  for (const field of known)
    if (field.onlyWith && changed.has(field.onlyWith.field) && !isRequired(field, fields))
      fields[field.name] = null;
  const { ongoing, end } = period ?? {};
  if (ongoing !== undefined && end !== undefined && changed.has(ongoing) && fields[ongoing] === true)
    fields[end] = null;
}

/** A change laid over what is there: `put` names only the fields that change, so that others may change meanwhile. */
export function mergeFields(
  definition: SectionDefinition,
  current: Fields | undefined,
  change: Fields,
): Fields {
  const merged = emptyFields();
  for (const { name } of definition.fields) merged[name] = ownValue(current ?? {}, name) ?? null;
  for (const name of Object.keys(change)) merged[name] = ownValue(change, name) ?? null;
  return merged;
}

/**
 * The fields of `after` that differ from `before`: what a `put` should carry. `live` is what stands by now: of a set only
 * the members that were added or taken away change there, so that those which came meanwhile stay.
 */
export function changedFields(
  before: Fields | undefined,
  after: Fields,
  live: Fields | undefined = before,
): Fields {
  const changed = emptyFields();
  for (const name of Object.keys(after)) {
    const [old, value, now] = [before, after, live].map((fields) => ownValue(fields ?? {}, name) ?? null);
    if (sameValue(old ?? null, value ?? null)) continue;
    const isSet = [old, value, now].some(Array.isArray);
    changed[name] = isSet ? changedSet(membersOf(old), membersOf(value), membersOf(now)) : (value ?? null);
  }
  return changed;
}

function changedSet(old: readonly string[], wanted: readonly string[], now: readonly string[]): FieldValue {
  const stays = now.filter((member) => wanted.includes(member) || !old.includes(member));
  const members = [...new Set([...stays, ...wanted.filter((member) => !old.includes(member))])];
  return members.length > 0 ? members : null;
}

function membersOf(value: FieldValue | undefined): readonly string[] {
  return typeof value === 'object' && value !== null ? value : [];
}

/**
 * Reads fields that came from a replica. Another device may run a newer version, or be hostile: what does not fit the
 * definition is left out, one field at a time, and the entry stays readable. Dates are not held against today's.
 */
export function readFields(definition: SectionDefinition, raw: Fields): Fields {
  const fields = emptyFields();
  for (const field of definition.fields) {
    const checked = checkField(field, ownValue(raw, field.name), undefined, field.required === true);
    fields[field.name] = 'problem' in checked ? null : checked.value;
  }
  return fields;
}

/** One value that came from a replica; undefined when the field does not take it. */
export function readValue(field: FieldDefinition, raw: unknown): FieldValue | undefined {
  const checked = isEmpty(raw) ? { value: null } : checkValue(field, raw, undefined);
  return 'value' in checked ? checked.value : undefined;
}

/** An entry whose required fields are all there; others are shown by nobody. */
export function isComplete(definition: SectionDefinition, entry: Entry): boolean {
  return definition.fields.every(
    (field) => !isRequired(field, entry.fields) || !isEmpty(ownValue(entry.fields, field.name)),
  );
}

type Checked = { readonly value: FieldValue } | { readonly problem: FieldProblem };

function checkField(
  field: FieldDefinition,
  raw: unknown,
  today: PartialDate | undefined,
  isNeeded: boolean,
): Checked {
  const checked = isEmpty(raw) ? { value: null } : checkValue(field, raw, today);
  return 'value' in checked && isNeeded && isEmpty(checked.value) ? { problem: 'required' } : checked;
}

function checkValue(field: FieldDefinition, raw: unknown, today: PartialDate | undefined): Checked {
  switch (field.kind) {
    case 'text':
    case 'longtext': {
      if (typeof raw !== 'string') return { problem: 'not-text' };
      const text = field.kind === 'text' ? cleanLine(raw) : cleanLines(raw);
      if (text.length > field.max) return { problem: 'too-long' };
      return { value: hasSomethingToSee(text) ? text : null };
    }
    case 'date': {
      const date = typeof raw === 'string' ? parsePartialDate(raw.trim()) : null;
      if (!date) return { problem: 'not-a-date' };
      const problem = today ? checkPartialDate(date, today) : undefined;
      if (problem === 'too-old' || (problem === 'in-future' && !field.future)) return { problem };
      return { value: formatPartialDate(date) };
    }
    case 'time':
      return typeof raw === 'string' && TIME.test(raw.trim())
        ? { value: raw.trim() }
        : { problem: 'malformed' };
    case 'choice': {
      const chosen: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
      const fits = field.many ? Array.isArray(raw) : !Array.isArray(raw);
      if (!fits || !chosen.every((value) => typeof value === 'string' && field.values.includes(value)))
        return { problem: 'not-a-choice' };
      // In the order of the definition, so that equal choices are equal values.
      const known = field.values.filter((value) => chosen.includes(value));
      return { value: field.many ? known : (known[0] ?? null) };
    }
    case 'flag':
      return typeof raw === 'boolean' ? { value: raw } : { problem: 'malformed' };
    case 'number':
      if (typeof raw !== 'number' || !Number.isFinite(raw)) return { problem: 'malformed' };
      if (field.integer && !Number.isSafeInteger(raw)) return { problem: 'malformed' };
      return raw < field.min || raw > field.max ? { problem: 'out-of-range' } : { value: raw };
    case 'reference': {
      if (!field.many) return isEntryId(raw) ? { value: raw } : { problem: 'malformed' };
      if (!Array.isArray(raw) || raw.length > MAX_REFERENCES || !raw.every(isEntryId))
        return { problem: 'malformed' };
      return { value: [...new Set(raw)].sort() };
    }
    case 'bytes':
      return typeof raw === 'string' && isBase64url(raw, field.length)
        ? { value: raw }
        : { problem: 'malformed' };
  }
}

/** Canonical, unpadded, of exactly `length` bytes. */
function isBase64url(text: string, length: number): boolean {
  if (text.length !== Math.ceil((length * 4) / 3) || !/^[A-Za-z0-9_-]*$/.test(text)) return false;
  const last = text.at(-1) ?? '';
  if (length % 3 === 1) return 'AQgw'.includes(last);
  return length % 3 === 2 ? 'AEIMQUYcgkosw048'.includes(last) : true;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

export function sameValue(a: FieldValue, b: FieldValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function ownValue(fields: Fields, name: string): FieldValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function emptyFields(): Record<string, FieldValue> {
  return Object.create(null) as Record<string, FieldValue>;
}
