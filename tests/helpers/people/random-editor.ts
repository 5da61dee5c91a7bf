/**
 * A person who writes at random, in every section of the health record: fields come from the definitions, so a new section
 * is edited as soon as it is one. What it asks for goes through the same checks as what a page asks for.
 */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { ChangeLog } from '#lib/record/change-log.ts';
import { withHistory } from '#lib/record/changes.ts';
import type { Edit, Entry, EntryId, FieldValue, HealthRecord } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { fixedEntryId, type ProfileSection } from '#lib/record/profile-section.ts';
import {
  type FieldDefinition,
  type Fields,
  type SectionDefinition,
  validateEntry,
} from '#lib/record/section.ts';
import { checkEdit, healthSections, keepsHistory } from '#lib/record/sections.ts';
import type { SeededRandom } from '../tools/random.ts';

const TODAY = { y: 2026, m: 6, d: 15 };
/** Few, so that two devices meet in one entry. */
const FIXED = ['one', 'two'].map(fixedEntryId);

export type Say = (field: FieldDefinition, random: SeededRandom) => string;

/** A valid value of the field; never empty. */
export function valueOf(field: FieldDefinition, random: SeededRandom, say: Say = sayAnything): FieldValue {
  switch (field.kind) {
    case 'text':
    case 'longtext':
      return say(field, random).slice(0, field.max);
    case 'date':
      // What ends, ends after it began.
      return String((field.name === 'end' ? 2000 : 1950) + random.int(24));
    case 'time':
      return `${10 + random.int(14)}:${10 + random.int(50)}`;
    case 'choice':
      return field.many ? [random.pick(field.values)] : random.pick(field.values);
    case 'flag':
      return random.chance(0.5);
    case 'number':
      return Math.ceil(field.min) + random.int(Math.floor(field.max) - Math.ceil(field.min) + 1);
    case 'reference':
      return field.many ? [entryId(random)] : entryId(random);
    case 'bytes':
      return toBase64url(random(field.length));
  }
}

/** Every field of the section filled in, as one may fill them in together. */
export function fieldsOf(section: SectionDefinition, random: SeededRandom, say?: Say): Fields {
  const fields = Object.fromEntries(section.fields.map((field) => [field.name, valueOf(field, random, say)]));
  const { ongoing, end } = section.period ?? {};
  if (ongoing !== undefined && end !== undefined) fields[ongoing] = false;
  for (const [low, high] of section.bounds ?? [])
    [fields[low], fields[high]] = [fields[low], fields[high]].map(Number).sort((a, b) => a - b) as [
      number,
      number,
    ];
  return fields;
}

function sayAnything({ name }: FieldDefinition, random: SeededRandom): string {
  return `${random.pick(['é "', 'a\\', ''])}${name} ${random.int(1_000_000)}`;
}

/** What a person may do next with this record, checked and with its history; empty when they do nothing. */
export function nextEdits(
  random: SeededRandom,
  record: HealthRecord,
  log: ChangeLog,
  sections: readonly ProfileSection[] = healthSections,
): readonly Edit[] {
  log.update(record);
  const edits = wish(random, record, log, sections).flatMap((edit): Edit[] => {
    const checked = checkEdit(edit, record.entries.get(edit.section), TODAY, sha256);
    return checked.ok ? [checked.edit] : [];
  });
  return withHistory(edits, record, log, sha256);
}

interface Written {
  readonly section: string;
  readonly id: EntryId;
  readonly name: string;
  readonly value: FieldValue;
}

/** Whether a value is current, or in the history; of a set, each of its members. */
export function isKept(record: HealthRecord, log: ChangeLog, { section, id, name, value }: Written): boolean {
  const values: FieldValue[] = [record.entries.get(section)?.get(id)?.fields[name] ?? null];
  for (const { fields } of log.of(section, id)) {
    const told = fields.get(name);
    if (told) values.push(told.before, told.after);
  }
  const members = new Set(values.flatMap(membersOf));
  return membersOf(value).every((one) => members.has(one));
}

function membersOf(value: FieldValue): readonly FieldValue[] {
  return typeof value === 'object' && value !== null ? value : [value];
}

function wish(
  random: SeededRandom,
  record: HealthRecord,
  log: ChangeLog,
  sections: readonly ProfileSection[],
): readonly Edit[] {
  const dice = random.int(20);
  const dispute = dice < 4 ? [...log.conflicts()] : [];
  if (dispute.length > 0) return settle(random, random.pick(dispute));
  const written = sections.filter(({ id }) => record.entries.has(id));
  const isNew = written.length === 0 || dice < 8;
  const section = random.pick(isNew ? sections : written);
  const target = { section: section.id };
  const held = [...(record.entries.get(section.id)?.values() ?? [])];
  if (isNew || held.length === 0) return [newEntry(random, section)];
  const entry = random.pick(held);
  if (dice < 12) return [{ type: random.pick(['delete', 'restore'] as const), ...target, id: entry.id }];
  return keepsHistory(section.id) ? [change(random, section, entry, log)] : [];
}

/** Some of the fields; now and then as somebody whose form has been open since before the last changes. */
function change(random: SeededRandom, section: ProfileSection, entry: Entry, log: ChangeLog): Edit {
  const some = section.fields.filter(() => random.chance(0.3));
  const fields = Object.fromEntries(some.map((field) => [field.name, valueOf(field, random)]));
  const [last] = log.of(section.id, entry.id);
  const saw = last && random.chance(0.2) ? { saw: last.saw } : {};
  return { type: 'put', section: section.id, id: entry.id, fields, ...saw };
}

function settle(
  random: SeededRandom,
  conflict: ReturnType<ChangeLog['conflicts']> extends Iterable<infer T> ? T : never,
): readonly Edit[] {
  const target = { section: conflict.section, id: conflict.entry };
  if (conflict.existence) return [{ type: random.pick(['delete', 'restore'] as const), ...target }];
  const { field, alternatives } = random.pick(conflict.fields);
  return [{ type: 'put', ...target, fields: { [field]: random.pick(alternatives).value } }];
}

function newEntry(random: SeededRandom, section: ProfileSection): Edit {
  const id = newId(random, section);
  const fields = fieldsOf(section, random);
  const checked = section.immutable && validateEntry(section, fields, TODAY, 'given');
  const named = checked && checked.ok ? immutableId(section.id, checked.fields, sha256) : id;
  return { type: 'put', section: section.id, id: named, fields };
}

function newId(random: SeededRandom, section: ProfileSection): EntryId {
  return keepsHistory(section.id) && random.chance(0.3) ? random.pick(FIXED) : entryId(random);
}

function entryId(random: SeededRandom): EntryId {
  return toBase64url(random(16));
}
