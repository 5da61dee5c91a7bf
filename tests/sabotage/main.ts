/**
 * `npm run sabotage [-- ID…]`: breaks each line of the list in a copy of the tree, runs the tests that should notice, and
 * prints which one did. Two copies at a time. First those tests run on the sound copy: what fails there notices nothing.
 *
 * `--in FOLDER` breaks another checkout in the same places, such as the one before a change of the tests.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyOf, type Copy, type Verdict } from './copy.ts';
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
  const testsOf = ({ tests }: Sabotage): string[] => tests.filter((test) => existsSync(join(root, test)));
  const copies = Array.from({ length: Math.min(AT_ONCE, sabotages.length) }, () => copyOf(root));
  try {
    const sound = await soundness(copies, [...new Set(sabotages.flatMap(testsOf))]);
    if (sound.length > 0) {
      console.log(`These tests fail on the sound tree:\n${sound.join('\n')}`);
      process.exitCode = 1;
      return;
    }
    const waiting = [...sabotages];
    const unnoticed: string[] = [];
    await Promise.all(
      copies.map(async (copy) => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const verdict = await attempt(copy, next, testsOf(next));
          console.log(lineOf(next, verdict));
          if (verdict.type !== 'failed') unnoticed.push(next.id);
        }
      }),
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const noticed = sabotages.length - unnoticed.length;
    console.log(`${sabotages.length} sabotages in ${seconds} s: ${noticed} noticed, ${unnoticed.length} not`);
    if (unnoticed.length > 0) process.exitCode = 1;
  } finally {
    for (const copy of copies) copy.remove();
  }
}

/** The tests, shared out among the copies; what fails is answered. */
async function soundness(copies: readonly Copy[], tests: readonly string[]): Promise<string[]> {
  const verdicts = await Promise.all(
    copies.map(async (copy, n) => {
      const share = tests.filter((_, at) => at % copies.length === n);
      return share.length > 0 ? copy.run(share) : { type: 'passed' as const };
    }),
  );
  return verdicts.filter(({ type }) => type !== 'passed').map(told);
}

async function attempt(copy: Copy, sabotage: Sabotage, tests: readonly string[]): Promise<Verdict> {
  const text = copy.read(sabotage.file);
  const changed = broken(text, sabotage);
  if (changed === undefined)
    return { type: 'broken', output: 'its line does not stand at exactly one place' };
  if (tests.length === 0) return { type: 'broken', output: 'none of its tests is there' };
  copy.write(sabotage.file, changed);
  try {
    return await copy.run(tests);
  } finally {
    copy.write(sabotage.file, text);
  }
}

function lineOf({ id, why }: Sabotage, verdict: Verdict): string {
  if (verdict.type === 'failed') return `noticed   ${id}\n            ${told(verdict)}`;
  if (verdict.type === 'passed') return `SURVIVED  ${id}\n            ${why}`;
  return `BROKEN    ${id}\n${told(verdict)}`;
}

function told(verdict: Verdict): string {
  if (verdict.type === 'failed') return `${verdict.failure.title}: ${verdict.failure.message.slice(0, 160)}`;
  return verdict.type === 'broken' ? verdict.output.slice(-2000) : 'passed';
}
