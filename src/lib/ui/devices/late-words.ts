/** What a word of a revoked device says, as a person reads it. */
import { say } from '#lib/i18n/catalogue.ts';
import { documents } from '#lib/i18n/documents.ts';
import { formatPartial } from '#lib/i18n/format.ts';
import { lateWords as t } from '#lib/i18n/late-words.ts';
import { nameOf } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { identity } from '#lib/record/sections/account.ts';
import { statements } from '#lib/record/sections/statements.ts';
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
  if (id === identity.id) return t('identity');
  if (id === statements.id) return t('statements');
  const section = sectionOf(id);
  return section ? say(section.title) : documents('title');
}

export function entryTitle({ section: id, named }: WordEntry): string {
  const section = sectionOf(id);
  const name = section ? nameOf(section, { fields: named }, say) : nameOutside(id, named);
  return typeof name === 'string' && name !== '' ? name : t('unnamed');
}

/** Of what is no health section: a document, a declaration that there is nothing to write, the person themselves. */
function nameOutside(id: string, named: Fields): unknown {
  if (id === statements.id) {
    const about = sectionOf(String(named['section']));
    return about && t('nothingIn', { section: say(about.title) });
  }
  if (id !== identity.id) return named['name'];
  return [named['firstName'], named['lastName']].filter((part) => typeof part === 'string').join(' ');
}

/** What it said, but for the name, which stands above. What was emptied is said where something was changed. */
export function entryFacts({ section: id, kind, fields }: WordEntry): { label: string; words: string }[] {
  const section = sectionOf(id);
  if (id === identity.id) return identityFacts(fields);
  if (!section) return documentFacts(fields);
  return section.fields.flatMap((field) => {
    const value = fields[field.name];
    const isTold = field.label && field.kind !== 'bytes' && !section.name.includes(field.name);
    if (!isTold || value === undefined || (kind === 'created' && (value === null || value === false)))
      return [];
    return [{ label: say(field.label), words: replacedWords(section, field, fields) }];
  });
}

function identityFacts({ birthDate, sex, email, phone }: Fields): { label: string; words: string }[] {
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return [
    ...(isText(birthDate) ? [{ label: t('birthDate'), words: formatPartial(birthDate) }] : []),
    ...(sex === 'female' || sex === 'male' ? [{ label: t('sex'), words: t(sex) }] : []),
    ...(isText(email) ? [{ label: t('email'), words: email }] : []),
    ...(isText(phone) ? [{ label: t('phone'), words: phone }] : []),
  ];
}

function documentFacts({ category, date }: Fields): { label: string; words: string }[] {
  return [
    ...(typeof category === 'string' ? [{ label: documents('filter'), words: categoryWords(category) }] : []),
    ...(typeof date === 'string' ? [{ label: documents('sortDate'), words: formatPartial(date) }] : []),
  ];
}
