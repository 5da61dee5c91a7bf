/** A version of the directives handed to the person as a PDF to sign. */
import { directives as t } from '#lib/i18n/directives.ts';
import type { Entry } from '#lib/record/entry.ts';
import { directivesPaper } from './directives-paper.ts';
import { saveBlob } from '#lib/app/exchange/download.ts';
import { exchange } from '#lib/app/exchange/exchange.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';

export class DirectivesDownload {
  busy = $state(false);
  failure = $state.raw<'app-incomplete' | 'broken'>();
  /** The signs that the paper handed over last could not draw. */
  missing = $state.raw<readonly string[]>([]);
  readonly #session: Session;
  readonly #stop = new AbortController();

  constructor(session: Session) {
    this.#session = session;
  }

  async make(version: Entry): Promise<void> {
    const { record } = this.#session;
    if (!record || this.busy) return;
    this.busy = true;
    this.failure = undefined;
    const paper = directivesPaper(record.owner, version, Date.now());
    const answer = await exchange('pdf', paper, { signal: this.#stop.signal });
    this.busy = false;
    this.missing = answer.ok ? answer.value.missing : [];
    if (answer.ok) saveBlob(answer.value.file, `${t('fileName')}-${String(version.fields['date'])}.pdf`);
    else if (answer.error.type !== 'cancelled') this.failure = answer.error.type;
  }

  stop(): void {
    this.#stop.abort();
  }
}
