/** `npm test` and `npm run thorough`: what they run, in which order, and what side by side. */
import { pass, type Command, type Part, type Step } from './gate.ts';

const script = (name: string, ...args: string[]): Command => [
  ...(['npm', 'run', '--silent', name] as const),
  ...(args.length > 0 ? ['--', ...args] : []),
];
const part = (name: string, ...commands: Command[]): Part => ({ name, commands });

/** Everything that guards a change. What is one process stands in two lanes, which share the two cores of a small machine. */
const TEST: readonly Step[] = [
  [[part('sync', ['svelte-kit', 'sync'])]],
  [
    [
      part('format', script('format:check')),
      part('types', script('types')),
      part('seeds', script('simulate', '--seeds', '1000')),
    ],
    [part('lint', script('lint'))],
  ],
  [[part('unit', script('unit'))]],
  [[part('browser', script('e2e'))]],
];

const SEEDS = 20_000;
const RANGE = 4_000;

/** One process for a range: what one of them dies of does not take the others along. */
const ranges = Array.from({ length: SEEDS / RANGE }, (_, n) => {
  const from = n * RANGE + 1;
  return part(
    `seeds ${from}–${from + RANGE - 1}`,
    script('simulate', '--seeds', String(RANGE), '--from', String(from)),
  );
});

const BUSY: Command = [process.execPath, '--eval', 'for (;;);'];

/** Before something is handed out, or overnight. */
const THOROUGH: readonly Step[] = [
  [[{ ...part('unit, thorough', script('unit')), env: { THOROUGH: '1' } }]],
  [ranges],
  [[part('sabotage', script('sabotage'))]],
  [[{ ...part('browser, one core busy', script('e2e')), beside: BUSY }]],
];

const gates: Readonly<Record<string, () => Promise<void>>> = {
  test: () => pass(TEST),
  thorough: () => pass(THOROUGH, true),
};

const asked = gates[process.argv[2] ?? ''];
if (!asked) throw new Error(`node scripts/gates.ts ${Object.keys(gates).join(' | ')}`);
await asked();
