/**
 * A server under measurement, in a process of its own: what it uses of the processor and of memory is its alone.
 * The bench, which makes the load, is another process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Answer, Question } from './control.ts';

export interface Host {
  readonly port: number;
  /** Microseconds of processor time that the process has used so far, all its threads together. */
  cpu(): Promise<number>;
  /** Bytes resident, after the garbage was collected. */
  settledMemory(): Promise<number>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** @param file a host of `relay/hosts/`, which calls `serveControl` when it listens */
export async function startHost(file: string, env: Readonly<Record<string, string>>): Promise<Host> {
  const child = fork(file, {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'json',
  });
  const ended = once(child, 'exit').then(() => {});
  const stopWithUs = () => child.kill('SIGKILL');
  process.once('exit', stopWithUs);

  const ask = async (question: Question): Promise<Answer> => {
    child.send(question);
    const answer = await Promise.race([once(child, 'message'), ended]);
    if (!answer) throw new Error(`the host ${file} ended`);
    return answer[0] as Answer;
  };

  const ready = await Promise.race([once(child, 'message'), ended]);
  if (!ready) throw new Error(`the host ${file} did not start`);
  const { port } = ready[0] as { port: number };

  return {
    port,
    cpu: async () => (await ask('cpu')).value,
    async settledMemory() {
      const told = (await ask('memory')).value;
      return process.platform === 'linux' ? residentBytes(child.pid!) : told;
    },
    async kill(signal) {
      process.off('exit', stopWithUs);
      child.kill(signal);
      await ended;
    },
  };
}

function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? NaN) * 1024;
}
