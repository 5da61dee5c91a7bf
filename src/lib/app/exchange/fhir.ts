/** The profile as a FHIR file, and a FHIR file as what it would add. */
import { language } from '#lib/i18n/language.svelte.ts';
import type { ImportPlan } from '#lib/exchange/fhir/plan.ts';
import type { OutcomeOf } from '#lib/exchange/jobs.ts';
import type { Entry } from '#lib/record/entry.ts';
import { STORED_MEASURES } from '#lib/record/measure-kinds.ts';
import { healthSections } from '#lib/record/sections.ts';
import { measures } from '#lib/record/sections/measures.ts';
import type { Answer, RecordCalls, RecordView } from '#lib/vault/door/door.ts';
import { disputesIn, entriesToTell } from './disputes.ts';
import { exchange, type Unanswered } from './exchange.ts';

export type Plan = ImportPlan;

/** Every measured value: they are too many to be in the record that a page has. */
async function measuredEntries(door: RecordCalls, record: RecordView): Answer<readonly Entry[]> {
  const values: Entry[] = [];
  for (const kind of STORED_MEASURES) {
    if (!record.measures[kind]) continue;
    const answer = await door.measures(kind);
    if (!answer.ok) return answer;
    const { ids, dates, times, values: numbers, seconds, comments, notedAt } = answer.value;
    for (const [index, id] of ids.entries()) {
      const at = notedAt[index] ?? 0;
      const fields = {
        ...{ kind, date: dates[index] ?? null, time: times[index] ?? null, value: numbers[index] ?? null },
        ...{ second: seconds[index] ?? null, comment: comments[index] ?? null },
      };
      values.push({ id, section: measures.id, fields, createdAt: at, updatedAt: at });
    }
  }
  return { ok: true, value: values };
}

/** @param whole with what concerns Carnet alone, such as papers and drafts, so that nothing is missing when it is read back */
export async function exportFhir(
  door: RecordCalls,
  record: RecordView,
  whole: boolean,
): Promise<Awaited<Answer<Blob>> | Unanswered> {
  const values = await measuredEntries(door, record);
  if (!values.ok) return values;
  const { owner, documents } = record;
  const undecided = Object.fromEntries(healthSections.map((one) => [one.id, entriesToTell(one, record)]));
  const told = { ...record.entries, ...undecided, [measures.id]: values.value };
  return exchange('fhir-export', {
    record: {
      owner,
      entries: told,
      disputes: Object.fromEntries(disputesIn(record)),
      documents: documents.map(({ id, name, category, date, mime, size }) => ({
        id,
        name,
        category,
        date,
        mime,
        size,
      })),
    },
    settings: { now: Date.now(), uuid: crypto.randomUUID(), language: language() },
    whole,
  });
}

export function planFhir(file: Blob): Promise<OutcomeOf<'fhir-plan'> | Unanswered> {
  return exchange('fhir-plan', { file, now: Date.now(), language: language(), zone: zoneHere() });
}

/** Where this device is: a moment that a file names is the day it was here. */
function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
