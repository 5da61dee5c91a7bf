/** What the pages of the measures do with values and targets: one action, one edit, one sentence with its way back. */
import { measures as t } from '#lib/i18n/measures.ts';
import { section as s } from '#lib/i18n/section.ts';
import type { Edit, Entry, EntryId } from '#lib/record/entry.ts';
import type { MeasureId } from '#lib/record/measure-kinds.ts';
import { type MeasureSeries, type Target, targetOf } from '#lib/record/measures.ts';
import { fixedEntryId } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { identity, SINGLE_ENTRY } from '#lib/record/sections/account.ts';
import { measures, targets } from '#lib/record/sections/measures.ts';
import type { Saved } from '#lib/app/profile/entries.svelte.ts';
import { immutableEntryId } from '#lib/app/profile/entry-id.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import type { RecordCalls, VaultError } from '#lib/app/session/vault-types.ts';

type Tell = (sentence: string, undo?: () => void) => void;

const SAVED: Saved = { saved: true, problems: [] };

export class Measures {
  error = $state.raw<VaultError>();
  readonly #session: Session;
  readonly #here: RecordCalls;
  readonly #tell: Tell;

  constructor(session: Session, tell: Tell) {
    this.#session = session;
    this.#here = session.here;
    this.#tell = tell;
  }

  /** @param name how the value is spoken of: "Poids : 72,4 kg" */
  async add(fields: Fields, name: string): Promise<Saved> {
    const id = await immutableEntryId(measures, fields);
    const wasThere = await this.#isThere(id, fields);
    const failed = await this.#apply(written(id, fields));
    if (failed) return failed;
    // The same value of the same moment is the same: to take it back would take back what was noted before.
    if (wasThere) this.#tell(t('there', { name }));
    else this.#tell(s('added', { name }), () => void this.remove(id, name));
    return SAVED;
  }

  /** A value never changes: another one takes its place, in one action that is taken back as one. */
  async correct(wrong: EntryId, fields: Fields, name: string): Promise<Saved> {
    const id = await immutableEntryId(measures, fields);
    if (id === wrong) return SAVED;
    const wasThere = await this.#isThere(id, fields);
    const failed = await this.#apply([
      { type: 'delete', section: measures.id, id: wrong },
      ...written(id, fields),
    ]);
    if (failed) return failed;
    this.#tell(t('corrected', { name }), () => {
      void this.#apply([
        ...(wasThere ? [] : [{ type: 'delete', section: measures.id, id } as const]),
        { type: 'restore', section: measures.id, id: wrong },
      ]);
    });
    return SAVED;
  }

  async remove(id: EntryId, name: string): Promise<boolean> {
    if (await this.#apply([{ type: 'delete', section: measures.id, id }])) return false;
    this.#tell(s('deleted', { name }), () => void this.#restore(id, name));
    return true;
  }

  targetOf(kind: MeasureId): Target | null {
    return targetOf(this.targetEntry(kind)?.fields);
  }

  /** The target as it stands, whether or not its limits can be meant so. */
  targetEntry(kind: MeasureId): Entry | undefined {
    const all = this.#session.record?.entries[targets.id] ?? [];
    return all.find(({ id }) => id === fixedEntryId(kind));
  }

  /** A target without bounds is deleted. */
  async setTarget(kind: MeasureId, target: Target | null): Promise<Saved> {
    const id = fixedEntryId(kind);
    const [before, wasThere] = [this.targetOf(kind), this.targetEntry(kind) !== undefined];
    const failed = await this.#apply(targetEdits(kind, target));
    if (failed) return failed;
    const undo = (): void =>
      void this.#apply(
        before ? targetEdits(kind, before) : [{ type: 'delete', section: targets.id, id } as const],
      );
    // Limits that could not be so do not come back.
    this.#tell(t(target ? 'targetSaved' : 'targetGone'), !before && wasThere ? undefined : undo);
    return SAVED;
  }

  /** Growth curves differ by it. */
  async saySex(sex: 'female' | 'male'): Promise<void> {
    await this.#apply([{ type: 'put', section: identity.id, id: SINGLE_ENTRY, fields: { sex } }]);
  }

  forget(): void {
    this.error = undefined;
  }

  async #isThere(id: EntryId, { kind }: Fields): Promise<boolean> {
    const answer = await this.#here.measures(kind as MeasureId);
    return answer.ok && answer.value.ids.includes(id);
  }

  async #restore(id: EntryId, name: string): Promise<void> {
    if (!(await this.#apply([{ type: 'restore', section: measures.id, id }])))
      this.#tell(s('restored', { name }));
  }

  /** What is wrong with which field belongs to the form; anything else is told above it. */
  async #apply(edits: readonly Edit[]): Promise<Saved | undefined> {
    this.error = undefined;
    const answer = await this.#here.edit(edits);
    if (answer.ok) return undefined;
    const problems = answer.error.type === 'entry-invalid' ? answer.error.problems : [];
    if (problems.length === 0) this.error = answer.error;
    return { saved: false, problems };
  }
}

/** It may have been noted, and deleted, before. */
function written(id: EntryId, fields: Fields): Edit[] {
  return [
    { type: 'put', section: measures.id, id, fields },
    { type: 'restore', section: measures.id, id },
  ];
}

function targetEdits(kind: MeasureId, target: Target | null): Edit[] {
  const id = fixedEntryId(kind);
  if (!target) return [{ type: 'delete', section: targets.id, id }];
  const { value, second } = target;
  const bounds = { low: value.low, high: value.high, secondLow: second.low, secondHigh: second.high };
  return [
    { type: 'put', section: targets.id, id, fields: { kind, ...bounds } },
    { type: 'restore', section: targets.id, id },
  ];
}

/** All values of a kind, asked for again as soon as the record says that they changed. */
export class Series {
  value = $state.raw<MeasureSeries>();
  error = $state.raw<VaultError>();

  constructor(session: Session, kind: () => MeasureId) {
    const { here } = session;
    let asked = 0;
    // The record is told anew with every change of it; only another stamp asks again.
    const stamp = $derived(session.record && (session.record.measures[kind()]?.stamp ?? null));
    $effect(() => {
      const [id, now] = [kind(), stamp];
      const mine = ++asked;
      if (now === null) this.value = undefined;
      if (now === undefined || now === null) return;
      void here.measures(id).then((answer) => {
        if (mine !== asked) return;
        this.error = answer.ok ? undefined : answer.error;
        if (answer.ok) this.value = answer.value;
      });
    });
  }
}
