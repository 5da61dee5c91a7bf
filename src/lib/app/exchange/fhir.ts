/** The profile as a FHIR file, and a FHIR file as what it would add. */
import { language } from '#lib/i18n/language.svelte.ts';
import type { ImportPlan } from '#lib/exchange/fhir/plan.ts';
import type { OutcomeOf } from '#lib/exchange/jobs.ts';
import type { Entry } from '#lib/record/entry.ts';
import { STORED_MEASURES } from '#lib/record/measure-kinds.ts';
import { measures } from '#lib/record/sections/measures.ts';
import type { Answer, RecordCalls, RecordView } from '#lib/vault/door/door.ts';
import { exchange, type Unanswered } from './exchange.ts';

export type Plan = ImportPlan;

/** The record as it is shown, with every measured value; null when the values cannot be had. */
async function recordToExport(
  door: RecordCalls,
  record: RecordView,
): Answer<Readonly<Record<string, readonly Entry[]>>> {
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
  return { ok: true, value: { ...record.entries, [measures.id]: values } };
}

/** @param whole with what concerns Carnet alone, such as papers and drafts, so that nothing is missing when it is read back */
export async function exportFhir(
  door: RecordCalls,
  record: RecordView,
  whole: boolean,
): Promise<Awaited<Answer<Blob>> | Unanswered> {
  const entries = await recordToExport(door, record);
  if (!entries.ok) return entries;
  const { owner, documents } = record;
  return exchange('fhir-export', {
    record: {
      owner,
      entries: entries.value,
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
