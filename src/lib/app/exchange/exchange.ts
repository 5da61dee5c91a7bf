/**
 * Asks the exchange worker: it is started for one call and ended after it, so that nothing of a record, and nothing of a
 * file that may be hostile, outlives the answer.
 */
import type { InputOf, JobName, OutcomeOf, Progress } from '#lib/exchange/jobs.ts';
import type { Call, ToPage } from '#lib/exchange/messages.ts';
import workerUrl from '#lib/exchange/worker.ts?worker&url';
import { trustedWorkerUrl } from '#lib/app/session/trusted-types.ts';

/** The part of a Worker that a call needs. */
export interface ExchangeWorker {
  postMessage(message: Call): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToPage>) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: () => void): void;
  terminate(): void;
}

/** Beside what a job may answer: the person stopped it, or it failed where no failure is expected. */
export interface Unanswered {
  readonly ok: false;
  readonly error: { readonly type: 'cancelled' } | { readonly type: 'broken' };
}

interface Options {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly start?: () => ExchangeWorker;
}

/** What comes back was made from a file of others, perhaps by code that such a file took over: it is data, never trusted. */
export function exchange<Name extends JobName>(
  job: Name,
  input: InputOf<Name>,
  { progress, signal, start = startWorker }: Options = {},
): Promise<OutcomeOf<Name> | Unanswered> {
  if (signal?.aborted) return Promise.resolve(unanswered('cancelled'));
  const worker = start();
  return new Promise<OutcomeOf<Name> | Unanswered>((resolve) => {
    const broken = (): void => resolve(unanswered('broken'));
    worker.addEventListener('error', broken);
    worker.addEventListener('messageerror', broken);
    worker.addEventListener('message', ({ data }) => {
      if (data.type === 'progress') progress?.(data.done, data.total);
      else if (data.type === 'broken') broken();
      else resolve(data.outcome as OutcomeOf<Name>);
    });
    signal?.addEventListener('abort', () => resolve(unanswered('cancelled')), { once: true });
    worker.postMessage({ job, input });
  }).finally(() => worker.terminate());
}

function unanswered(type: Unanswered['error']['type']): Unanswered {
  return { ok: false, error: { type } };
}

function startWorker(): ExchangeWorker {
  return new Worker(trustedWorkerUrl(workerUrl), { type: 'module', name: 'exchange' });
}
