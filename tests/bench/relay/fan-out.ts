/**
 * Durable fan-out: what one delivery costs the server in processor time, at full speed and at a steady low rate.
 *
 * Every server runs in a process of its own through all rounds. The clock of its processor is read when the load starts
 * and again once it has had the time to store what it put off (Hocuspocus waits two seconds).
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../harness/host.ts';
import { interleave } from '../harness/rounds.ts';
import { median, ratio } from '../harness/stats.ts';
import { note, printTable, spread } from '../harness/table.ts';
import { closedLoop, closeRooms, openRooms, paced, type Outcome, type Room } from './load.ts';
import type { Contender } from './seats/seat.ts';

const ROOMS = 100;
const LOW_RATE = 2_000;
const STORED_AFTER_MS = 3_000;

export interface FanOutOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly folder: string;
}

interface Sample {
  readonly microseconds: number;
  readonly editsPerSecond: number;
}

type Mode = 'full' | 'low';

/** @returns contender → median processor time per delivery relative to the first contender's */
export async function fanOut(
  mode: Mode,
  contenders: readonly Contender[],
  { rounds, seconds, folder }: FanOutOptions,
): Promise<Map<string, number>> {
  const hosts = new Map<Contender, Host>();
  for (const contender of contenders) {
    hosts.set(contender, await contender.start(join(folder, `${mode}-${hosts.size}`)));
  }
  const play = (rooms: readonly Room[], length: number): Promise<Outcome> =>
    mode === 'full' ? closedLoop(rooms, length) : paced(rooms, LOW_RATE, length);

  const samples = await interleave<Sample>(
    rounds,
    contenders.map((contender) => [
      contender.name,
      async (round) => {
        const host = hosts.get(contender)!;
        const names = Array.from({ length: ROOMS }, (_, room) => `${mode}-${round}-${room}`);
        const rooms = await openRooms(contender, host.port, names);
        if (round === 0) await play(rooms, Math.min(2, seconds));
        const before = await host.cpu();
        const { deliveries, edits, seconds: took } = await play(rooms, seconds);
        await sleep(STORED_AFTER_MS);
        const used = (await host.cpu()) - before;
        closeRooms(rooms);
        return { microseconds: used / deliveries, editsPerSecond: edits / took };
      },
    ]),
  );
  for (const host of hosts.values()) await host.kill('SIGKILL');
  return report(mode, contenders, samples);
}

function report(
  mode: Mode,
  contenders: readonly Contender[],
  samples: ReadonlyMap<string, readonly Sample[]>,
): Map<string, number> {
  const cost = ({ name }: Contender) => samples.get(name)!.map(({ microseconds }) => microseconds);
  const ours = cost(contenders[0]!);
  const ratios = new Map(contenders.map((contender) => [contender.name, ratio(cost(contender), ours)]));
  printTable(
    mode === 'full'
      ? `Fan-out, ${ROOMS} rooms × 3 clients, 200-byte edits, closed loop (one edit under way per client): µs of server CPU per delivery`
      : `Fan-out at ${LOW_RATE} updates/s, the same rooms: µs of server CPU per delivery`,
    ['server', 'min', 'median', 'max', '× ours', 'edits/s', 'what its word is worth'],
    contenders.map((contender) => [
      contender.name,
      ...spread(cost(contender)),
      ratios.get(contender.name)!,
      median(samples.get(contender.name)!.map(({ editsPerSecond }) => editsPerSecond)),
      contender.promise,
    ]),
  );
  note('The closed loop runs as fast as it is answered; load and server share the cores of this machine.');
  return ratios;
}
