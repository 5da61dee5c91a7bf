/**
 * Documents (DOC-06…17): what the person says about a file, and the manifest by which its sealed chunks are found,
 * verified and opened. The manifest (topic, blob, key, root, chunks, length) stays inside the vault: pages get a DocumentView.
 */
import { cut } from '#lib/text/signs.ts';
import { cleanLine } from '#lib/text/typed.ts';
import type { SectionDefinition } from '../section.ts';

/** The guide's nine categories, in its order, with the codes the public service uses for them. */
const DOCUMENT_CATEGORIES = {
  summary: 'SYNTHESE',
  prescriptions: 'ORD_SOIN',
  imaging: 'RADIO_SC',
  biology: 'BIOLOGIE',
  reports: 'CPT_REND',
  prevention: 'DEPISTAG',
  certificates: 'CERT_MED',
  other: 'AUTR_DOC',
  administrative: 'DOC_ADM',
} as const;

export type DocumentCategory = keyof typeof DOCUMENT_CATEGORIES;

export const documentCategories = Object.keys(DOCUMENT_CATEGORIES) as DocumentCategory[];

/** DOC-08: five megabytes as the public service counts them. */
export const MAX_DOCUMENT_BYTES = 5_000_000;
/** What entries are imported from may be larger, as far as it is that small once it is packed: text mostly is. */
export const MAX_ORIGINAL_BYTES = 50_000_000;
/** DOC-12. */
export const MAX_DOCUMENT_NAME = 50;

/** What a file is kept as that entries were imported from, so that nothing of it is lost. Nobody uploads one by hand. */
const ORIGINAL_MIMES = ['application/fhir+json', 'text/csv'] as const;

export type OriginalMime = (typeof ORIGINAL_MIMES)[number];

/** What a stored document is; a PNG becomes a JPEG before it is stored (DOC-07). */
const STORED_MIMES = ['application/pdf', 'image/jpeg', ...ORIGINAL_MIMES] as const;

export type StoredMime = (typeof STORED_MIMES)[number];

const ENDINGS: Readonly<Record<StoredMime, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'application/fhir+json': 'json',
  'text/csv': 'csv',
};

export function isOriginal(mime: string): mime is OriginalMime {
  return (ORIGINAL_MIMES as readonly string[]).includes(mime);
}

export const documents = {
  id: 'documents',
  fhir: 'DocumentReference',
  fields: [
    { name: 'name', kind: 'text', required: true, max: MAX_DOCUMENT_NAME },
    { name: 'category', kind: 'choice', required: true, values: documentCategories },
    { name: 'date', kind: 'date', required: true },
    { name: 'mime', kind: 'choice', required: true, values: STORED_MIMES },
    // Of the file as it came.
    { name: 'size', kind: 'number', required: true, integer: true, min: 1, max: MAX_ORIGINAL_BYTES },
    { name: 'visibility', kind: 'choice', values: ['visible', 'hidden'] },
    { name: 'topic', kind: 'bytes', required: true, length: 32 }, // where at the relay the chunks lie
    { name: 'blob', kind: 'bytes', required: true, length: 32 },
    { name: 'key', kind: 'bytes', required: true, length: 32 },
    { name: 'root', kind: 'bytes', required: true, length: 32 },
    { name: 'chunks', kind: 'number', required: true, integer: true, min: 1, max: 100 },
    { name: 'packed', kind: 'flag' }, // stored as gzip
    { name: 'length', kind: 'number', required: true, integer: true, min: 1, max: MAX_DOCUMENT_BYTES },
  ],
} as const satisfies SectionDefinition;

/** The name a document is downloaded under. Characters that a file system treats specially become a dash. */
export function documentFileName(name: string, mime: StoredMime): string {
  const stem =
    name
      .replace(/[\\/:*?"<>|]+/g, '-')
      .replace(/^\.+/, '')
      .trim() || 'document';
  return `${stem}.${ENDINGS[mime]}`;
}

/** The name first proposed for a chosen file (DOC-12): its own, without the ending, readable and short enough. */
export function proposedName(fileName: string): string {
  const readable = cleanLine(fileName)
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replaceAll('_', ' ');
  return cut(cleanLine(readable), MAX_DOCUMENT_NAME);
}
