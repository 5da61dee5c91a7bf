import type { PartialDate } from '#lib/record/partial-date.ts';

/** The first moment that a date may mean, here: what is not known of it is taken as early as it can be. */
export function beginningOf({ y, m, d }: PartialDate): number {
  return new Date(y, (m ?? 1) - 1, d ?? 1).getTime();
}
