/** A statement of reimbursements taken in: its columns are guessed, the person sets them right, then sees what is added. */
import { say } from '#lib/i18n/catalogue.ts';
import { care as t } from '#lib/i18n/care.ts';
import type { CareTable, TableRefusal, TableRow } from '#lib/exchange/care/table.ts';
import { type CareColumn, type CareMapping, guessColumns, readCareRow } from '#lib/record/care-table.ts';
import { today } from '#lib/record/partial-date.ts';
import { validateEntry } from '#lib/record/section.ts';
import { care } from '#lib/record/sections/care.ts';
import type { EntryId } from '#lib/record/entry.ts';
import { entryIdOfBytes } from '#lib/record/entry-id.ts';
import { exchange } from './exchange.ts';
import type { Incoming } from './import.ts';
import { Importing, type KeptItem } from './importing.svelte.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';

interface Chosen {
  readonly file: File;
  readonly table: CareTable;
}

const REFUSALS = {
  'too-large': 'tooLarge',
  'too-many': 'tooMany',
  'no-table': 'noTable',
} as const satisfies Record<TableRefusal['type'], string>;

const PROBLEMS = { 'no-date': 'noDate', 'no-name': 'noName', 'no-number': 'noNumber' } as const;

export class CareImport {
  readonly importing: Importing;
  chosen = $state.raw<Chosen>();
  mapping = $state.raw<CareMapping>(guessColumns([]));
  refusal = $state<string>();
  busy = $state(false);

  constructor(session: Session) {
    this.importing = new Importing(session);
  }

  async read(file: File): Promise<void> {
    this.refusal = undefined;
    if (await isJson(file)) return this.importing.read(file);
    this.busy = true;
    const answer = await exchange('care-table', { file });
    this.busy = false;
    if (!answer.ok) {
      const { type } = answer.error;
      this.refusal = type in REFUSALS ? t(REFUSALS[type as TableRefusal['type']]) : t('broken');
      return;
    }
    this.chosen = { file, table: answer.value };
    this.mapping = guessColumns(answer.value.headers);
  }

  set(column: CareColumn, index: number | null): void {
    this.mapping = { ...this.mapping, [column]: index };
  }

  /** From the columns to what would be added. */
  async show(): Promise<void> {
    if (!this.chosen) return;
    const { file, table } = this.chosen;
    const { entries, unread } = await entriesOf(table, this.mapping);
    const plan = {
      ...{ kind: 'resource', title: file.name, date: null, patient: null, entries, declared: [] },
      ...{ resources: [], empty: 0 },
    };
    this.chosen = undefined;
    await this.importing.show(file, plan, unread);
  }

  restart(): void {
    this.chosen = undefined;
    this.refusal = undefined;
    this.importing.restart();
  }
}

async function isJson(file: Blob): Promise<boolean> {
  // A file that cannot be read is refused with words by the job that reads it.
  const head = await file
    .slice(0, 1024)
    .text()
    .catch(() => '');
  return /^\s*\{/.test(head.replace(/^\ufeff/, ''));
}

/** Every row is an entry or a line that is shown as not read. */
export async function entriesOf(
  { rows, above }: CareTable,
  mapping: CareMapping,
): Promise<{ entries: Incoming[]; unread: KeptItem[] }> {
  const entries: Incoming[] = [];
  const unread: KeptItem[] = above.map((row) => item(row, t('aboveTable')));
  const seen: Record<string, number> = {};
  for (const row of rows) {
    const read = readCareRow(row.cells, mapping);
    const checked = read.ok ? validateEntry(care, read.fields, today(Date.now()), 'given') : undefined;
    if (!read.ok || !checked?.ok) {
      unread.push(item(row, read.ok ? t('notValid') : t(PROBLEMS[read.problem])));
      continue;
    }
    const key = JSON.stringify(checked.fields);
    const times = (seen[key] ?? 0) + 1;
    seen[key] = times;
    entries.push({ section: care.id, id: await idOf(`${key} ${times}`), fields: checked.fields, left: [] });
  }
  return { entries, unread };
}

function item({ line, cells }: TableRow, reason: string): KeptItem {
  return {
    name: `${t('line', { line: String(line) })} ${cells.filter(Boolean).join(' · ')}`,
    type: say(care.title),
    reason,
  };
}

/** By what the line says and how often it was said before, so that two statements that overlap add nothing twice. */
async function idOf(text: string): Promise<EntryId> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`carnet care ${text}`));
  return entryIdOfBytes(new Uint8Array(digest));
}
