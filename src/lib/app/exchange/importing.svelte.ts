/** The steps of an import: a file is chosen, read apart from every key, shown, and taken in as far as the person wants. */
import { SvelteSet } from 'svelte/reactivity';
import { say } from '#lib/i18n/catalogue.ts';
import { fhir as t } from '#lib/i18n/fhir.ts';
import type { FileNote } from '#lib/exchange/fhir/bundle.ts';
import type { ImportPlan, Missed } from '#lib/exchange/fhir/plan.ts';
import type { EntryId } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { profileSections } from '#lib/record/sections.ts';
import { fold } from '#lib/text/typed.ts';
import { declaredNone, statementId, statements } from '#lib/record/sections/statements.ts';
import { planFhir } from './fhir.ts';
import { refusalWords } from './fhir-refusal.ts';
import { type Incoming, type Offer, offersOf, takeIn } from './import.ts';
import { detailsOf, isDoubtful, type KeptItem, keptOf } from './kept.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import type { RecordCalls, VaultError } from '#lib/app/session/vault-types.ts';

export type { KeptItem } from './kept.ts';

export interface Declaration {
  readonly section: ProfileSection;
  readonly date: string;
}

/** What is shown of a plan, whichever kind of file it was made of. */
export interface ShownPlan extends Pick<
  ImportPlan,
  'kind' | 'title' | 'date' | 'patient' | 'declared' | 'empty'
> {
  readonly entries: readonly Incoming[];
  readonly notes?: readonly FileNote[];
}

/** What else there is to say of a file. */
interface Said {
  readonly notes?: readonly string[];
  /** In the stead of "nothing new", of a file of which something was not understood. */
  readonly nothing?: string | undefined;
  /** How much of it was not understood; by default, what is kept in the file alone. */
  readonly missed?: Missed;
  /** Values of what is offered that have no place in it. */
  readonly details?: readonly KeptItem[];
}

type Step =
  | { readonly type: 'choose'; readonly refusal?: string }
  | { readonly type: 'reading' }
  | {
      readonly type: 'preview' | 'adding';
      readonly file: File;
      readonly plan: ShownPlan;
      readonly offers: readonly Offer[];
      readonly declared: readonly Declaration[];
      readonly kept: readonly KeptItem[];
      readonly said: Said;
    }
  | {
      readonly type: 'done';
      readonly original: EntryId;
      readonly plan: ShownPlan;
      readonly kept: readonly KeptItem[];
      readonly said: Said;
    };

export class Importing {
  step = $state.raw<Step>({ type: 'choose' });
  /** Ids of entries, and names of sections that are declared empty. */
  readonly chosen = new SvelteSet<string>();
  error = $state.raw<VaultError>();
  progress = $state.raw<{ done: number; total: number }>();
  readonly #session: Session;
  readonly #here: RecordCalls;

  constructor(session: Session) {
    this.#session = session;
    this.#here = session.here;
  }

  async read(file: File): Promise<void> {
    this.error = undefined;
    this.step = { type: 'reading' };
    const planned = await planFhir(file);
    if (!planned.ok) {
      const { error } = planned;
      const isRefused = error.type !== 'cancelled' && error.type !== 'broken';
      this.step = { type: 'choose', refusal: isRefused ? say(refusalWords(error)) : t('broken') };
      return;
    }
    const plan = planned.value;
    const said = { missed: plan.missed, details: detailsOf(plan.resources) };
    await this.show(file, plan, keptOf(plan), said);
  }

  /** What would be added, for the person to choose from. */
  async show(file: File, plan: ShownPlan, kept: readonly KeptItem[], said: Said = {}): Promise<void> {
    const { record } = this.#session;
    const offers = record && (await offersOf(this.#here, record, plan.entries));
    if (!offers) {
      this.step = { type: 'choose', refusal: t('broken') };
      return;
    }
    const declared = this.#declarations(plan);
    this.chosen.clear();
    // What is in doubt is added only by who chooses it.
    for (const { entry, standing } of offers)
      if (standing === 'new' && !isDoubtful(entry)) this.chosen.add(entry.id);
    for (const { section } of declared) this.chosen.add(section.id);
    this.step = { type: 'preview', file, plan, offers, declared, kept, said };
  }

  choose(key: string, isChosen: boolean): void {
    if (isChosen) this.chosen.add(key);
    else this.chosen.delete(key);
  }

  /** How many of the chosen ones are in the record already and would be changed. */
  get changes(): number {
    const { step } = this;
    if (step.type !== 'preview' && step.type !== 'adding') return 0;
    return step.offers.filter(({ entry, standing }) => standing === 'changed' && this.chosen.has(entry.id))
      .length;
  }

  async confirm(): Promise<void> {
    const { record } = this.#session;
    const { step } = this;
    if (step.type !== 'preview' || !record) return;
    const { file, plan, offers, declared } = step;
    this.error = undefined;
    this.progress = undefined;
    this.step = { ...step, type: 'adding' };
    const answer = await takeIn(
      this.#here,
      record,
      {
        file,
        fileName: file.name,
        title: plan.title ?? t('originalName'),
        offers: offers.filter(({ entry }) => this.chosen.has(entry.id)),
        declared: declared
          .filter(({ section }) => this.chosen.has(section.id))
          .map(({ section, date }) => ({ section: section.id, date })),
      },
      (done, total) => (this.progress = { done, total }),
    );
    if (answer.ok) {
      this.step = { type: 'done', original: answer.value, plan, kept: step.kept, said: step.said };
      return;
    }
    this.error = answer.error;
    // What was written stands; done again, it is not written twice.
    await this.#lookAgain(step);
  }

  restart(): void {
    this.step = { type: 'choose' };
    this.error = undefined;
  }

  /** Whose file it is, when it does not seem to be that of the record's owner. */
  stranger({ patient }: ShownPlan): ImportPlan['patient'] {
    const owner = this.#session.record?.owner;
    if (!patient || !owner) return null;
    const words = fold(patient.name).split(/[^\p{L}]+/u);
    const isNamed = [owner.firstName, owner.lastName].every((name) =>
      fold(name)
        .split(/[^\p{L}]+/u)
        .every((part) => words.includes(part)),
    );
    const isBorn = patient.birthDate === null || patient.birthDate === owner.birthDate;
    return isNamed && isBorn ? null : patient;
  }

  async #lookAgain(step: Extract<Step, { type: 'preview' | 'adding' }>): Promise<void> {
    const { record } = this.#session;
    const offers = record && (await offersOf(this.#here, record, step.plan.entries));
    this.step = { ...step, type: 'preview', offers: offers ?? step.offers };
  }

  /** Of the sections that hold nothing and are not declared empty yet. */
  #declarations({ declared, entries }: ShownPlan): Declaration[] {
    const record = this.#session.record;
    return declared.flatMap(({ section: id, date }) => {
      const section = profileSections.find((one) => one.id === id);
      const living = record?.entries[id] ?? [];
      const statement = record?.entries[statements.id]?.find((one) => one.id === statementId(id));
      const isOpen = living.length === 0 && declaredNone(id, statement, living) === null;
      return section && isOpen && !entries.some((entry) => entry.section === id) ? [{ section, date }] : [];
    });
  }
}
