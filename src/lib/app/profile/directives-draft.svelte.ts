/**
 * The draft of the directives while it is typed (DIR-10): what stands in the page, and how it gets into the record.
 *
 * It is written a moment after the last key, at the latest ten seconds after the first that is not written yet, and when
 * the page asks for it. Only the fields that were typed in travel, so that another device may write in the others meanwhile;
 * what arrives from there shows in every field that nobody is in the middle of changing here.
 */
import type { Entry } from '#lib/record/entry.ts';
import type { Fields } from '#lib/record/section.ts';
import { DIRECTIVES_DRAFT, directivesDraft } from '#lib/record/sections/directives.ts';
import { cleanLines } from '#lib/text/typed.ts';
import type { RecordCalls } from '#lib/vault/door/door.ts';
import type { VaultError } from '#lib/app/session/vault-types.ts';

const PAUSE_MS = 1000;
const LATEST_MS = 10_000;

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

const NAMES: readonly string[] = directivesDraft.fields.map(({ name }) => name);

export class DirectivesDraft {
  /** As typed, by field; `form` is the state of health. */
  readonly texts = $state<Record<string, string>>({});
  /** Whether all that stands here is in the record; undefined before anything was typed. */
  saved = $state<boolean>();
  error = $state.raw<VaultError>();
  readonly #door: Pick<RecordCalls, 'edit'>;
  readonly #clock: DraftClock;
  /** What the record holds, as far as this page was told or has written. */
  readonly #known: Record<string, string> = {};
  #since: number | undefined;
  #stop: (() => void) | undefined;
  #writing: Promise<boolean> | undefined;

  constructor(door: Pick<RecordCalls, 'edit'>, clock: DraftClock = pageClock) {
    this.#door = door;
    this.#clock = clock;
  }

  /** The draft as the record has it by now. */
  take(draft: Pick<Entry, 'fields'> | undefined): void {
    for (const name of NAMES) {
      const [stored, known] = [textOf(draft?.fields, name), this.#known[name] ?? ''];
      if (stored === known) continue;
      // Equal but for spaces at the end is what was written here: the cursor is still in it.
      const mine = cleanLines(this.texts[name] ?? '');
      if (mine === known && mine !== stored) this.texts[name] = stored;
      this.#known[name] = stored;
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
    const fields: Record<string, string> = {};
    for (const name of this.#unsaved()) fields[name] = cleanLines(this.texts[name] ?? '');
    this.#since = undefined;
    const answer = await this.#door.edit([
      { type: 'put', section: directivesDraft.id, id: DIRECTIVES_DRAFT, fields },
    ]);
    this.error = answer.ok ? undefined : answer.error;
    if (!answer.ok) return false;
    Object.assign(this.#known, fields);
    this.saved = this.#unsaved().length === 0;
    return true;
  }

  #unsaved(): readonly string[] {
    return NAMES.filter((name) => cleanLines(this.texts[name] ?? '') !== (this.#known[name] ?? ''));
  }
}

function textOf(fields: Fields | undefined, name: string): string {
  const value = fields?.[name];
  return typeof value === 'string' ? value : '';
}
