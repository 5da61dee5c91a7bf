/**
 * How a read shares the relay with everybody else: it is done in pieces, says what each has cost, and rests between them.
 *
 * A cost is microseconds of a modest processor, reckoned from rows and bytes and not measured: the same request costs the
 * same on a busy machine, and in a test.
 */
export interface Pace {
  /** Says what the last piece has cost. */
  spend(cost: number): void;
  /** Call it between pieces: what it answers, if anything, is to be waited for. */
  rest(): Promise<void> | undefined;
}

/** For who has the store alone: upkeep, tests. */
export const UNPACED: Pace = { spend: () => undefined, rest: () => undefined };

/** A look at an index of the database, and a row that it leads to. */
export const LOOK_COST = 5;

/** One frame's place in an index: id, cursor, size. */
export const ENTRY_COST = 0.5;

const BYTES_PER_MICROSECOND = 256;

/** Bytes that are read, hashed or written. */
export function costOfBytes(bytes: number): number {
  return bytes / BYTES_PER_MICROSECOND;
}
