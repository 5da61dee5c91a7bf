/** The sheet that makes the summary: what is chosen, how far the work is, and how it ended. */
import { summary as t } from '#lib/i18n/summary.ts';
import type { SectionId } from '#lib/record/entry.ts';
import { saveBlob } from './download.ts';
import { exchange } from './exchange.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import { holdsSomething, summaryPaper, summaryParts } from './summary.ts';

/** Work that takes no longer than this needs no bar. */
const SHORT_MS = 1000;

export class SummaryDownload {
  chosen = $state.raw<readonly SectionId[]>([]);
  busy = $state(false);
  /** How far it is, once it has taken a moment. */
  progress = $state.raw<{ readonly done: number; readonly total: number }>();
  failure = $state.raw<'app-incomplete' | 'broken'>();
  /** The signs that the paper handed over last could not draw. */
  missing = $state.raw<readonly string[]>([]);
  readonly #session: Session;
  #stop: AbortController | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.chosen = this.parts.filter(holdsSomething).map(({ id }) => id);
  }

  readonly parts = $derived.by(() => (this.#session.record ? summaryParts(this.#session.record) : []));

  /** True when the file was handed to the person. */
  async make(): Promise<boolean> {
    const { record } = this.#session;
    if (!record || this.busy) return false;
    const stop = new AbortController();
    this.#stop = stop;
    this.failure = undefined;
    this.busy = true;
    let reached = { done: 0, total: 1 };
    const late = setTimeout(() => (this.progress = reached), SHORT_MS);
    const answer = await exchange('pdf', summaryPaper(record, this.chosen, Date.now()), {
      signal: stop.signal,
      progress: (done, total) => {
        reached = { done, total };
        if (this.progress) this.progress = reached;
      },
    });
    clearTimeout(late);
    this.progress = undefined;
    this.busy = false;
    this.missing = answer.ok ? answer.value.missing : [];
    if (answer.ok) saveBlob(answer.value.file, `${t('fileName')}.pdf`);
    else if (answer.error.type !== 'cancelled') this.failure = answer.error.type;
    return answer.ok;
  }

  stop(): void {
    this.#stop?.abort();
  }
}
