/**
 * The simulation: many seeds, each a small world of its own (world.ts).
 *
 *   npm run simulate -- [--seeds N] [--from S] [--steps K] [--twice]
 *
 * `--twice` runs every seed again and compares the traces. A seed that fails prints the command that replays it.
 */
import { parseArgs } from 'node:util';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { simulate } from './world.ts';

export interface Range {
  readonly from: number;
  readonly seeds: number;
  readonly steps: number;
  readonly twice: boolean;
}

export interface Failure {
  readonly seed: number;
  readonly problems: readonly string[];
}

/** Runs `seeds` seeds from `from` on, every `stride`-th of them. */
async function runSeeds({ from, seeds, steps, twice }: Range, offset = 0, stride = 1): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (let seed = from + offset; seed < from + seeds; seed += stride) {
    const problems = await problemsOf(seed, steps, twice);
    if (problems.length > 0) failures.push({ seed, problems });
  }
  return failures;
}

async function problemsOf(seed: number, steps: number, twice: boolean): Promise<readonly string[]> {
  try {
    const { problems, trace } = await simulate(seed, steps);
    if (!twice) return problems;
    const again = await simulate(seed, steps);
    return again.trace === trace ? problems : [...problems, 'the second run left another trace'];
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      steps: { type: 'string', default: '16' },
      twice: { type: 'boolean', default: false },
    },
  });
  const range = {
    from: Number(values.from),
    seeds: Number(values.seeds),
    steps: Number(values.steps),
    twice: values.twice,
  };
  const started = performance.now();
  const stride = Math.min(availableParallelism(), range.seeds);
  const workers = Array.from({ length: stride }, (_, offset) => runInWorker(range, offset, stride));
  const failures = (await Promise.all(workers)).flat();
  for (const { seed, problems } of failures) {
    console.log(`seed ${seed}:\n  ${problems.join('\n  ')}`);
    console.log(`  replay: npm run simulate -- --seeds 1 --from ${seed} --steps ${range.steps}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${range.seeds} seeds in ${seconds} s, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
}

function runInWorker(range: Range, offset: number, stride: number): Promise<Failure[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { range, offset, stride } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (!isMainThread && parentPort && workerData) {
  const { range, offset, stride } = workerData as { range: Range; offset: number; stride: number };
  parentPort.postMessage(await runSeeds(range, offset, stride));
} else if (isMainThread && process.argv[1] === new URL(import.meta.url).pathname) await main();
