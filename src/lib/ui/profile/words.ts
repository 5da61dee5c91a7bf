/** An entry in words: its name, its dates, its values, and what is wrong with a form. */
import { say } from '#lib/i18n/catalogue.ts';
import { common } from '#lib/i18n/common.ts';
import { disputing } from '#lib/i18n/disputing.ts';
import { formatDay } from '#lib/i18n/format.ts';
import { history } from '#lib/i18n/history.ts';
import { section as t } from '#lib/i18n/section.ts';
import { wording } from '#lib/i18n/wording.ts';
import type { Entry } from '#lib/record/entry.ts';
import type { EntryHistory } from '#lib/record/history.ts';
import { nameOf, type ProfileSection } from '#lib/record/profile-section.ts';
import { readingIn } from '#lib/record/reading.ts';
import type { FieldDefinition } from '#lib/record/section.ts';
import { tellingIn } from '#lib/record/telling.ts';
import type { FormProblem } from './form.ts';

export function entryName(section: ProfileSection, entry: Pick<Entry, 'fields'>): string {
  return nameOf(section, entry, say);
}

export const { fieldWords, periodWords, groupsOf } = readingIn(wording);

export const { replacedWords, singleWords, unsettledWords } = tellingIn(wording, disputing);

/** The second line of a row: the values the section names, as far as there are any. */
export function lineOf(section: ProfileSection, entry: Entry): string {
  return section.line
    .map((name) => {
      const field = section.fields.find((one) => one.name === name);
      return field ? fieldWords(section, field, entry) : '';
    })
    .filter((words) => words !== '')
    .join(' · ');
}

export function notedWords({ createdAt, updatedAt }: Entry): string {
  return updatedAt > createdAt
    ? t('changedOn', { date: formatDay(updatedAt) })
    : t('notedOn', { date: formatDay(createdAt) });
}

/** Who wrote an entry and who changed it last. */
export function writtenWords(
  { created, updated, changes }: EntryHistory,
  deviceName: (id: string | null) => string,
): string {
  const written = { device: deviceName(created.by), date: formatDay(created.at) };
  return changes.length === 0
    ? history('created', written)
    : history('createdAndChanged', {
        ...written,
        lastDevice: deviceName(updated.by),
        lastDate: formatDay(updated.at),
      });
}

export function problemWords(field: FieldDefinition, { problem }: FormProblem): string {
  const label = field.label ? say(field.label) : '';
  switch (problem) {
    case 'required':
      if (field.kind === 'date') return common('dateProblemYearMissing');
      return field.kind === 'choice' ? t('problemChoose', { label }) : t('problemRequired', { label });
    case 'too-long':
      return common('problemTooLong', { max: 'max' in field ? field.max : 0 });
    case 'year-missing':
      return common('dateProblemYearMissing');
    case 'not-a-date':
      return common('dateProblemNotADate');
    case 'day-without-month':
      return common('dateProblemDayWithoutMonth');
    case 'too-old':
      return common('dateProblemTooOld');
    case 'in-future':
      return common('dateProblemInFuture');
    case 'out-of-range':
      return field.kind === 'number'
        ? t('problemNumber', { min: field.min, max: field.max })
        : t('problemMalformed');
    case 'ends-before-start':
      return t('problemEndsBeforeStart');
    case 'goes-on':
      return t('problemGoesOn');
    case 'low-above-high':
      return t('problemLowAboveHigh');
    case 'already-one':
      return t('problemAlreadyOne');
    default:
      return t('problemMalformed');
  }
}
