/**
 * What stood on this disk, rotted, and cannot be made again from what is left (R03): asked of the relay, and by way of it of
 * the other devices, which publish again what the relay lost. Until it is back the record may show less than it did, and
 * says so. This device may write meanwhile: should words of its own come back that it does not know now, they stand in a
 * lane of their own beside what it writes, and both count (rule 14).
 */
import type { Hex } from '#lib/keys/ids.ts';
import type { Frame } from './frames.ts';
import { holds, type LaneHead, type LaneId } from './log.ts';
import type { Missing } from './state.ts';
import type { Transaction } from './transaction.ts';

/** Of these lanes those that do not come as far as they did, for want of frames. What does not count any more is not missing. */
export function noteMissing(
  transaction: Transaction,
  ends: ReadonlyMap<LaneId, LaneHead>,
  late: readonly Frame[],
  isRepairing = false,
): void {
  const sayings = new Set(late.map(({ saying }) => saying));
  const { missing } = transaction.head;
  const all = new Map([...ends, ...(missing?.lanes ?? [])]);
  const lacking = [...all].filter(
    ([, end]) => !holds(end, transaction.head.lanes, transaction.document) && !sayings.has(end.saying),
  );
  if (lacking.length === 0 && !missing && !isRepairing) return;
  if (lacking.length > 0) transaction.setHead({ cursors: new Map() });
  transaction.setHead({ missing: { controls: 0, unknown: false, ...missing, lanes: new Map(lacking) } });
}

/** What is left of it; null when all has come back, or when the relay has shown all it has: then the rest is missing as any frame is. */
export function stillMissing(transaction: Transaction, upToDate: boolean): Missing | null {
  const { missing } = transaction.head;
  if (!missing || upToDate) return null;
  const isHere = (saying: Hex) => [...transaction.late.values()].some((frame) => frame.saying === saying);
  const lanes = new Map(
    [...missing.lanes].filter(
      ([, end]) => !holds(end, transaction.head.lanes, transaction.document) && !isHere(end.saying),
    ),
  );
  const controls = transaction.controls.size < missing.controls ? missing.controls : 0;
  return lanes.size > 0 || controls > 0 || missing.unknown
    ? { lanes, controls, unknown: missing.unknown }
    : null;
}
