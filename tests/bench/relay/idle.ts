/**
 * What a connection costs that only waits: resident memory of the server with 2 000 of them, less what it had with 100.
 *
 * Each connection has a topic (a document) of its own, opened and subscribed to. The first hundred and a collection come
 * before the first reading, so that what a server allocates once is not counted against connections.
 */
import { join } from 'node:path';
import { interleave } from '../harness/rounds.ts';
import { median } from '../harness/stats.ts';
import { note, printTable, spread } from '../harness/table.ts';
import type { Contender, Seat } from './seats/seat.ts';

const FIRST = 100;

/** @returns contender → median bytes per connection */
export async function idle(
  contenders: readonly Contender[],
  { rounds, connections, folder }: { rounds: number; connections: number; folder: string },
): Promise<Map<string, number>> {
  const samples = await interleave(
    rounds,
    contenders.map((contender, place) => [
      contender.name,
      async (round) => {
        const host = await contender.start(join(folder, `idle-${place}-${round}`));
        const seats = await open(contender, host.port, 'first', FIRST);
        const before = await host.settledMemory();
        seats.push(...(await open(contender, host.port, 'more', connections)));
        const after = await host.settledMemory();
        for (const seat of seats) seat.leave();
        await host.kill('SIGKILL');
        return (after - before) / connections;
      },
    ]),
  );
  printTable(
    `Memory per idle connection (${connections} of them): kB resident`,
    ['server', 'min', 'median', 'max'],
    contenders.map(({ name }) => [name, ...spread(samples.get(name)!.map((bytes) => bytes / 1000))]),
  );
  note(
    'Read from /proc after a forced collection. Memory of the kernel for sockets is not in it, for any server.',
  );
  return new Map([...samples].map(([name, bytes]) => [name, median(bytes)]));
}

async function open(contender: Contender, port: number, prefix: string, count: number): Promise<Seat[]> {
  const silent = { delivered: () => {}, finished: () => {} };
  const seats: Seat[] = [];
  const AT_ONCE = 50;
  for (let i = 0; i < count; i += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, n) =>
      contender.join(port, `${prefix}-${i + n}`, 0, silent),
    );
    seats.push(...(await Promise.all(group)));
  }
  return seats;
}
