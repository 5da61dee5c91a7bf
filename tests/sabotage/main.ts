/**
 * `npm run sabotage [-- ID…]`: breaks each line of the list in a copy of the tree, runs the tests that should notice, and
 * prints which one did. Two copies at a time. First those tests run on the sound copies: what fails there notices nothing.
 *
 * `--in FOLDER` breaks another checkout in the same places, such as the one before a change of the tests.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyOf, type Copy } from './copy.ts';
import type { Failure, Run } from './run.ts';
import { SABOTAGES } from './list.ts';
import { broken, type Sabotage } from './sabotage.ts';

const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { in: { type: 'string', default: join(import.meta.dirname, '../..') } },
});
const unknown = positionals.filter((id) => !SABOTAGES.some((one) => one.id === id));
if (unknown.length > 0) throw new Error(`no sabotage is called ${unknown.join(', ')}`);
const chosen = positionals.length > 0 ? SABOTAGES.filter(({ id }) => positionals.includes(id)) : SABOTAGES;
await main(values.in, chosen);

async function main(root: string, sabotages: readonly Sabotage[]): Promise<void> {
  const started = performance.now();
  const copies = Array.from({ length: Math.min(AT_ONCE, sabotages.length) }, () => copyOf(root));
  try {
    const there = (test: string): boolean => existsSync(join(root, test));
    const tests = new Set(sabotages.flatMap((one) => one.tests).filter(there));
    for (const file of await failingOnSound(copies, [...tests])) tests.delete(file);
    const unnoticed = await breakAll(copies, sabotages, tests);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const noticed = sabotages.length - unnoticed.length;
    console.log(`${sabotages.length} sabotages in ${seconds} s: ${noticed} noticed, ${unnoticed.length} not`);
    if (unnoticed.length > 0) process.exitCode = 1;
  } finally {
    for (const copy of copies) copy.remove();
  }
}

/** Files with a test that fails although nothing was broken; the tests are shared out among the copies. */
async function failingOnSound(copies: readonly Copy[], tests: readonly string[]): Promise<string[]> {
  const shares = copies.map((_, n) => tests.filter((_, at) => at % copies.length === n));
  const runs = await Promise.all(
    copies.map(async (copy, n) =>
      shares[n]!.length > 0 ? copy.run(shares[n]!, true) : ({ type: 'ran', failures: [] } as const),
    ),
  );
  return runs.flatMap((run) => {
    if (run.type === 'broken') throw new Error(`the tests do not run on the sound tree:\n${told(run)}`);
    if (run.failures.length === 0) return [];
    process.exitCode = 1;
    console.log(`Fails on the sound tree, and is not asked again:`);
    for (const failure of run.failures) console.log(`  ${failure.file}\n            ${sentence(failure)}`);
    return run.failures.map(({ file }) => file);
  });
}

/** @returns the ids of those that no test noticed */
async function breakAll(
  copies: readonly Copy[],
  sabotages: readonly Sabotage[],
  sound: ReadonlySet<string>,
): Promise<string[]> {
  const waiting = [...sabotages];
  const unnoticed: string[] = [];
  const lane = async (copy: Copy): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const run = await attempt(
        copy,
        next,
        next.tests.filter((test) => sound.has(test)),
      );
      console.log(lineOf(next, run));
      if (run.type === 'broken' || run.failures.length === 0) unnoticed.push(next.id);
    }
  };
  await Promise.all(copies.map(lane));
  return unnoticed;
}

async function attempt(copy: Copy, sabotage: Sabotage, tests: readonly string[]): Promise<Run> {
  const text = copy.read(sabotage.file);
  const changed = broken(text, sabotage);
  if (changed === undefined)
    return { type: 'broken', output: 'its line does not stand at exactly one place' };
  if (tests.length === 0)
    return { type: 'broken', output: 'none of its tests is there, and passes by itself' };
  copy.write(sabotage.file, changed);
  try {
    return await copy.run(tests);
  } finally {
    copy.write(sabotage.file, text);
  }
}

function lineOf({ id, why }: Sabotage, run: Run): string {
  if (run.type === 'broken') return `BROKEN    ${id}\n${told(run)}`;
  const [first] = run.failures;
  return first ? `noticed   ${id}\n            ${sentence(first)}` : `SURVIVED  ${id}\n            ${why}`;
}

function sentence({ title, message }: Failure): string {
  return `${title}: ${message.slice(0, 160)}`;
}

function told({ output }: Run & { readonly type: 'broken' }): string {
  return output.slice(-2000);
}
