/**
 * What the exchange worker can be asked for, one entry for each job: it makes files from plain data that the page already
 * has, and reads files that may be hostile, far from any key.
 *
 * A new job is a line here, a line in `worker.ts`, and a file that is loaded only when the job is asked for. What is
 * expected to go wrong is a value; what throws is a defect.
 */
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

export interface Jobs {
  /** A described paper as a tagged PDF. */
  readonly pdf: Job<Paper, Blob, AppIncomplete>;
}

export type JobName = keyof Jobs;
export type InputOf<Name extends JobName> = Parameters<Jobs[Name]>[0];
export type OutcomeOf<Name extends JobName> = Awaited<ReturnType<Jobs[Name]>>;
