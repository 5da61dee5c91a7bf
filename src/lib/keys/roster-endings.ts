/**
 * By which of the endings that count a seat really ended. An ending that is said beside another one, of a seat that is gone
 * already, changes nothing: it brings no words in, and asks for no new keys. Who is an owner no more could otherwise date
 * leaves back for ever, and make whatever it says now count (docs/protocol.md, rules 3 and 8).
 *
 * A seat that an order ends has ended by the order. Else it ended by the leave that an owner who remains has named, unless
 * that owner had known of another leave of this seat, by anything that counts, without knowing of this one.
 */
import type { Case, Ruling } from './roster-court.ts';
import type { Seats } from './roster-rules.ts';

export interface Endings {
  /** Leaves by which a seat really ended: what they name counts. */
  readonly leaves: ReadonlySet<number>;
  /** Leaves of a seat of which no ending is named yet. */
  readonly open: ReadonlySet<number>;
  /** Whether whoever had heard of these statements knows that each seat has ended that has. */
  knowsAll(hears: (index: number) => boolean): boolean;
}

export function endingsOf({ history }: Pick<Case, 'history'>, ruling: Ruling, seats: Seats): Endings {
  const { operations, isBefore } = history;
  const isOrder = (index: number) => operations[index]!.body.body.type === 'order';
  const counted = operations.map((_, index) => index).filter((index) => ruling.refusals[index] === null);
  const [leaves, open] = [new Set<number>(), new Set<number>()];
  const ended = ruling.endedSeats();
  for (const { endings } of ended) {
    if (endings.some(isOrder)) continue;
    const known = counted.filter((index) => endings.some((leave) => isBefore(leave, index)));
    const firsts: number[] = [];
    for (const index of known)
      if (seats.has(ruling.speakers[index]!) && !firsts.some((first) => isBefore(first, index)))
        firsts.push(index);
    if (firsts.length === 0) for (const leave of endings) open.add(leave);
    const hasEnded = (leave: number, by: number) =>
      isBefore(leave, by) && !known.some((earlier) => isBefore(earlier, by) && !isBefore(leave, earlier));
    for (const leave of endings) if (firsts.some((first) => hasEnded(leave, first))) leaves.add(leave);
  }
  return {
    leaves,
    open,
    knowsAll: (hears) =>
      ended.every(({ endings }) => endings.every((ending) => !isOrder(ending) || hears(ending))) &&
      ended.every(({ endings }) => endings.some(hears)),
  };
}
