/**
 * The search over the profile. What is typed goes to the vault and nowhere else: not into an address, not into the
 * history of the browser.
 */
import type { FoundGroup } from '#lib/record/found.ts';
import { groupsOf, measuredOf } from './found.ts';
import type { Session } from '#lib/app/session/session.svelte.ts';
import type { RecordCalls, VaultError } from '#lib/app/session/vault-types.ts';

export interface SearchAnswer {
  readonly query: string;
  readonly groups: readonly FoundGroup[];
  readonly shown: number;
  readonly count: number;
}

export class ProfileSearch {
  query = $state('');
  answer = $state.raw<SearchAnswer>();
  error = $state.raw<VaultError>();
  readonly #session: Session;
  readonly #here: RecordCalls;
  #asked = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#here = session.here;
  }

  /** Of what is asked quickly one after the other, only the last is answered. */
  async ask(query: string): Promise<void> {
    const mine = ++this.#asked;
    this.error = undefined;
    if (query.trim() === '') {
      this.answer = undefined;
      return;
    }
    const answer = await this.#here.search(query);
    if (mine !== this.#asked) return;
    if (!answer.ok) {
      this.error = answer.error;
      return;
    }
    const { hits, count } = answer.value;
    const measured = await measuredOf(hits, this.#here);
    const { record } = this.#session;
    if (mine !== this.#asked || !record) return;
    const groups = groupsOf(hits, record, measured);
    const shown = groups.reduce((sum, { found }) => sum + found.length, 0);
    this.answer = { query, groups, shown, count: hits.length < count ? count : shown };
  }
}
