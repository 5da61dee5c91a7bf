/**
 * The draft of the directives while it is typed (DIR-10): what stands in the page, and how it gets into the record.
 *
 * It is written a moment after the last key, at the latest ten seconds after the first that is not written yet, and when
 * the page asks for it. Only the fields that were typed in travel, so that another device may write in the others meanwhile;
 * what arrives from there shows in every field that nobody is in the middle of changing here. What arrives in a field that
 * somebody is changing here is not taken as seen: both texts stand, and the person chooses (R21).
 */
import type { Edit, Entry, EntryId } from '#lib/record/entry.ts';
import type { Fields } from '#lib/record/section.ts';
import { DIRECTIVES_DRAFT, directivesDraft } from '#lib/record/sections/directives.ts';
import { cleanLines } from '#lib/text/typed.ts';
import type { RecordCalls } from '#lib/vault/door/door.ts';
import type { VaultError } from '#lib/app/session/vault-types.ts';

const PAUSE_MS = 1000;
const LATEST_MS = 10_000;
/** Of answers as long as they may be, so many fit into one edit, with what tells of them. */
const AT_ONCE = 5;

export interface DraftClock {
  now(): number;
  /** Runs later, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

export const pageClock: DraftClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The draft as the record has it, and in which of its fields two devices have written apart. */
export interface StoredDraft {
  readonly entry: Pick<Entry, 'fields' | 'heads'> | undefined;
  readonly disputed: readonly string[];
}

const NAMES: readonly string[] = directivesDraft.fields.map(({ name }) => name);

export class DirectivesDraft {
  /** As typed, by field; `form` is the state of health. */
  readonly texts = $state<Record<string, string>>({});
  /** Whether all that stands here is in the record; undefined before anything was typed. */
  saved = $state<boolean>();
  error = $state.raw<VaultError>();
  readonly #door: Pick<RecordCalls, 'edit'>;
  readonly #stored: () => StoredDraft | undefined;
  readonly #clock: DraftClock;
  /** What the record holds, as far as this page was told or has written. */
  readonly #known: Record<string, string> = {};
  /** What this page wrote last in each field. */
  readonly #sent: Record<string, string> = {};
  /** By field, the latest changes of the draft when what stands in it was shown here. */
  readonly #seen: Record<string, readonly EntryId[]> = {};
  /** Fields into which something came while somebody was typing in them here. */
  // Not read by any view.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #unshown = new Set<string>();
  #since: number | undefined;
  #stop: (() => void) | undefined;
  #writing: Promise<boolean> | undefined;

  /** @param stored what the record holds at this moment; it may be ahead of what the page was told */
  constructor(
    door: Pick<RecordCalls, 'edit'>,
    stored: () => StoredDraft | undefined,
    clock: DraftClock = pageClock,
  ) {
    this.#door = door;
    this.#stored = stored;
    this.#clock = clock;
  }

  /** The draft as the record has it by now. */
  take({ entry, disputed }: StoredDraft): void {
    const heads = entry?.heads ?? [];
    for (const name of NAMES) {
      const [stored, known] = [textOf(entry?.fields, name), this.#known[name] ?? ''];
      const mine = cleanLines(this.texts[name] ?? '');
      const isTyping = mine !== known && mine !== stored;
      // Equal but for spaces at the end is what was written here: the cursor is still in it.
      if (stored !== known && !isTyping && mine !== stored) this.texts[name] = stored;
      this.#known[name] = stored;
      const isSame = stored === known && !this.#unshown.has(name);
      const isShown = isSame || !isTyping || stored === this.#sent[name];
      if (isShown) this.#unshown.delete(name);
      else this.#unshown.add(name);
      // Of what is in dispute the page shows one text by chance: the other has not been seen.
      if (isShown && (!disputed.includes(name) || this.#seen[name] === undefined)) this.#seen[name] = heads;
    }
  }

  /** Where there is no draft yet, it begins with these words. */
  begin(fields: Fields): void {
    for (const name of NAMES) this.texts[name] = textOf(fields, name);
  }

  write(name: string, text: string): void {
    this.texts[name] = text;
    if (this.#unsaved().length === 0) return;
    this.saved = false;
    const now = this.#clock.now();
    this.#since ??= now;
    this.#stop?.();
    this.#stop = this.#clock.after(
      Math.max(0, Math.min(PAUSE_MS, this.#since + LATEST_MS - now)),
      () => void this.save(),
    );
  }

  /** Writes what is not written yet; true when all of it is. */
  async save(): Promise<boolean> {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#writing) await this.#writing;
    if (this.#unsaved().length === 0) return true;
    this.#writing = this.#write();
    const written = await this.#writing;
    this.#writing = undefined;
    return written && this.#unsaved().length === 0;
  }

  async #write(): Promise<boolean> {
    const stored = this.#stored();
    if (stored) this.take(stored);
    this.#since = undefined;
    for (const edit of this.#edits()) {
      Object.assign(this.#sent, edit.fields);
      const answer = await this.#door.edit([edit]);
      this.error = answer.ok ? undefined : answer.error;
      if (!answer.ok) return false;
      Object.assign(this.#known, edit.fields);
      const now = this.#stored();
      if (now) this.take(now);
    }
    this.saved = this.#unsaved().length === 0;
    return true;
  }

  /** One for the fields that were typed in with the same of the draft in sight: mostly one. */
  #edits(): readonly (Extract<Edit, { type: 'put' }> & { fields: Record<string, string> })[] {
    const target = { type: 'put', section: directivesDraft.id, id: DIRECTIVES_DRAFT } as const;
    const groups: { saw: readonly EntryId[] | undefined; fields: Record<string, string> }[] = [];
    for (const name of this.#unsaved()) {
      const saw = this.#seen[name];
      const isFitting = (one: (typeof groups)[number]): boolean =>
        String(one.saw) === String(saw) && Object.keys(one.fields).length < AT_ONCE;
      const group = groups.find(isFitting) ?? { saw, fields: {} };
      if (!groups.includes(group)) groups.push(group);
      group.fields[name] = cleanLines(this.texts[name] ?? '');
    }
    return groups.map(({ saw, fields }) => ({ ...target, ...(saw && { saw }), fields }));
  }

  #unsaved(): readonly string[] {
    return NAMES.filter((name) => cleanLines(this.texts[name] ?? '') !== (this.#known[name] ?? ''));
  }
}

function textOf(fields: Fields | undefined, name: string): string {
  const value = fields?.[name];
  return typeof value === 'string' ? value : '';
}
