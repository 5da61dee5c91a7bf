/** What the pages are told of changes and conflicts: the space's numbers for devices become their ids. */
import type { ChangeLog } from '#lib/record/change-log.ts';
import type { Conflict } from '#lib/record/conflicts.ts';
import type { Entry, EntryId, HealthRecord, SectionId } from '#lib/record/entry.ts';
import type { ConflictView, EntryHistory, Told } from '#lib/record/history.ts';
import { completeEntry } from '#lib/record/living.ts';

/** The id of the device by the number under which the space knows it. */
export type DeviceOf = (client: number | undefined) => string | null;

export function deviceOf(clientIds: ReadonlyMap<string, number>): DeviceOf {
  const devices = new Map([...clientIds].map(([device, client]) => [client, device]));
  return (client) => (client === undefined ? null : (devices.get(client) ?? null));
}

/** Of entries that are there, or that are deleted while somebody changed them. */
export function conflictViews(record: HealthRecord, log: ChangeLog, device: DeviceOf): ConflictView[] {
  return [...log.conflicts()].flatMap((conflict) => {
    const entry = completeEntry(record, conflict.section, conflict.entry);
    if (!entry || (entry.deletedAt !== undefined && !conflict.existence)) return [];
    return [viewOf(conflict, { ...entry, heads: log.headsOf(entry.section, entry.id) }, device)];
  });
}

function viewOf({ fields, existence }: Conflict, entry: Entry, device: DeviceOf): ConflictView {
  const told = ({ at, by }: { readonly at: number; readonly by?: number }): Told => ({ at, by: device(by) });
  return {
    entry,
    fields: fields.map(({ field, alternatives }) => ({
      field,
      alternatives: alternatives.map((one) => ({ ...told(one), value: one.value })),
    })),
    ...(existence && {
      existence: { deleted: told(existence.deleted), changed: told(existence.changed) },
    }),
  };
}

export function historyOf(
  record: HealthRecord,
  log: ChangeLog,
  device: DeviceOf,
  section: SectionId,
  id: EntryId,
): EntryHistory | null {
  const entry = record.entries.get(section)?.get(id);
  if (!entry) return null;
  return {
    created: { at: entry.createdAt, by: device(entry.createdBy) },
    updated: { at: entry.updatedAt, by: device(entry.updatedBy) },
    changes: log.of(section, id).map((change) => ({
      ...{ id: change.id, kind: change.kind, at: change.at, by: device(change.by) },
      fields: [...change.fields].map(([field, replacement]) => ({ field, ...replacement })),
    })),
  };
}
