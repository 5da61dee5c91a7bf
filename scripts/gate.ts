/**
 * A gate: steps one after the other, in each step lanes side by side, in each lane parts one after the other. A step that
 * failed ends the gate, cheap steps stand first, and every part's time is told at the end.
 */
import { spawn, type ChildProcess } from 'node:child_process';

export interface Part {
  readonly name: string;
  /** Asked for one at a time, so that what comes may depend on the clock. */
  readonly commands: Iterable<Command>;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs beside the part for as long as it takes. */
  readonly beside?: Command;
}

export type Command = readonly [program: string, ...args: string[]];
export type Lane = readonly Part[];
export type Step = readonly Lane[];

export interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'FAILED' | 'not run';
  readonly seconds: number;
}

/** What a gate needs of the machine. */
export interface Shell {
  /** `keep` gathers what is printed instead of showing it as it comes. */
  run(command: Command, env: Readonly<Record<string, string>>, keep: boolean): Promise<Run>;
  /** Starts a command; what it answers ends it. */
  start(command: Command): () => void;
  print(text: string): void;
  now(): number;
}

export interface Run {
  readonly ok: boolean;
  readonly output: string;
}

/** @param goOn whether a failed step is told of at the end only: a long run tells everything it found */
export async function runGate(steps: readonly Step[], shell: Shell, goOn = false): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    const stopped = !goOn && outcomes.some(({ state }) => state !== 'passed');
    const lanes = step.map(async (lane) => (stopped ? skipped(lane) : runLane(lane, step.length > 1, shell)));
    outcomes.push(...(await Promise.all(lanes)).flat());
  }
  return outcomes;
}

const skipped = (lane: Lane): Outcome[] => lane.map(({ name }) => ({ name, state: 'not run', seconds: 0 }));

/** A lane runs to its end even if one part fails: the parts of one step say different things of the same change. */
async function runLane(lane: Lane, keep: boolean, shell: Shell): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const part of lane) outcomes.push(await runPart(part, keep, shell));
  return outcomes;
}

async function runPart(part: Part, keep: boolean, shell: Shell): Promise<Outcome> {
  if (!keep) shell.print(`── ${part.name}`);
  const started = shell.now();
  const end = part.beside && shell.start(part.beside);
  const { ok, output } = await runAll(part, keep, shell).finally(end);
  const outcome: Outcome = {
    name: part.name,
    state: ok ? 'passed' : 'FAILED',
    seconds: (shell.now() - started) / 1000,
  };
  shell.print(`${keep ? `── ${part.name}\n${output}` : ''}── ${line(outcome)}`);
  return outcome;
}

async function runAll({ commands, env = {} }: Part, keep: boolean, shell: Shell): Promise<Run> {
  let output = '';
  for (const command of commands) {
    const run = await shell.run(command, env, keep);
    output += run.output;
    if (!run.ok) return { ok: false, output };
  }
  return { ok: true, output };
}

const line = ({ name, state, seconds }: Outcome): string =>
  state === 'not run' ? `${name} was not run` : `${name} ${state} in ${seconds.toFixed(1)} s`;

/** Parts, how they ended and what they took. Those of one step overlap, so the whole is given by the clock. */
export function tableOf(outcomes: readonly Outcome[], seconds: number): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length), 'in all'.length);
  const row = (name: string, took: number, state: string): string =>
    `${name.padEnd(width)}  ${took.toFixed(1).padStart(8)} s  ${state}`.trimEnd();
  return [
    ...outcomes.map(({ name, state, seconds }) => row(name, seconds, state)),
    row('in all', seconds, ''),
  ].join('\n');
}

const children = new Set<ChildProcess>();

/** The machine itself. */
export const SHELL: Shell = {
  run: (command, env, keep) =>
    new Promise((resolve, reject) => {
      const child = begin(command, env, keep);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ ok: code === 0, output }));
    }),
  start(command) {
    const child = begin(command, {}, false);
    return () => void child.kill();
  },
  print: (text) => console.log(text),
  now: () => performance.now(),
};

function begin(
  [program, ...args]: Command,
  env: Readonly<Record<string, string>>,
  keep: boolean,
): ChildProcess {
  const child = spawn(program, args, {
    stdio: keep ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Runs a gate on this machine, prints its table, and sets the status that the process ends with. */
export async function pass(steps: readonly Step[], goOn = false): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      for (const child of children) child.kill(signal);
      process.exit(1);
    });
  const started = performance.now();
  const outcomes = await runGate(steps, SHELL, goOn);
  const bad = outcomes.filter(({ state }) => state === 'FAILED').map(({ name }) => name);
  console.log(`\n${tableOf(outcomes, (performance.now() - started) / 1000)}`);
  if (bad.length === 0) return;
  console.log(`\nFailed: ${bad.join(', ')}`);
  process.exitCode = 1;
}
