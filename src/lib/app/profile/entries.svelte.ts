/** What a page of the profile does with the entries of its section: one action, one edit, one sentence about it. */
import { section as t } from '#lib/i18n/section.ts';
import type { Edit, Entry, EntryId } from '#lib/record/entry.ts';
import type { ConflictView, EntryHistory } from '#lib/record/history.ts';
import { formatPartialDate, today } from '#lib/record/partial-date.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { changedFields, type Fields, type Problem } from '#lib/record/section.ts';
import { declaredNone, statementId, statements } from '#lib/record/sections/statements.ts';
import { keepOne, type Unsettled, unsettledIn } from '#lib/record/unsettled.ts';
import { newEntryId, saidAgain } from './entry-id.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import type { RecordCalls, VaultError } from '#lib/app/session/vault-types.ts';

/** A sentence that passes, with what takes the action back. */
type Tell = (sentence: string, undo?: () => void) => void;

export interface Saved {
  readonly saved: boolean;
  readonly problems: readonly Problem[];
}

const SAVED: Saved = { saved: true, problems: [] };

export class SectionEntries {
  error = $state.raw<VaultError>();
  readonly #session: Session;
  readonly #here: RecordCalls;
  readonly #section: () => ProfileSection;
  readonly #nameOf: (section: ProfileSection, entry: Pick<Entry, 'fields'>) => string;
  readonly #tell: Tell;

  constructor(
    session: Session,
    section: () => ProfileSection,
    nameOf: (section: ProfileSection, entry: Pick<Entry, 'fields'>) => string,
    tell: Tell,
  ) {
    this.#session = session;
    this.#here = session.here;
    this.#section = section;
    this.#nameOf = nameOf;
    this.#tell = tell;
  }

  readonly living = $derived.by(
    (): readonly Entry[] => this.#session.record?.entries[this.#section().id] ?? [],
  );

  /** The day "nothing to declare" was said, or null. */
  readonly none = $derived.by(() => {
    const { id } = this.#section();
    const all = this.#session.record?.entries[statements.id] ?? [];
    return declaredNone(
      id,
      all.find((entry) => entry.id === statementId(id)),
      this.living,
    );
  });

