/** Somebody who hears everything that crosses, and looks in it for secrets, however they are written. */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';

/** What it is called → what it is. */
export type Secrets = ReadonlyMap<string, Bytes | string>;

interface Pieces {
  readonly texts: string[];
  readonly bytes: Buffer[];
  readonly keys: CryptoKey[];
}

/** The names of the secrets that stand in it, and `a CryptoKey` for a handle on any key. */
export async function leaksIn(heard: unknown, secrets: Secrets): Promise<string[]> {
  const pieces: Pieces = { texts: [], bytes: [], keys: [] };
  await takeApart(heard, pieces, new Set());
  const text = pieces.texts.join('\n');
  const found = [...secrets].filter(([, secret]) =>
    typeof secret === 'string'
      ? text.includes(secret)
      : pieces.bytes.some((bytes) => bytes.includes(Buffer.from(secret))) ||
        spellings(secret).some((spelling) => text.includes(spelling)),
  );
  return [...found.map(([name]) => name), ...(pieces.keys.length > 0 ? ['a CryptoKey'] : [])];
}

function spellings(secret: Bytes): string[] {
  const base64 = Buffer.from(secret).toString('base64').replaceAll('=', '');
  return [hex(secret), toBase64url(secret), base64, [...secret].join(',')];
}

async function takeApart(value: unknown, into: Pieces, seen: Set<unknown>): Promise<void> {
  if (typeof value === 'string') return void into.texts.push(value);
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Blob) return takeApart(new Uint8Array(await value.arrayBuffer()), into, seen);
  if (value instanceof ArrayBuffer) return takeApart(new Uint8Array(value), into, seen);
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    into.bytes.push(bytes);
    into.texts.push(bytes.toString('latin1'));
    return;
  }
  if (value instanceof CryptoKey) return void into.keys.push(value);
  if (value instanceof Map || value instanceof Set) return takeApart([...value], into, seen);
  for (const [name, held] of Object.entries(value)) {
    into.texts.push(name);
    await takeApart(held, into, seen);
  }
}
