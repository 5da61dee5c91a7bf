/** A gate lets nothing through, tells what each part took, and does not go on once a step has failed. */
import { describe, expect, test } from 'vitest';
import { runGate, tableOf, type Command, type Part, type Shell } from '../../scripts/gate.ts';

const part = (name: string, more: Partial<Part> = {}): Part => ({ name, commands: [[name]], ...more });

/** A machine on which every command takes a second, and those that are named fail. */
function machine(...broken: string[]) {
  let clock = 0;
  const told: string[] = [];
  const shell: Shell = {
    async run([program], env, keep) {
      told.push([program, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)].join(' '));
      await Promise.resolve();
      clock += 1000;
      return { ok: !broken.includes(program), output: keep ? `${program} said\n` : '' };
    },
    start([program]: Command) {
      told.push(`start ${program}`);
      return () => void told.push(`end ${program}`);
    },
    print: (text) => void told.push(text),
    now: () => clock,
  };
  return { shell, told };
}

const states = (outcomes: readonly { readonly name: string; readonly state: string }[]) =>
  outcomes.map(({ name, state }) => `${name}: ${state}`);

describe('a gate', () => {
  test('runs its steps one after the other and tells the seconds of each part', async () => {
    const { shell } = machine();
    const outcomes = await runGate(
      [[[part('format')]], [[part('unit', { commands: [['a'], ['b']] })]]],
      shell,
    );
    expect(outcomes).toEqual([
      { name: 'format', state: 'passed', seconds: 1 },
      { name: 'unit', state: 'passed', seconds: 2 },
    ]);
  });

  test('ends after the step in which something failed, and names what it did not run', async () => {
    const { shell, told } = machine('lint');
    const outcomes = await runGate(
      [[[part('types')], [part('lint'), part('format')]], [[part('unit')]]],
      shell,
    );
    expect(states(outcomes)).toEqual(['types: passed', 'lint: FAILED', 'format: passed', 'unit: not run']);
    expect(told).not.toContain('unit');
  });

  test('that goes on runs everything and forgets no failure', async () => {
    const outcomes = await runGate([[[part('seeds')]], [[part('unit')]]], machine('seeds').shell, true);
    expect(states(outcomes)).toEqual(['seeds: FAILED', 'unit: passed']);
  });

  test('does not run the second command of a part whose first failed', async () => {
    const { shell, told } = machine('a');
    const outcomes = await runGate([[[part('types', { commands: [['a'], ['b']] })]]], shell);
    expect(states(outcomes)).toEqual(['types: FAILED']);
    expect(told).not.toContain('b');
  });

  test('prints what lanes say in one piece each, when a part ends', async () => {
    const { shell, told } = machine();
    await runGate([[[part('types')], [part('lint')]]], shell);
    const said = told.filter((text) => text.includes('said'));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^── types\ntypes said\n── types passed in [\d.]+ s$/);
  });

  test('keeps a core busy beside a part, and ends that with the part even when it throws', async () => {
    const { shell, told } = machine();
    const broken: Shell = { ...shell, run: () => Promise.reject(new Error('no such program')) };
    const busy = part('browser', { beside: ['busy'], env: { THOROUGH: '1' } });
    await expect(runGate([[[busy]]], broken)).rejects.toThrow('no such program');
    expect(told.filter((text) => text.includes('busy'))).toEqual(['start busy', 'end busy']);
    await runGate([[[busy]]], shell);
    expect(told).toContain('browser THOROUGH=1');
  });
});

test('the table has every part and the time by the clock', () => {
  const table = tableOf(
    [
      { name: 'types', state: 'passed', seconds: 61.25 },
      { name: 'unit', state: 'not run', seconds: 0 },
    ],
    62,
  );
  expect(table).toBe(
    ['types       61.3 s  passed', 'unit         0.0 s  not run', 'in all      62.0 s'].join('\n'),
  );
});