  /**
   * Only what changed travels, so that another device may change the rest meanwhile.
   * @param before the entry as it was when the form was opened; what is saved of one that was deleted since comes back
   * @param only the id of the one entry the section has, where there is only one
   */
  async save(before: Entry | undefined, after: Fields, only?: EntryId): Promise<Saved> {
    const section = this.#section();
    const live = this.living.find((entry) => entry.id === before?.id);
    // Of the one that was deleted nothing comes back but what is written now.
    const anew = only !== undefined && !before && !live;
    const changed = anew ? after : changedFields(before?.fields, after, live?.fields);
    if (Object.keys(changed).length === 0) return SAVED;
    const { id, fields } = before
      ? { id: before.id, fields: changed }
      : await this.#newEntry(changed, only ?? newEntryId());
    const target = { section: section.id, id, ...(before && { saw: before.heads ?? [] }) };
    const edits: Edit[] = [{ type: 'put', ...target, fields }];
    if ((before || anew) && !live) edits.push({ type: 'restore', ...target });
    if (!live && this.none !== null) edits.push(this.#withdrawal());
    if (!(await this.#apply(edits))) {
      // A field that is wrong is told at the field, not above the form.
      const problems = this.error?.type === 'entry-invalid' ? this.error.problems : [];
      if (problems.length > 0) this.forget();
      return { saved: false, problems };
    }
    const name = this.#nameOf(section, { fields: after });
    if (before) this.#tell(t('changed', { name }));
    else this.#tell(t('added', { name }), () => void this.remove(id, name));
    return SAVED;
  }

  async remove(id: EntryId, name: string): Promise<boolean> {
    const section = this.#section().id;
    const saw = this.living.find((entry) => entry.id === id)?.heads ?? [];
    if (!(await this.#apply([{ type: 'delete', section, id, saw }]))) return false;
    this.#tell(t('deleted', { name }), () => void this.restore(id, name));
    return true;
  }

  async restore(id: EntryId, name: string): Promise<void> {
    if (await this.#apply([{ type: 'restore', section: this.#section().id, id }]))
      this.#tell(t('restored', { name }));
  }

  /** What two devices said apart and nobody has settled. */
  readonly conflicts = $derived.by((): readonly ConflictView[] => {
    const { id } = this.#section();
    return (this.#session.record?.conflicts ?? []).filter(({ entry }) => entry.section === id);
  });

  /** What cannot be so, because two devices each wrote a part of it. */
  readonly unsettled = $derived.by((): readonly Unsettled[] => unsettledIn(this.#section(), this.living));

  /** The person has seen what there is, and says what is right. */
  async settle({ entry }: ConflictView, choice: 'delete' | 'restore' | Fields): Promise<void> {
    const target = { section: entry.section, id: entry.id, saw: entry.heads ?? [] };
    const edit: Edit =
      typeof choice === 'string' ? { type: choice, ...target } : { type: 'put', ...target, fields: choice };
    if (await this.#apply([edit])) this.#tell(t('settled'));
  }

  /** Only one of these can be what they all are said to be. */
  async keepOne(entries: readonly Entry[], kept: EntryId): Promise<void> {
    if (await this.#apply(keepOne(this.#section(), entries, kept))) this.#tell(t('settled'));
  }

  /** The values that a change replaced are there again; the change stays in the history. */
  async putBack(entry: Entry, fields: Fields): Promise<void> {
    const saw = entry.heads ?? [];
    const edit: Edit = { type: 'put', section: entry.section, id: entry.id, fields, saw };
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, entry.fields[name] ?? null]));
    if (!(await this.#apply([edit]))) return;
    const undo = () =>
      void this.#apply([{ type: 'put', section: entry.section, id: entry.id, fields: before }]);
    this.#tell(t('putBack', { name: this.#nameOf(this.#section(), entry) }), undo);
  }

  /** Null when it cannot be told now. */
  async history(id: EntryId): Promise<EntryHistory | null> {
    const answer = await this.#here.history(this.#section().id, id);
    return answer.ok ? answer.value : null;
  }

  async deleted(): Promise<readonly Entry[]> {
    const answer = await this.#here.deleted(this.#section().id);
    return answer.ok ? answer.value : [];
  }

  /** Who said something: of a record that two hold the guardian, and of this account the device too. */
  deviceName(id: string | null): string {
    const device = this.#session.devices?.find((one) => one.id === id)?.name;
    const guardians = this.#session.record?.guardians ?? [];
    const guardian = guardians.length > 1 && guardians.find(({ devices }) => devices.includes(id ?? ''));
    const name = guardian && `${guardian.firstName} ${guardian.lastName}`.trim();
    if (!name) return device ?? t('anotherDevice');
    return device ? t('ofPerson', { name, device }) : name;
  }

  async declareNone(declared: boolean): Promise<void> {
    const { id: section } = this.#section();
    const date = formatPartialDate(today(Date.now()));
    const id = statementId(section);
    const edits: Edit[] = declared
      ? [
          { type: 'put', section: statements.id, id, fields: { section, date } },
          { type: 'restore', section: statements.id, id },
        ]
      : [this.#withdrawal()];
    if (await this.#apply(edits)) this.#tell(t(declared ? 'noneSaved' : 'noneGone'));
  }

  forget(): void {
    this.error = undefined;
  }

  async #newEntry(fields: Fields, id: EntryId): Promise<{ readonly id: EntryId; readonly fields: Fields }> {
    const section = this.#section();
    if (!section.immutable) return { id, fields };
    const known = [...this.living, ...(await this.deleted())].map((entry) => entry.id);
    return saidAgain(section, fields, known);
  }

  #withdrawal(): Edit {
    return { type: 'delete', section: statements.id, id: statementId(this.#section().id) };
  }

  async #apply(edits: readonly Edit[]): Promise<boolean> {
    this.error = undefined;
    const answer = await this.#here.edit(edits);
    if (!answer.ok) this.error = answer.error;
    return answer.ok;
  }
}
