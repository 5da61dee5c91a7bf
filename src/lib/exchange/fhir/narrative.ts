/** What a section of a summary says to a reader who has no software for it: XHTML, every word escaped. */
import type { Entry } from '#lib/record/entry.ts';
import type { JsonObject } from '#lib/record/fhir.ts';
import { nameOf, type ProfileSection, wordsOf } from '#lib/record/profile-section.ts';
import type { FieldDefinition } from '#lib/record/section.ts';
import type { Say } from './element.ts';

export type Language = 'fr' | 'en';

export function narrative(language: Language, inner: string): JsonObject {
  const div = `<div xmlns="http://www.w3.org/1999/xhtml" lang="${language}" xml:lang="${language}">${inner}</div>`;
  return { status: 'generated', div };
}

export function paragraph(text: string): string {
  return `<p>${escape(text)}</p>`;
}

export function entriesInWords(
  section: ProfileSection,
  entries: readonly Entry[],
  language: Language,
  say: Say,
): string {
  return `<ul>${entries.map((entry) => `<li>${entryInWords(section, entry, language, say)}</li>`).join('')}</ul>`;
}

function entryInWords(section: ProfileSection, entry: Entry, language: Language, say: Say): string {
  const lines = section.fields.flatMap((field) => {
    const words = section.name.includes(field.name) ? '' : valueInWords(section, field, entry, language, say);
    return words === '' || !field.label ? [] : [`${escape(say(field.label))} : ${escape(words)}`];
  });
  return [`<b>${escape(nameOf(section, entry, say))}</b>`, ...lines].join('<br/>');
}

function valueInWords(
  section: ProfileSection,
  field: FieldDefinition,
  { fields }: Entry,
  language: Language,
  say: Say,
): string {
  const value = fields[field.name] ?? null;
  if (value === null) return '';
  switch (field.kind) {
    case 'date':
      return dateInWords(String(value), language);
    case 'flag':
      return value === true ? say({ fr: 'oui', en: 'yes' }) : '';
    case 'number': {
      const unit = section.fields.find(({ name }) => name === field.unitFrom);
      const unitWords = unit
        ? wordsOf(unit, fields[unit.name] ?? null, say)
        : field.unit
          ? say(field.unit)
          : '';
      return `${String(value)} ${unitWords}`.trim();
    }
    case 'reference':
    case 'bytes':
      return '';
    default:
      return wordsOf(field, value, say);
  }
}

/** As it is known and no more: 2019, 05/2019, 12/05/2019. */
function dateInWords(date: string, language: Language): string {
  return language === 'fr' ? date.split('-').reverse().join('/') : date;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br/>');
}
