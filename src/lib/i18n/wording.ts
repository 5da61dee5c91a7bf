/** How the language that is spoken says what an entry holds (record/reading.ts asks for it). */
import { say } from './catalogue.ts';
import { compareWords, formatMoney, formatNumber, formatPartial } from './format.ts';
import { section as t } from './section.ts';

export const wording = {
  say,
  date: formatPartial,
  number: (value: number): string => formatNumber(value),
  money: formatMoney,
  compare: compareWords,
  yes: (): string => t('yes'),
  ongoing: (): string => t('ongoing'),
  ended: (): string => t('ended'),
  since: (date: string): string => t('since', { date }),
  sinceDay: (date: string): string => t('sinceDay', { date }),
  until: (date: string): string => t('until', { date }),
  fromTo: (start: string, end: string): string => t('fromTo', { start, end }),
  linked: (count: number): string => t('linked', { count }),
};
