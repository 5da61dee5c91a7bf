/** When a paper expires: at the end of the day, month or year that is known of it. */
import type { Entry } from './entry.ts';
import {
  comparePartialDates,
  endsAfter,
  endsBefore,
  monthsLater,
  type PartialDate,
  parsePartialDate,
} from './partial-date.ts';

/** How long before it expires a paper is spoken of: what it takes to have a new one made. */
const SOON_MONTHS = 3;

export type Expiry = 'valid' | 'soon' | 'expired';

export function expiryOf(expires: PartialDate, today: Required<PartialDate>): Expiry {
  if (endsBefore(expires, today)) return 'expired';
  return endsAfter(expires, monthsLater(today, SOON_MONTHS)) ? 'valid' : 'soon';
}

export interface DatedPaper {
  readonly entry: Entry;
  /** Null for a paper of which no date is noted. */
  readonly expires: PartialDate | null;
  readonly expiry: Expiry;
}

/** The papers as a list shows them: what expires first stands first, what has no date last. */
export function papersOf(living: readonly Entry[], today: Required<PartialDate>): readonly DatedPaper[] {
  const papers = living.map((entry): DatedPaper => {
    const written = entry.fields['expires'];
    const expires = typeof written === 'string' ? parsePartialDate(written) : null;
    return { entry, expires, expiry: expires ? expiryOf(expires, today) : 'valid' };
  });
  return papers.sort(byExpiry);
}

function byExpiry(a: DatedPaper, b: DatedPaper): number {
  if (a.expires && b.expires) return comparePartialDates(a.expires, b.expires);
  return Number(a.expires === null) - Number(b.expires === null);
}
