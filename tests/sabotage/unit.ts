/**
 * Runs unit tests of the tree it stands in, as often as it is asked: what Vitest takes to start, which is more than most
 * files take to run, is paid once. Every file starts anew, so that nothing of a broken module is left for the next run.
 */
import { join } from 'node:path';
import { createVitest, type TestCase } from 'vitest/node';
import type { Asked, Failure, Run } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');
// Two copies run side by side: what is slow must not be taken for what is broken.
const vitest = await createVitest('test', {
  ...{ root: ROOT, watch: false, isolate: true, fileParallelism: false, maxWorkers: 1 },
  ...{ testTimeout: 120_000, hookTimeout: 120_000, reporters: [{}], silent: true, bail: 1 },
});

process.on('message', (asked: Asked) => {
  void run(asked).then(
    (done) => process.send?.(done),
    (error: unknown) => process.send?.({ type: 'broken', output: String(error) } satisfies Run),
  );
});
process.send?.('ready');

async function run({ tests, all, changed }: Asked): Promise<Run> {
  for (const file of changed) vitest.invalidateFile(join(ROOT, file));
  for (const config of [vitest.config, ...vitest.projects.map((project) => project.config)])
    config.bail = all ? 0 : 1;
  const found = await vitest.globTestSpecifications([...tests]);
  const asked = found.filter(({ moduleId }) => tests.some((test) => moduleId === join(ROOT, test)));
  if (asked.length === 0) return { type: 'broken', output: 'no such tests' };
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(asked);
  // Those of the runs before are told again.
  const modules = testModules.filter((module) => asked.some(({ moduleId }) => moduleId === module.moduleId));
  const failures = modules.flatMap((module) =>
    [...module.children.allTests('failed')].map((test) => failureOf(module.relativeModuleId, test)),
  );
  if (failures.length > 0) return { type: 'ran', failures };
  const errors = [...modules.flatMap((module) => broken(module)), ...unhandledErrors.map(String)];
  return errors.length > 0 ? { type: 'broken', output: errors.join('\n') } : { type: 'ran', failures: [] };
}

type Module = Awaited<ReturnType<typeof vitest.runTestSpecifications>>['testModules'][number];

/** Why a file did not come to its tests. */
function broken(module: Module): string[] {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].flatMap((one) => one.errors().map(({ message }) => message));
}

function failureOf(file: string, test: TestCase): Failure {
  const [message = ''] = (test.result().errors ?? []).map((error) => error.message);
  return { file, title: test.fullName, message: message.split('\n')[0] ?? '' };
}
