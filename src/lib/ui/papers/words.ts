import { formatPartial } from '#lib/i18n/format.ts';
import { papers as t } from '#lib/i18n/papers.ts';
import type { DatedPaper } from '#lib/record/expiry.ts';
import { formatPartialDate } from '#lib/record/partial-date.ts';

/** "Expire le 3 mars 2027"; of what is known by its month or year alone, at the end of it. */
export function expiryWords({ expires, expiry }: DatedPaper): string {
  if (!expires) return t('noDate');
  const date = formatPartial(formatPartialDate(expires));
  const isDay = expires.d !== undefined;
  if (expiry === 'expired') return t(isDay ? 'expiredDay' : 'expired', { date });
  return t(isDay ? 'expiresDay' : 'expires', { date });
}
