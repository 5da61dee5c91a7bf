/**
 * Opening a topic on a connection: the proof that we hold a key of it. Whoever may creates a topic that the relay does not
 * know: a new space, or one that the relay has lost.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import { createStatement, openStatement } from '#lib/protocol/relay.ts';
import type { RelaySession } from './relay-session.ts';
import type { AnswerTo, RelayError } from './requests.ts';
import type { Credential } from './syncable.ts';

type Opened = Result<AnswerTo<'open'>, RelayError>;

/** The answer tells the cursor of the topic's newest frame. */
export async function openTopic(
  session: RelaySession,
  topic: Bytes,
  credential: Credential,
): Promise<Opened> {
  const opened = await open(session, topic, credential);
  if (opened.ok || opened.error.type !== 'unknown-topic' || !credential.creation) return opened;
  const created = await create(session, topic, credential, credential.creation);
  // Another of our devices was faster: its topic is ours, unless the keys differ.
  if (!created.ok && created.error.type === 'topic-taken') {
    const again = await open(session, topic, credential);
    return again.ok ? again : created;
  }
  return created;
}

async function open(session: RelaySession, topic: Bytes, { role, key, sign }: Credential): Promise<Opened> {
  const signature = await sign(openStatement(session.origin, session.nonce, { topic, role }));
  return session.ask({ type: 'open', topic, role, key, signature });
}

async function create(
  session: RelaySession,
  topic: Bytes,
  { sign }: Credential,
  creation: NonNullable<Credential['creation']>,
): Promise<Opened> {
  const claim = { topic, ...creation };
  const signature = await sign(createStatement(session.origin, session.nonce, claim));
  return session.ask({ type: 'create', ...claim, signature });
}
