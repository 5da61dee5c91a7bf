/**
 * A worker that lacks what a vault needs: it says so to whatever it is asked, so that nothing is entered (R24). Runs
 * nothing of the browser itself, since what is missing may be anything.
 */
import { fail } from '#lib/bytes/result.ts';
import type { TabHost } from '#lib/vault/tabs/election.ts';
import { readFromPage, type ToPage } from '#lib/vault/door/messages.ts';

export function refuseCalls(missing: readonly string[], toPage: (message: ToPage) => void): TabHost {
  return {
    fromPage(message) {
      const read = readFromPage(message);
      if (read?.type === 'call')
        toPage({ type: 'answer', id: read.id, result: fail({ type: 'not-supported', missing }) });
    },
  };
}
