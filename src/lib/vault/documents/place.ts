/** Where the file of a document lies. */
import { fromBase64url } from '#lib/bytes/base64url.ts';
import type { Entry } from '#lib/record/entry.ts';
import type { BlobPlace } from './chunks.ts';

/** Null for an entry that is none (from a newer version, or damaged). */
export function placeOf({ fields }: Entry): BlobPlace | null {
  const { topic, blob, chunks } = fields;
  const topicBytes = typeof topic === 'string' ? fromBase64url(topic) : null;
  if (topicBytes?.length !== 32 || typeof blob !== 'string' || typeof chunks !== 'number') return null;
  return fromBase64url(blob)?.length === 32 ? { topic: topicBytes, blob, chunks } : null;
}
