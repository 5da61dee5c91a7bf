/**
 * What the exchange worker can be asked for, one entry for each job: it makes files from plain data that the page already
 * has, and reads files that may be hostile, far from any key.
 *
 * A new job is a line here, a line in `worker.ts`, and a file that is loaded only when the job is asked for. What is
 * expected to go wrong is a value; what throws is a defect.
 */
import type { CareTable, Reading, TableRefusal } from './care/table.ts';
import type { Refusal } from './fhir/bundle.ts';
import type { ImportPlan } from './fhir/plan.ts';
import type { ExportedRecord, ExportSettings } from './fhir/write.ts';
import type { Table } from './csv.ts';
import type { Paper } from './paper.ts';

export type Outcome<Value, Failure extends { readonly type: string } = never> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

export type Progress = (done: number, total: number) => void;

export type Job<Input, Value, Failure extends { readonly type: string } = never> = (
  input: Input,
  progress: Progress,
) => Promise<Outcome<Value, Failure>>;

/** A file of the app itself that could not be had: its cache is gone, and so is the network. */
export interface AppIncomplete {
  readonly type: 'app-incomplete';
}

export interface FhirExport {
  readonly record: ExportedRecord;
  readonly settings: ExportSettings;
  /** With what concerns Carnet alone, so that nothing is missing when it is read back. */
  readonly whole: boolean;
}

export interface FhirFile {
  readonly file: Blob;
  readonly now: number;
  /** Where the person lives, as the system names it (`Europe/Paris`). */
  readonly zone: string;
  readonly language: ExportSettings['language'];
}

export interface PdfFile {
  readonly file: Blob;
  /** The signs of the paper that no font of ours has. */
  readonly missing: readonly string[];
}

export interface Jobs {
  /** A described paper as a tagged PDF. */
  readonly pdf: Job<Paper, PdfFile, AppIncomplete>;
  /** The record as an International Patient Summary. */
  readonly 'fhir-export': Job<FhirExport, Blob>;
  /** What a FHIR file would add to a record, or why it is refused. */
  readonly 'fhir-plan': Job<FhirFile, ImportPlan, Refusal>;
  /** A table for a spreadsheet. */
  readonly csv: Job<Table, Blob>;
  /** The rows of a statement of reimbursements, as the person said that it is to be read. */
  readonly 'care-table': Job<{ readonly file: Blob; readonly reading?: Reading }, CareTable, TableRefusal>;
}

export type JobName = keyof Jobs;
export type InputOf<Name extends JobName> = Parameters<Jobs[Name]>[0];
export type OutcomeOf<Name extends JobName> = Awaited<ReturnType<Jobs[Name]>>;
