import type { Session } from '#lib/app/session/session.svelte.ts';
import type { VaultError } from '#lib/app/session/vault-types.ts';

/** A document of the record, taken out of its seal while its page is shown. */
export class OpenedDocument {
  file = $state.raw<{ readonly blob: Blob; readonly fileName: string }>();
  progress = $state.raw<{ readonly done: number; readonly total: number }>();
  error = $state.raw<VaultError>();
  #tries = $state(0);

  constructor(session: Session, id: () => string, exists: () => boolean) {
    // A change of its name does not open it again.
    const isThere = $derived(exists());
    const { here } = session;
    $effect(() => {
      void this.#tries;
      if (!isThere) return;
      let left = false;
      this.file = undefined;
      this.error = undefined;
      this.progress = undefined;
      void here
        .openDocument(id(), (done, total) => {
          if (!left) this.progress = { done, total };
        })
        .then((answer) => {
          if (left) return;
          if (answer.ok) this.file = answer.value;
          else this.error = answer.error;
        });
      return () => {
        left = true;
      };
    });
  }

  retry(): void {
    this.#tries += 1;
  }
}
