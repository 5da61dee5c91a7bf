/** What a kit says of itself, on the screen and on paper. */
import { activation as t } from '#lib/i18n/activation.ts';
import { formatDay } from '#lib/i18n/format.ts';
import type { Kit } from '#lib/vault/door/door.ts';

/** When a kit was made and, where that is known, with which relay: what tells an old sheet from the newest one. */
export function madeOf({ madeAt, relay }: Pick<Kit, 'madeAt' | 'relay'>): string {
  const date = formatDay(madeAt);
  return relay === null ? t('kitMade', { date }) : t('kitMadeWith', { date, relay });
}

/** How one comes back by it, for whoever finds the sheet in ten years. */
export function useOf({ relay }: Pick<Kit, 'relay'>): string {
  return relay === null ? t('kitPdfUse') : t('kitPdfUseAt', { relay });
}
