/** Cold join: a client with nothing comes to a space of 10 000 updates. Time to a ready document, and bytes received. */
import { join as path } from 'node:path';
import { PlainTwin } from '../../harness/plain.ts';
import { interleave } from '../../harness/rounds.ts';
import { median, ratio } from '../../harness/stats.ts';
import { note, printTable, spread } from '../../harness/table.ts';
import { editsOf } from '../../open/edits.ts';
import { carnet } from '../seats/carnet.ts';
import { yWebsocket } from '../seats/y-websocket.ts';
import { carnetSide } from './carnet.ts';
import type { Joined, JoinSide } from './side.ts';
import { yWebsocketSide } from './y-websocket.ts';

export const AIMS = { time: 0.8, bytes: 0.25 };
const CLIENT = 2 ** 52 + 12_345;

export async function coldJoin({
  rounds,
  updates,
  folder,
}: {
  rounds: number;
  updates: number;
  folder: string;
}): Promise<{ time: number; bytes: number }> {
  const edits = [...editsOf(updates)];
  const twin = new PlainTwin(CLIENT);
  const plain = edits.map((edit) => twin.edit([edit], Date.now()));
  const hosts = [
    await carnet.start(path(folder, 'join-0')),
    await yWebsocket.start(path(folder, 'join-1')),
  ] as const;
  const ours = await carnetSide(hosts[0].port, edits);
  const theirs = await yWebsocketSide(hosts[1].port, plain);

  const entries = new Set(edits.map(({ id }) => id)).size;
  const samples = await interleave<Joined>(rounds, [
    ['Carnet', () => complete('Carnet', ours, entries)],
    ['y-websocket', () => complete('y-websocket', theirs, entries)],
  ]);
  ours.leave();
  theirs.leave();
  for (const host of hosts) await host.kill('SIGKILL');

  const of = (name: string, what: 'milliseconds' | 'bytes') => samples.get(name)!.map((one) => one[what]);
  const time = ratio(of('Carnet', 'milliseconds'), of('y-websocket', 'milliseconds'));
  const bytes = ratio(of('Carnet', 'bytes'), of('y-websocket', 'bytes'));
  printTable(
    `Cold join of ${updates} updates (${entries} entries): ms to a ready document, kB received`,
    ['', 'min', 'median', 'max', '× plain', 'aim', 'kB', '× plain', 'aim'],
    [
      row(
        'Carnet',
        of('Carnet', 'milliseconds'),
        time,
        `≤ ${AIMS.time}`,
        of('Carnet', 'bytes'),
        bytes,
        `≤ ${AIMS.bytes}`,
      ),
      row('y-websocket', of('y-websocket', 'milliseconds'), 1, '', of('y-websocket', 'bytes'), 1, ''),
    ],
  );
  note(
    'Ours: newest snapshot and the 250 frames after it, verified, admitted, sealed again; theirs: one document, plain.',
  );
  return { time, bytes };
}

function row(
  name: string,
  times: readonly number[],
  time: number,
  timeAim: string,
  bytes: readonly number[],
  share: number,
  bytesAim: string,
) {
  return [name, ...spread(times), time, timeAim, median(bytes) / 1000, share, bytesAim];
}

/** A join, of which no entry is missing. */
async function complete(name: string, side: JoinSide, entries: number): Promise<Joined> {
  const joined = await side.join();
  if (joined.entries !== entries) throw new Error(`${name}: ${joined.entries} of ${entries} entries arrived`);
  return joined;
}
