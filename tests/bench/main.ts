/**
 * `npm run bench -- NAME [--rounds N] [--quick]`: measures one thing, prints a table and a last line of JSON.
 * Ratios are against a peer measured in the same run, in turns. Without a name: the list.
 */
import type { Bench } from './harness/bench.ts';
import { parseOptions } from './harness/options.ts';

/** Loaded when asked for: each brings its own peers and browser. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  open: () => import('./open/open.ts'),
  records: () => import('./records/records.ts'),
  profile: () => import('./profile/profile.ts'),
  relay: () => import('./relay/relay.ts'),
  blob: () => import('./blob/blob.ts'),
  bundle: () => import('./bundle/bundle.ts'),
};

const [name, ...rest] = process.argv.slice(2);
const load = name === undefined ? undefined : BENCHES[name];
if (load) await run((await load()).bench, rest);
else await list(name);

async function run(bench: Bench, args: readonly string[]): Promise<void> {
  const figures = await bench.run(parseOptions(args));
  console.log(JSON.stringify(figures));
  // A browser or a server that does not end by itself must not hold the terminal.
  process.exit(0);
}

async function list(unknown: string | undefined): Promise<void> {
  if (unknown !== undefined) console.log(`There is no bench "${unknown}".`);
  console.log('npm run bench -- NAME [--rounds N] [--quick]\n');
  for (const load of Object.values(BENCHES)) {
    const { name, summary, usage } = (await load()).bench;
    console.log(`  ${name.padEnd(8)}${summary}${usage ? `\n${' '.repeat(10)}${usage}` : ''}`);
  }
  process.exitCode = unknown === undefined ? 0 : 1;
}
