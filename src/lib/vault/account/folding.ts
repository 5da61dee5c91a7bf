/** When the record is folded into a snapshot (docs/protocol.md, "Snapshots and freshness"). */
import type { Replica } from '#lib/replica/replica.ts';

/** With this many frames outside the newest snapshot, a new one spares new devices the walk. */
const SNAPSHOT_AFTER = 500;

export interface Folding {
  isDue(): boolean;
  /** Whether there is a snapshot to be sent now. */
  fold(): Promise<boolean>;
}

export function openFolding(replica: Pick<Replica, 'uncovered' | 'snapshot'>): Folding {
  let from = SNAPSHOT_AFTER;
  return {
    isDue: () => replica.uncovered() >= from,
    async fold() {
      const made = await replica.snapshot();
      // More than a snapshot may hold is so a moment later too: it is tried again when as much has come again. Whatever
      // else stood in the way is over when all is quiet the next time.
      const isTooLarge = !made.ok && made.error.type === 'edit-too-large';
      from = isTooLarge ? replica.uncovered() + SNAPSHOT_AFTER : SNAPSHOT_AFTER;
      return made.ok;
    },
  };
}
