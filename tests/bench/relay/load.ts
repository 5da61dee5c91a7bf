/**
 * The load: rooms of three seats, in which one writes and the others receive.
 *
 * A delivery is an edit that reached another seat of its room. What a server does besides (echoes, acknowledgements, its
 * own stores) is its way of delivering and counts as its cost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, Seat } from './seats/seat.ts';

export const SEATS = 3;

export interface Room {
  readonly seats: readonly Seat[];
  /** Called for every edit that a seat hears and every acknowledgement that an author hears. */
  heard: () => void;
}

export interface Outcome {
  readonly edits: number;
  readonly deliveries: number;
  readonly seconds: number;
}

export async function openRooms(
  contender: Contender,
  port: number,
  names: readonly string[],
): Promise<Room[]> {
  const rooms: Room[] = [];
  for (const name of names) {
    const seats: Seat[] = [];
    const room: Room = { seats, heard: () => {} };
    const joining = Array.from({ length: SEATS }, (_, seat) =>
      contender.join(port, name, seat, () => room.heard()),
    );
    seats.push(...(await Promise.all(joining)));
    rooms.push(room);
  }
  return rooms;
}

export function closeRooms(rooms: readonly Room[]): void {
  for (const { seats } of rooms) for (const seat of seats) seat.leave();
}

/** Each room's next edit is written when the one before has reached everybody and the author has been told all it will be. */
export async function closedLoop(
  rooms: readonly Room[],
  contender: Contender,
  seconds: number,
): Promise<Outcome> {
  const start = performance.now();
  const end = start + seconds * 1000;
  const answers = answersTo(contender);
  let edits = 0;

  const play = (room: Room) =>
    new Promise<void>((resolve) => {
      let turn = 0;
      let missing = 0;
      const write = () => {
        missing = answers;
        edits++;
        room.seats[turn++ % SEATS]!.send();
      };
      room.heard = () => {
        if (--missing > 0) return;
        if (performance.now() < end) write();
        else resolve();
      };
      write();
    });

  await inTime(Promise.all(rooms.map(play)), seconds + 30);
  return { edits, deliveries: edits * (SEATS - 1), seconds: (performance.now() - start) / 1000 };
}

/** A steady rate over all rooms, whatever comes back; settled when nothing more arrives. */
export async function paced(
  rooms: readonly Room[],
  contender: Contender,
  rate: number,
  seconds: number,
): Promise<Outcome> {
  let heard = 0;
  for (const room of rooms) room.heard = () => void heard++;

  const start = performance.now();
  let edits = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    for (const due = Math.floor(elapsed * rate); edits < due; edits++) {
      rooms[edits % rooms.length]!.seats[Math.floor(edits / rooms.length) % SEATS]!.send();
    }
    await sleep(2);
  }
  for (let before = -1; before < heard; await sleep(500)) before = heard;
  // A server may put edits together that wait behind each other; it must not lose any.
  const expected = edits * answersTo(contender);
  if (heard < expected * 0.98)
    throw new Error(`${contender.name} delivered ${heard} of ${expected} messages`);
  return { edits, deliveries: edits * (SEATS - 1), seconds };
}

function answersTo({ echoes, acknowledges }: Contender): number {
  return SEATS - 1 + (echoes ? 1 : 0) + (acknowledges ? 1 : 0);
}

async function inTime(work: Promise<unknown>, seconds: number): Promise<void> {
  const timer = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`an edit did not reach everybody within ${seconds} s`);
  });
  late.catch(() => {});
  await Promise.race([work, late]);
  timer.abort();
}
