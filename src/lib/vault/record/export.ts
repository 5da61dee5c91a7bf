/**
 * Everything of the record as one file that the person can read: the way out when the disk is full (R02). It holds the
 * record in clear, on request of its owner, and is handed to the page only.
 */
import { ok, type Result } from '#lib/bytes/result.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { openDocument } from '#lib/vault/documents/documents.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import type { OpenRecord } from './open-record.ts';

/** Files that are not on this device and cannot be had now are named without their content. */
export async function exportRecord(record: OpenRecord): Promise<Result<Blob, VaultError>> {
  const view = await record.view();
  if (!view.ok) return view;
  const { owner, documents } = view.value;
  const entries = { ...view.value.entries, [measures.id]: record.entries(measures.id) };
  const parts: BlobPart[] = [
    JSON.stringify({ format: 'carnet-export', version: 1, owner, entries }).slice(0, -1),
  ];
  parts.push(',"documents":[');
  for (const [index, { id, name, category, date, mime }] of documents.entries()) {
    const entry = record.document(id);
    const opened = entry && (await openDocument(record.documents(), entry));
    const content = opened?.ok ? base64(new Uint8Array(await opened.value.blob.arrayBuffer())) : null;
    parts.push(index === 0 ? '' : ',', JSON.stringify({ name, category, date, mime, content }));
  }
  parts.push(']}');
  return ok(new Blob(parts, { type: 'application/json' }));
}

/** In pieces: a whole file is too long a list of arguments. */
function base64(bytes: Uint8Array): string {
  const STEP = 0x8000 - (0x8000 % 3);
  let text = '';
  for (let start = 0; start < bytes.length; start += STEP)
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + STEP)));
  return text;
}
