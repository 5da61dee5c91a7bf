/** What the story tells of measures: asked of the vault kind by kind, since they are too many to travel with the record. */
import { untrack } from 'svelte';
import { say } from '#lib/i18n/catalogue.ts';
import { formatNumber } from '#lib/i18n/format.ts';
import { measures as t } from '#lib/i18n/measures.ts';
import { MEASURE_KINDS } from '#lib/record/measure-kinds.ts';
import { type MeasuredMonth, measureText, monthsOf } from '#lib/record/measures.ts';
import type { Told } from '#lib/record/story.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';

const STORED = MEASURE_KINDS.filter(({ id }) => id !== 'bmi');

export class AllMeasured {
  #months = $state.raw<readonly MeasuredMonth[]>([]);
  readonly told = $derived(this.#months.map(toldOf));

  constructor(session: Session) {
    const { here } = session;
    let asked = 0;
    const stamps = $derived(STORED.map(({ id }) => session.record?.measures[id]?.stamp ?? '').join(' '));
    $effect(() => {
      // Another stamp: something came or went.
      void stamps;
      const mine = ++asked;
      const summaries = untrack(() => session.record?.measures);
      const kinds = STORED.filter(({ id }) => summaries?.[id]);
      void Promise.all(kinds.map(({ id }) => here.measures(id))).then((answers) => {
        if (mine !== asked) return;
        this.#months = answers.flatMap((answer) => (answer.ok ? monthsOf(answer.value) : []));
      });
    });
  }
}

/** "Poids : 72,4 kg", or how many there were in that month and the last of them. */
function toldOf({ kind: id, entry, date, count, last }: MeasuredMonth): Told {
  const kind = STORED.find((one) => one.id === id)!;
  const value = measureText(kind, last.value, last.second, formatNumber);
  const measure = say(kind.title);
  const name =
    count === 1
      ? t('one', { measure, value })
      : t('months', { measure, values: t('countValues', { count }), value });
  return { entry, date, name, page: kind.path };
}
