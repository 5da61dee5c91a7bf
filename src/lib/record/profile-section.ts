/**
 * A section of the medical profile: what it holds and what is said of it. Forms, lists, details and everything that is
 * printed or exported come from this description, so that another section is another file and nothing else.
 */
import type { Entry, EntryId, FieldValue } from './entry.ts';
import { entryIdOfBytes } from './entry-id.ts';
import type { FieldDefinition, SectionDefinition, Words } from './section.ts';

/** A place of the profile (MED-02): its name and the last part of its address. */
export interface ProfilePlace {
  readonly id: string;
  readonly path: string;
  readonly title: Words;
}

export interface ProfileSection extends ProfilePlace, SectionDefinition {
  /** What goes here, in one line under the title. */
  readonly lead: Words;
  readonly add: Words;
  readonly edit: Words;
  readonly emptyTitle: Words;
  readonly emptyText: Words;
  /** MED-06: the declaration that there is nothing to write here, and how it reads once made. */
  readonly none?: { readonly declare: Words; readonly declared: Words };
  /** The fields that make up what an entry is called, with a space between them or what stands here instead. */
  readonly name: readonly string[];
  readonly between?: string;
  /** The fields of the second line in a list. */
  readonly line: readonly string[];
  /** The choice by which the list is divided, in the order of its values. */
  readonly groupBy?: string;
}

/** What an entry is called when it is spoken of: "Arachide", "Jeanne Martin". */
export function nameOf(
  section: ProfileSection,
  entry: Pick<Entry, 'fields'>,
  say: (words: Words) => string,
): string {
  return section.name
    .map((name) => {
      const field = section.fields.find((one) => one.name === name);
      return field ? wordsOf(field, entry.fields[name] ?? null, say) : '';
    })
    .filter((part) => part !== '')
    .join(section.between ?? ' ');
}

/** A value of text or choice in words; everything else is formatted by who shows it. */
export function wordsOf(field: FieldDefinition, value: FieldValue, say: (words: Words) => string): string {
  if (value === null) return '';
  if (field.kind !== 'choice') return String(value);
  return (Array.isArray(value) ? value : [value]).map((one) => optionOf(field, String(one), say)).join(', ');
}

export function optionOf(
  field: Extract<FieldDefinition, { kind: 'choice' }>,
  value: string,
  say: (words: Words) => string,
): string {
  const words = field.options?.[field.values.indexOf(value)];
  return words ? say(words) : value;
}

/** Whether an id was made of a name (`fixedEntryId`): two devices may then create one entry apart. */
export function isFixedEntryId(id: EntryId): boolean {
  return /^[\x21-\x7e]+\0*$/.test(atob(id.replaceAll('-', '+').replaceAll('_', '/')));
}

/** The id of the one entry with a given name: the name's bytes, filled with zeros. At most 16 ASCII characters. */
export function fixedEntryId(name: string): EntryId {
  if (!/^[\x21-\x7e]{1,16}$/.test(name)) throw new Error('a fixed entry needs a short plain name');
  return entryIdOfBytes(new TextEncoder().encode(name.padEnd(16, '\0')));
}
