/** How the language that is spoken tells what waits to be settled (record/telling.ts asks for it). */
import { formatEither, formatList } from './format.ts';
import { history as t } from './history.ts';

const CONTRADICTIONS = {
  'ends-before-start': 'endsBeforeStart',
  'goes-on': 'goesOn',
  'low-above-high': 'lowAboveHigh',
  required: 'unfitting',
  'does-not-belong': 'unfitting',
} as const;

export const disputing = {
  no: (): string => t('no'),
  nothing: (): string => t('nothing'),
  all: formatList,
  oneOf: formatEither,
  values: (said: { readonly label: string; readonly values: string }): string => t('eitherValue', said),
  quoted: (value: string): string => t('quoted', { value }),
  deletedOrNot: (): string => t('deletedOrChanged'),
  several: (said: { readonly value: string; readonly names: string }): string => t('several', said),
  contradiction: (
    problem: keyof typeof CONTRADICTIONS,
    said: Readonly<Record<'name' | 'value' | 'other' | 'field' | 'otherField', string>>,
  ): string => t(CONTRADICTIONS[problem], said),
};
