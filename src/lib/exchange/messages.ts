/**
 * What a page and its exchange worker say to each other. One call in the life of a worker:
 *
 *   page → worker   call {job, input}
 *   worker → page   progress {done, total}*   then   outcome {outcome} | broken {reason}
 *
 * To cancel, the page ends the worker. Structured clones in memory only; nothing is written anywhere.
 */
import type { InputOf, JobName } from './jobs.ts';

export interface Call<Name extends JobName = JobName> {
  readonly job: Name;
  readonly input: InputOf<Name>;
}

export type ToPage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'outcome'; readonly outcome: unknown }
  | { readonly type: 'broken'; readonly reason: string }; // a broken invariant: never expected
