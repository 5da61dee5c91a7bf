/** "Ce que le serveur voit de moi": asked of the relay itself, topic by topic; what it answers is shown as it is. */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { Account } from './account.ts';
import type { RelayFootprint, VaultError } from '#lib/vault/door/door.ts';

const WAIT_MS = 8_000;

export async function footprint(account: Account): Promise<Result<RelayFootprint, VaultError>> {
  const engine = await account.online();
  if (!engine) return fail({ type: 'relay-unreachable' });
  await account.allRecords();
  const topics: RelayFootprint['topics'][number][] = [];
  for (const { topic } of account.spaces.all().flatMap((space) => space.epochs())) {
    const waiting = new AbortController();
    const cancel = account.env.clock.setTimer(WAIT_MS, () => waiting.abort());
    const session = await engine.sessionFor(topic, waiting.signal);
    cancel();
    const usage = await session?.ask({ type: 'usage', topic });
    if (!usage?.ok) return fail({ type: 'relay-unreachable' });
    const { frames, bytes, blobs, blobBytes, sample, firstAt, lastAt } = usage.value;
    topics.push({
      ...{ topic: toBase64url(topic), frames, bytes, blobs, blobBytes, sample: hex(sample) },
      ...{ firstAt: firstAt || null, lastAt: lastAt || null },
    });
  }
  return ok({ topics });
}
