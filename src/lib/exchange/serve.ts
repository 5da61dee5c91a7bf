/** Carries out the one call of a worker. */
import type { JobName, Jobs } from './jobs.ts';
import type { Call, ToPage } from './messages.ts';

/** How each job is loaded: only the one that is asked for. */
export type Loaders = { readonly [Name in JobName]: () => Promise<Jobs[Name]> };

/** More often than this no bar moves visibly. */
const PROGRESS_STEPS = 100;

export async function serve(loaders: Loaders, call: Call, post: (message: ToPage) => void): Promise<void> {
  let shown = -1;
  const progress = (done: number, total: number): void => {
    const step = Math.floor((done / total) * PROGRESS_STEPS);
    if (step <= shown) return;
    shown = step;
    post({ type: 'progress', done, total });
  };
  try {
    if (!Object.hasOwn(loaders, call.job)) throw new TypeError('an unknown job');
    post({ type: 'outcome', outcome: await carryOut(loaders, call, progress) });
  } catch (error) {
    // By name only: a message may hold what the file holds.
    post({ type: 'broken', reason: error instanceof Error ? error.name : 'unknown' });
  }
}

async function carryOut<Name extends JobName>(
  loaders: Loaders,
  { job, input }: Call<Name>,
  progress: (done: number, total: number) => void,
): Promise<unknown> {
  const run: (input: never, progress: (done: number, total: number) => void) => Promise<unknown> =
    await loaders[job]();
  return run(input as never, progress);
}
