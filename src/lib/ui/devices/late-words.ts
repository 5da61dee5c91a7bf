/** What a word of a revoked device says, as a person reads it. */
import { say } from '#lib/i18n/catalogue.ts';
import { documents } from '#lib/i18n/documents.ts';
import { formatPartial } from '#lib/i18n/format.ts';
import { lateWords as t } from '#lib/i18n/late-words.ts';
import { nameOf } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { categoryWords } from '#lib/ui/documents/category.ts';
import { replacedWords } from '#lib/ui/profile/words.ts';

export interface WordEntry {
  readonly section: string;
  readonly id: string;
  readonly kind: 'created' | 'changed' | 'deleted' | 'restored';
  readonly fields: Fields;
  readonly named: Fields;
}

const sectionOf = (id: string) => healthSections.find((one) => one.id === id);

export function sectionTitle(id: string): string {
  const section = sectionOf(id);
  return section ? say(section.title) : documents('title');
}

export function entryTitle({ section: id, named }: WordEntry): string {
  const section = sectionOf(id);
  const name = section ? nameOf(section, { fields: named }, say) : named['name'];
  return typeof name === 'string' && name !== '' ? name : t('unnamed');
}

/** What it said, but for the name, which stands above. What was emptied is said where something was changed. */
export function entryFacts({ section: id, kind, fields }: WordEntry): { label: string; words: string }[] {
  const section = sectionOf(id);
  if (!section) return documentFacts(fields);
  return section.fields.flatMap((field) => {
    const value = fields[field.name];
    const isTold = field.label && field.kind !== 'bytes' && !section.name.includes(field.name);
    if (!isTold || value === undefined || (kind === 'created' && (value === null || value === false)))
      return [];
    return [{ label: say(field.label), words: replacedWords(section, field, fields) }];
  });
}

function documentFacts({ category, date }: Fields): { label: string; words: string }[] {
  return [
    ...(typeof category === 'string' ? [{ label: documents('filter'), words: categoryWords(category) }] : []),
    ...(typeof date === 'string' ? [{ label: documents('sortDate'), words: formatPartial(date) }] : []),
  ];
}
