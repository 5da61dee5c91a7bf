/**
 * The load: rooms of three seats, in which each writes and the others receive.
 *
 * A delivery is an edit that reached another seat of its room. What a server does besides (echoes, acknowledgements, its
 * own stores) is its way of delivering and counts as its cost. No edit may get lost: every run ends by counting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, Seat } from './seats/seat.ts';

const SEATS = 3;

export interface Room {
  readonly seats: readonly Seat[];
  /** Set by who plays: an edit of this seat is finished. */
  onFinished: (seat: number) => void;
  delivered: number;
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
  for (const name of names) rooms.push(await openRoom(contender, port, name));
  return rooms;
}

async function openRoom(contender: Contender, port: number, name: string): Promise<Room> {
  const seats: Seat[] = [];
  const room: Room = { seats, onFinished: () => {}, delivered: 0 };
  // Where the author is told nothing, an edit is finished when both others have it.
  const half = Array.from({ length: SEATS }, () => false);
  const arrived = (from: number) => {
    half[from] = !half[from];
    if (!half[from]) room.onFinished(from);
  };
  const joining = Array.from({ length: SEATS }, (_, seat) =>
    contender.join(port, name, seat, {
      delivered(edits, from) {
        room.delivered += edits;
        if (from !== undefined && !contender.tellsAuthor) arrived(from);
      },
      finished: () => room.onFinished(seat),
    }),
  );
  seats.push(...(await Promise.all(joining)));
  return room;
}

export function closeRooms(rooms: readonly Room[]): void {
  for (const { seats } of rooms) for (const seat of seats) seat.leave();
}

/** Every seat has one edit under way: it writes the next one when that is finished. */
export async function closedLoop(rooms: readonly Room[], seconds: number): Promise<Outcome> {
  const before = countDelivered(rooms);
  const start = performance.now();
  const end = start + seconds * 1000;
  let edits = 0;
  let underWay = 0;
  const over = Promise.withResolvers<unknown>();

  for (const room of rooms) {
    const write = (seat: number) => {
      edits++;
      underWay++;
      room.seats[seat]!.send();
    };
    room.onFinished = (seat) => {
      underWay--;
      if (performance.now() < end) write(seat);
      else if (underWay === 0) over.resolve(true);
    };
    for (let seat = 0; seat < SEATS; seat++) write(seat);
  }
  await inTime(over.promise, seconds + 30);
  const took = (performance.now() - start) / 1000;
  return { edits, deliveries: await settle(rooms, before + edits * (SEATS - 1), before), seconds: took };
}

/** A steady rate over all rooms, whatever comes back. */
export async function paced(rooms: readonly Room[], rate: number, seconds: number): Promise<Outcome> {
  const before = countDelivered(rooms);
  for (const room of rooms) room.onFinished = () => {};
  const start = performance.now();
  let edits = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    for (const due = Math.floor(elapsed * rate); edits < due; edits++) {
      rooms[edits % rooms.length]!.seats[Math.floor(edits / rooms.length) % SEATS]!.send();
    }
    await sleep(2);
  }
  return { edits, deliveries: await settle(rooms, before + edits * (SEATS - 1), before), seconds };
}

/** Waits for the last deliveries; their number since `before`. */
async function settle(rooms: readonly Room[], expected: number, before: number): Promise<number> {
  for (let wait = 0; countDelivered(rooms) < expected; wait++) {
    if (wait === 300) {
      throw new Error(`${expected - before} deliveries were due, ${countDelivered(rooms) - before} came`);
    }
    await sleep(100);
  }
  return countDelivered(rooms) - before;
}

function countDelivered(rooms: readonly Room[]): number {
  return rooms.reduce((sum, { delivered }) => sum + delivered, 0);
}

async function inTime(work: Promise<unknown>, seconds: number): Promise<void> {
  const timer = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`an edit was not finished within ${seconds} s`);
  });
  late.catch(() => {});
  await Promise.race([work, late]);
  timer.abort();
}
