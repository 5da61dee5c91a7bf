/**
 * A statement of reimbursements taken in: how its bytes are read and what its columns say is guessed, the person sets it
 * right and answers what is not certain, then sees what is added. Every line is an entry or is told.
 */
import { say } from '#lib/i18n/catalogue.ts';
import { care as t } from '#lib/i18n/care.ts';
import type { CareTable, Reading, TableRefusal, TableRow } from '#lib/exchange/care/table.ts';
import { type CareColumn, type CareMapping, guessColumns, readCareRow } from '#lib/record/care-table.ts';
import { today } from '#lib/record/partial-date.ts';
import { type Fields, validateEntry } from '#lib/record/section.ts';
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
  /** What the person said of how the file is to be read. */
  reading = $state.raw<Reading>({});
  /** What the care is called where no column says it. */
  nameForAll = $state('');
  refusal = $state<string>();
  busy = $state(false);
  #asked = 0;

  constructor(session: Session) {
    this.importing = new Importing(session);
  }

  async read(file: File): Promise<void> {
    this.refusal = undefined;
    if (await isJson(file)) return this.importing.read(file);
    this.reading = {};
    this.nameForAll = '';
    this.busy = true;
    await this.#readTable(file);
    this.busy = false;
  }

  /** The file is read anew, as the person says; what was answered about its cells was about other cells. */
  async readAs(change: Pick<Reading, 'encoding' | 'separator'>): Promise<void> {
    this.reading = { ...this.reading, surplus: undefined, ...change };
    if (this.chosen) await this.#readTable(this.chosen.file);
  }

  /** What the cells are that no name stands above. */
  async settle(surplus: Reading['surplus']): Promise<void> {
    const { mapping } = this;
    this.reading = { ...this.reading, surplus };
    if (this.chosen) await this.#readTable(this.chosen.file);
    this.mapping = mapping;
  }

  set(column: CareColumn, index: number | null): void {
    this.mapping = { ...this.mapping, [column]: index };
  }

  /** From the columns to what would be added. */
  async show(): Promise<void> {
    if (!this.chosen) return;
    const { file, table } = this.chosen;
    const { entries, unread, notes } = await entriesOf(table, this.mapping, this.nameForAll);
    const plan = {
      ...{ kind: 'resource', title: file.name, date: null, patient: null, entries, declared: [] },
      ...{ resources: [], empty: 0 },
    };
    this.chosen = undefined;
    const nothing = unread.length > 0 ? t('nothingClear') : undefined;
    await this.importing.show(file, plan, unread, { notes, nothing });
  }

  restart(): void {
    this.chosen = undefined;
    this.refusal = undefined;
    this.importing.restart();
  }

  async #readTable(file: File): Promise<void> {
    const mine = ++this.#asked;
    const answer = await exchange('care-table', { file, reading: this.reading });
    if (mine !== this.#asked) return;
    if (!answer.ok) {
      const { type } = answer.error;
      this.refusal = type in REFUSALS ? t(REFUSALS[type as TableRefusal['type']]) : t('broken');
      return;
    }
    this.refusal = undefined;
    this.chosen = { file, table: answer.value };
    this.mapping = guessColumns(answer.value.headers);
  }
}

/** Whether the person has still to say how the file is to be read. */
export function isUndecided({ isEncodingSure, surplus }: CareTable, reading: Reading): boolean {
  const isEncodingAsked = !isEncodingSure && reading.encoding === undefined;
  return isEncodingAsked || (surplus !== null && reading.surplus === undefined);
}

async function isJson(file: Blob): Promise<boolean> {
  // A file that cannot be read is refused with words by the job that reads it.
  const head = await file
    .slice(0, 1024)
    .text()
    .catch(() => '');
  return /^\s*\{/.test(head.replace(/^\ufeff/, ''));
}

export interface ReadStatement {
  readonly entries: readonly Incoming[];
  readonly unread: readonly KeptItem[];
  readonly notes: readonly string[];
  /** Physical lines, by what they became: together they are all that the file has. */
  readonly lines: { readonly entries: number; readonly unread: number };
}

/** Every row is an entry or a line that is shown as not read. */
export async function entriesOf(
  table: CareTable,
  mapping: CareMapping,
  nameForAll = '',
): Promise<ReadStatement> {
  const entries: Incoming[] = [];
  const unread: KeptItem[] = table.above.map((row) => item(row, t('aboveTable')));
  const seen: Record<string, number> = {};
  const lines = { entries: 0, unread: table.above.reduce((sum, row) => sum + row.lines, 0) };
  for (const row of table.rows) {
    const read = understood(row, mapping, nameForAll);
    if ('reason' in read) {
      unread.push(item(row, read.reason));
      lines.unread += row.lines;
      continue;
    }
    const key = JSON.stringify(read.fields);
    const times = (seen[key] ?? 0) + 1;
    seen[key] = times;
    entries.push({
      section: care.id,
      id: await idOf(`${key} ${times}`),
      fields: read.fields,
      left: read.left,
    });
    lines.entries += row.lines;
  }
  return { entries, unread, notes: notesOf(table, lines), lines };
}

type Understood = { readonly fields: Fields; readonly left: readonly string[] } | { readonly reason: string };

function understood({ cells, isAside }: TableRow, mapping: CareMapping, nameForAll: string): Understood {
  if (isAside) return { reason: t('surplusCells') };
  const read = readCareRow(cells, mapping, nameForAll);
  if (!read.ok) return { reason: t(PROBLEMS[read.problem]) };
  const checked = validateEntry(care, read.fields, today(Date.now()), 'given');
  return checked.ok ? { fields: checked.fields, left: read.left } : { reason: t('notValid') };
}

function notesOf({ lines, known, empty, complaints }: CareTable, became: ReadStatement['lines']): string[] {
  const number = (count: number): string => String(count);
  const account = t('account', {
    ...{ lines: number(lines), entries: number(became.entries), known: number(known) },
    ...{ empty: number(empty), unread: number(became.unread) },
  });
  const odd = [...new Set(complaints.map(({ line }) => number(line)))];
  const more = odd.length > MOST_ODD ? '…' : '';
  return odd.length === 0
    ? [account]
    : [account, t('oddLines', { lines: odd.slice(0, MOST_ODD).join(', ') + more })];
}

/** More numbers than these are not read; the list of them stands where the columns are chosen. */
const MOST_ODD = 20;

function item({ line, lines, text }: TableRow, reason: string): KeptItem {
  const place =
    lines === 1
      ? t('line', { line: String(line) })
      : t('linesFrom', { first: String(line), last: String(line + lines - 1) });
  return { name: `${place} ${text.trim()}`, type: say(care.title), reason };
}

/** By what the line says and how often it was said before, so that two statements that overlap add nothing twice. */
async function idOf(text: string): Promise<EntryId> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`carnet care ${text}`));
  return entryIdOfBytes(new Uint8Array(digest));
}
