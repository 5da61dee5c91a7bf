/** What revoked devices left for the person to decide, and each decision with its sentence. */
import type { Session } from '#lib/app/session/session.svelte.ts';
import type {
  RecordCalls,
  UnsettledAddition,
  UnsettledWord,
  VaultError,
} from '#lib/app/session/vault-types.ts';
import { lateWords as t } from '#lib/i18n/late-words.ts';
import { focusHeading } from '#lib/ui/shared/focus.ts';
import type { Toasts } from '#lib/ui/shared/toasts.svelte.ts';

type Settling = 'take' | 'aside' | 'keep' | 'reopen';

export class Unsettled {
  /** Undefined until they were read. */
  words = $state.raw<readonly UnsettledWord[]>();
  additions = $state.raw<readonly UnsettledAddition[]>([]);
  error = $state.raw<VaultError>();
  busy = $state(false);
  readonly #here: RecordCalls;
  readonly #toasts: Toasts;
  #latest = 0;

  constructor(session: Session, toasts: Toasts) {
    this.#here = session.here;
    this.#toasts = toasts;
    // What comes in, and what is settled on another device, changes the record or the devices. While something is being
    // settled here the rows stand still: a row that comes can be pressed.
    $effect(() => {
      if (session.record && session.devices && !this.busy) void this.#load();
    });
  }

  get late(): readonly UnsettledWord[] {
    return this.#among('late', true);
  }

  get kept(): readonly UnsettledWord[] {
    return this.#among('kept', true);
  }

  get aside(): readonly UnsettledWord[] {
    return this.#among('late', false);
  }

  get isEmpty(): boolean {
    return this.late.length + this.kept.length + this.aside.length + this.additions.length === 0;
  }

  async setAside(sayings: readonly string[], name: string): Promise<void> {
    if (await this.#settle('aside', sayings))
      this.#toasts.show(t('setAside', { name }), () => void this.#settle('reopen', sayings));
  }

  async take(sayings: readonly string[], name: string): Promise<void> {
    if (await this.#settle('take', sayings)) this.#toasts.show(t('taken', { name }));
  }

  async keep(sayings: readonly string[], name: string): Promise<void> {
    if (await this.#settle('keep', sayings))
      this.#toasts.show(t('acknowledged', { name }), () => void this.#settle('reopen', sayings));
  }

  /** @param close puts away the question, before the head of the page is gone to */
  async confirm({ saying }: UnsettledAddition, name: string, close: () => void): Promise<void> {
    if (this.busy) return;
    this.#begin();
    const answer = await this.#here.confirmAddition(saying);
    await this.#load();
    this.busy = false;
    if (!answer.ok) {
      this.error = answer.error;
      return;
    }
    close();
    this.#toasts.show(t('confirmed', { name }));
    await focusHeading(document, 'h1');
  }

  forget(): void {
    this.error = undefined;
  }

  /** What was pressed is gone with its row: the focus goes to the head of the page. */
  async #settle(what: Settling, sayings: readonly string[]): Promise<boolean> {
    if (this.busy) return false;
    this.#begin();
    const none = { take: [], aside: [], keep: [], reopen: [] };
    const answer = await this.#here.settleWords({ ...none, [what]: sayings });
    await this.#load();
    this.busy = false;
    if (!answer.ok) this.error = answer.error;
    await focusHeading(document, 'h1');
    return answer.ok;
  }

  #begin(): void {
    this.busy = true;
    this.#latest += 1;
    this.error = undefined;
  }

  /** Of two readings that overlap the later one is shown, whichever is answered last. */
  async #load(): Promise<void> {
    const mine = ++this.#latest;
    const here = this.#here;
    const [said, made] = await Promise.all([here.unsettledWords(), here.unsettledAdditions()]);
    if (mine !== this.#latest) return;
    if (said.ok && made.ok) [this.words, this.additions] = [said.value, made.value];
    else this.error = said.ok ? (made.ok ? undefined : made.error) : said.error;
  }

  #among(state: UnsettledWord['state'], isOpen: boolean): readonly UnsettledWord[] {
    return this.words?.filter((word) => word.state === state && (word.decision === null) === isOpen) ?? [];
  }
}
