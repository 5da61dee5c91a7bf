/** The words of a category, and its place in the guide's order. */
import { documents as t } from '#lib/i18n/documents.ts';
import { documentCategories, type DocumentCategory } from '#lib/record/sections/documents.ts';

/** A newer version may know categories that this one does not: they are "other" here. */
export function categoryWords(category: string): string {
  return t(documentCategories.find((known) => known === category) ?? 'other');
}

export function categoryOptions(): readonly { readonly value: DocumentCategory; readonly label: string }[] {
  return documentCategories.map((value) => ({ value, label: t(value) }));
}

const KINDS: Readonly<Record<string, () => string>> = {
  'application/pdf': () => t('pdf'),
  'image/jpeg': () => t('photo'),
  'application/fhir+json': () => t('fhirFile'),
  'text/csv': () => t('csvFile'),
};

/** What sort of file it is. */
export function kindWords(mime: string): string {
  return KINDS[mime]?.() ?? '';
}
