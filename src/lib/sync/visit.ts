/**
 * A short visit to the relay, beside the engine: one connection for one topic, and what is asked on it.
 *
 * Guarantees: the connection is closed whatever happens; nothing waits longer than the session itself allows.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { PAGE_ENTRIES } from '#lib/protocol/limits.ts';
import { relayOrigin } from '#lib/protocol/relay.ts';
import type { Clock } from './clock.ts';
import { openTopic } from './open-topic.ts';
import { connectRelay, type RelaySession } from './relay-session.ts';
import type { RelayError } from './requests.ts';
import type { Credential } from './syncable.ts';
import type { Dial } from './transport.ts';

/** Whoever may write there may have put any number of frames before. */
const MAX_PAGES = 32;

export interface Visited {
  readonly url: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly topic: Bytes;
  readonly credential: Credential;
}

export interface Visit {
  /** Of the topic's frames, in the order of the relay, what `pick` makes of them, null left out. */
  readonly pick: <T>(
    pick: (frame: Bytes) => T | null | Promise<T | null>,
  ) => Promise<Result<readonly T[], RelayError>>;
  /** Puts a frame; good once the relay has it on its disk. */
  readonly put: (frame: Bytes) => Promise<Result<void, RelayError>>;
  readonly propose: (ids: readonly Bytes[]) => Promise<Result<void, RelayError>>;
}

/** Opens the topic, or creates it where the credential says how; then does the work. */
export async function visit<T>(
  { url, dial, clock, topic, credential }: Visited,
  work: (visit: Visit) => Promise<Result<T, RelayError>>,
): Promise<Result<T, RelayError>> {
  const origin = relayOrigin(url);
  const connected = await connectRelay({ dial, origin, clock, onEvents: () => {}, onEnd: () => {} });
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    const opened = await openTopic(session, topic, credential);
    return opened.ok ? await work(visitOf(session, topic)) : opened;
  } finally {
    session.close();
  }
}

function visitOf(session: RelaySession, topic: Bytes): Visit {
  return {
    async pick<T>(pick: (frame: Bytes) => T | null | Promise<T | null>) {
      const picked: T[] = [];
      for (let since = 0, pages = 0; ; pages++) {
        const query = { since, limit: PAGE_ENTRIES, bodies: true, doomed: true };
        const page = await session.ask({ type: 'list', topic, ...query });
        if (!page.ok) return page;
        if (page.value.type !== 'page') return fail({ type: 'disconnected', code: 0 });
        const { entries, more } = page.value;
        for (const { frame } of entries) {
          const one = await pick(frame);
          if (one !== null) picked.push(one);
        }
        const last = entries.at(-1);
        if (!more || !last || last.cursor <= since || pages >= MAX_PAGES) return ok(picked);
        since = last.cursor;
      }
    },
    async put(frame) {
      const answer = await session.ask({ type: 'put', topic, frame });
      return answer.ok ? ok() : answer;
    },
    async propose(ids) {
      const answer = await session.ask({ type: 'propose-delete', topic, ids });
      return answer.ok ? ok() : answer;
    },
  };
}
