/**
 * The health record as plain data: sections of entries, each entry a flat set of named values.
 *
 * Every kind of entry (an allergy, a document, a device name) has this one shape; what its fields mean and which
 * values they take stands in its section definition. Two devices that change different fields of one entry offline
 * keep both changes, since each field merges on its own.
 */

/**
 * 16 bytes as 22 base64url characters: random ones, which say nothing about the entry; of what is written once, a hash of
 * what it says (immutable.ts).
 */
export type EntryId = string;

/** The key of a section definition: 'allergies', 'documents', … */
export type SectionId = string;

export type FieldValue = string | number | boolean | null | readonly string[];

export interface Entry {
  readonly id: EntryId;
  readonly section: SectionId;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Milliseconds since 1970, from the author's hybrid clock. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Set by a deletion, which can be undone; absent for a living entry. */
  readonly deletedAt?: number;
  /** The devices that set these two times, by the numbers under which the space knows them. */
  readonly createdBy?: number;
  readonly updatedBy?: number;
  /** In a view: the latest changes of the entry (changes.ts), for the edit that is made of what is seen here. */
  readonly heads?: readonly EntryId[];
}

export interface HealthRecord {
  readonly entries: ReadonlyMap<SectionId, ReadonlyMap<EntryId, Entry>>;
}

/** One change. A list of them is one user action, and travels as one frame. */
export type Edit =
  | (Target & { readonly type: 'put'; readonly fields: Readonly<Record<string, FieldValue>> })
  | (Target & { readonly type: 'delete' })
  | (Target & { readonly type: 'restore' });

interface Target {
  readonly section: SectionId;
  readonly id: EntryId;
  /**
   * The latest changes of the entry in what the person saw (`Entry.heads`). What came since is not taken as known to them:
   * where it says something else, both are shown. Left out, it is all that is there.
   */
  readonly saw?: readonly EntryId[];
}
