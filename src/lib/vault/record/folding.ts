/** When a record is folded into a snapshot (docs/protocol.md, "Snapshots and freshness"). */
import type { Replica } from '#lib/replica/replica.ts';

/** With this many frames outside the newest snapshot, a new one spares new devices the walk. */
const SNAPSHOT_AFTER = 500;

export class Folding {
  readonly #replica: Pick<Replica, 'uncovered' | 'snapshot'>;
  #from = SNAPSHOT_AFTER;

  constructor(replica: Pick<Replica, 'uncovered' | 'snapshot'>) {
    this.#replica = replica;
  }

  isDue(): boolean {
    return this.#replica.uncovered() >= this.#from;
  }

  /** Whether there is a snapshot to be sent now. */
  async fold(): Promise<boolean> {
    const made = await this.#replica.snapshot();
    // More than a snapshot may hold is so a moment later too: it is tried again when as much has come again. Whatever
    // else stood in the way is over when all is quiet the next time.
    const isTooLarge = !made.ok && made.error.type === 'edit-too-large';
    this.#from = isTooLarge ? this.#replica.uncovered() + SNAPSHOT_AFTER : SNAPSHOT_AFTER;
    return made.ok;
  }
}
