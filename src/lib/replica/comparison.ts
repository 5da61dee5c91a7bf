/**
 * Whether a state holds what updates say, value by value. Whether two states say the same, their bytes tell (folded.ts).
 */
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { RecordDocument } from './document.ts';

/** What one value says: where it stands, after what, and what it is; null for a value that was replaced. */
interface Unit {
  readonly place: string;
  readonly value: string | null;
}

type Units = ReadonlyMap<string, Unit>;

/** Whether everything the updates say is in the state; a value may have been replaced there since. */
export function holdsUpdates(state: Bytes, updates: readonly Bytes[]): boolean {
  // A device that just joined holds none of them: it need not take a large state apart to know.
  if (updates.length === 0) return true;
  const document = RecordDocument.open(state);
  if (!document) throw new Error('no state');
  const units = unitsOf(document.update());
  for (const update of updates) if (!holds(units, update)) return false;
  return true;
}

function holds(units: Units, update: Bytes): boolean {
  for (const [id, { place, value }] of unitsOf(update)) {
    const held = units.get(id);
    if (!held || held.place !== place || (held.value !== null && held.value !== value)) return false;
  }
  for (const [client, deleted] of Y.decodeUpdate(update).ds.clients)
    for (const { clock, len } of deleted)
      for (let at = clock; at < clock + len; at++)
        if (units.get(idOf(client, at))?.value !== null) return false;
  return true;
}

function unitsOf(update: Bytes): Map<string, Unit> {
  const { structs, ds } = Y.decodeUpdate(update);
  const units = new Map<string, Unit>();
  for (const struct of structs) {
    const { client, clock } = struct.id;
    for (let i = 0; i < struct.length; i++) {
      // Of joined items each after the first stands right after the one before: that is the condition for joining.
      const place = i === 0 ? placeOf(struct) : idOf(client, clock + i - 1);
      units.set(idOf(client, clock + i), { place, value: valueOf(struct, i) });
    }
  }
  for (const [client, deleted] of ds.clients)
    for (const { clock, len } of deleted)
      for (let at = clock; at < clock + len; at++) {
        const unit = units.get(idOf(client, at));
        if (unit) units.set(idOf(client, at), { ...unit, value: null });
      }
  return units;
}

function placeOf(struct: Y.AbstractStruct): string {
  if (!(struct instanceof Y.Item)) return 'none';
  if (struct.origin) return idOf(struct.origin.client, struct.origin.clock);
  return JSON.stringify([struct.parent, struct.parentSub]);
}

function valueOf(struct: Y.AbstractStruct, index: number): string | null {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentAny)) return null;
  return canonical(struct.content.arr[index]);
}

function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes ${value.join()}`;
  if (typeof value === 'bigint') return `bigint ${value}`;
  return JSON.stringify(value, (_, item: unknown) => (item === undefined ? 'undefined' : item));
}

function idOf(client: number, clock: number): string {
  return `${client} ${clock}`;
}
