/**
 * The change history (R21): what was changed of an entry, by which device and when follow from the entry that says it.
 * Written once beside the edit it tells of, in the same frame (changes.ts), and never shown as an entry of its own.
 */
import { isEntryId, type SectionDefinition } from '../section.ts';
import type { EntryId } from '../entry.ts';

export const CHANGE_KINDS = ['put', 'delete', 'restore'] as const;

/** Two values of the longest text that any section takes, whatever JSON makes of their characters. */
export const MAX_CHANGE = 40_000;
/** More than this many devices never change one entry apart; what does not fit is settled by the change after. */
const MAX_SEEN = 64;

export const changes = {
  id: 'changes',
  fhir: null,
  fields: [
    { name: 'entry', kind: 'text', required: true, max: 60 }, // section "/" entry id
    { name: 'kind', kind: 'choice', required: true, values: CHANGE_KINDS },
    { name: 'fields', kind: 'longtext', max: MAX_CHANGE }, // JSON {field: [before, after], …}, in the order of the definition
    { name: 'saw', kind: 'text', max: MAX_SEEN * 23 }, // the latest changes of the entry that its author knew
    { name: 'again', kind: 'number', min: 1, max: 1e6, integer: true }, // how often the very same was told before
  ],
  immutable: true,
} as const satisfies SectionDefinition;

export function writeSeen(seen: readonly EntryId[]): string | null {
  return seen.length === 0 ? null : seen.slice(0, MAX_SEEN).join(' ');
}

export function readSeen(written: unknown): readonly EntryId[] {
  return typeof written === 'string' ? written.split(' ').filter(isEntryId).slice(0, MAX_SEEN) : [];
}
