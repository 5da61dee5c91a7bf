/**
 * What stood on this disk, rotted, and cannot be made again from what is left (R03): asked of the relay, and by way of it of
 * the other devices, which publish again what the relay lost. Until it is back the record may show less than it did, and
 * says so. This device may write meanwhile: should words of its own come back that it does not know now, they stand in a
 * lane of their own beside what it writes, and both count (rule 14).
 */
import type { Hex } from '#lib/keys/ids.ts';
import type { Frame } from './frames.ts';
import { holds, type LaneHead, type LaneId } from './log.ts';
import type { Owed } from './state.ts';
import type { Turn } from './transaction.ts';

/** Of these lanes those that do not come as far as they did, for want of frames. What does not count any more is not owed. */
export function noteOwed(
  turn: Turn,
  ends: ReadonlyMap<LaneId, LaneHead>,
  late: readonly Frame[],
  isRepairing = false,
): void {
  const sayings = new Set(late.map(({ saying }) => saying));
  const { owed } = turn.head;
  const all = new Map([...ends, ...(owed?.lanes ?? [])]);
  const lacking = [...all].filter(
    ([, end]) => !holds(end, turn.head.lanes, turn.document) && !sayings.has(end.saying),
  );
  if (lacking.length === 0 && !owed && !isRepairing) return;
  if (lacking.length > 0) turn.setHead({ cursors: new Map() });
  turn.setHead({ owed: { controls: 0, unknown: false, ...owed, lanes: new Map(lacking) } });
}

/** What is left of it; null when all has come back, or when the relay has shown all it has: then the rest is missing as any frame is. */
export function stillOwed(turn: Turn, upToDate: boolean): Owed | null {
  const { owed } = turn.head;
  if (!owed || upToDate) return null;
  const isHere = (saying: Hex) => [...turn.late.values()].some((frame) => frame.saying === saying);
  const lanes = new Map(
    [...owed.lanes].filter(([, end]) => !holds(end, turn.head.lanes, turn.document) && !isHere(end.saying)),
  );
  const controls = turn.controls.size < owed.controls ? owed.controls : 0;
  return lanes.size > 0 || controls > 0 || owed.unknown ? { lanes, controls, unknown: owed.unknown } : null;
}
