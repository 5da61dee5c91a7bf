/** The host's end of `host.ts`: says where it listens, then answers what it has used. */
import { setTimeout as sleep } from 'node:timers/promises';

export type Question = 'cpu' | 'memory';
export interface Answer {
  readonly value: number;
}

export function serveControl(port: number): void {
  process.on('message', (question) => void answer(question));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.send?.({ port });
}

async function answer(question: unknown): Promise<void> {
  if (question === 'cpu') {
    const { user, system } = process.cpuUsage();
    return tell(user + system);
  }
  if (question !== 'memory') return;
  // Buffers let go of in one collection are given back in the next; the allocator returns pages a little later.
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await sleep(250);
  }
  tell(process.memoryUsage.rss());
}

function tell(value: number): void {
  process.send?.({ value } satisfies Answer);
}
