/**
 * Canaries: marks planted in everything a person enters, and the search for them in what a disk or a browser keeps.
 *
 * A canary is looked for as UTF-8, UTF-16 of either order, hexadecimal, and base64 at each of its three alignments (the
 * characters that depend on neighbours left out), in both alphabets, whatever the case of hexadecimal.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Finding {
  readonly where: string;
  readonly canary: string; // its name, never its text
  readonly encoding: string;
}

interface Needle {
  readonly canary: string;
  readonly encoding: string;
  readonly bytes: Buffer;
}

/** Every form in which the canaries are looked for; shorter ones would be found by chance. */
export function needlesOf(canaries: Readonly<Record<string, string | Uint8Array>>): Needle[] {
  return Object.entries(canaries).flatMap(([canary, value]) => {
    const raw = Buffer.from(value);
    if (raw.length < 10) throw new Error(`canary ${canary} is too short to mean anything`);
    const forms: Needle[] = [{ canary, encoding: 'raw', bytes: raw }];
    if (typeof value === 'string') {
      const utf16 = Buffer.from(value, 'utf16le');
      forms.push({ canary, encoding: 'UTF-16LE', bytes: utf16 });
      forms.push({ canary, encoding: 'UTF-16BE', bytes: Buffer.from(utf16).swap16() });
      forms.push({ canary, encoding: 'percent', bytes: Buffer.from(encodeURIComponent(value)) });
    }
    for (const hex of [raw.toString('hex'), raw.toString('hex').toUpperCase()])
      forms.push({ canary, encoding: 'hex', bytes: Buffer.from(hex) });
    for (const shift of [0, 1, 2])
      for (const alphabet of ['base64', 'base64url'] as const)
        forms.push({ canary, encoding: `${alphabet}+${shift}`, bytes: base64At(raw, shift, alphabet) });
    return forms;
  });
}

/** The characters of base64 that are the same whatever stands before and after, when `raw` begins at this offset. */
function base64At(raw: Buffer, shift: number, alphabet: 'base64' | 'base64url'): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), raw]).toString(alphabet);
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor(((shift + raw.length) * 8) / 6);
  return Buffer.from(text.slice(first, last));
}

export function searchBytes(where: string, bytes: Uint8Array, needles: readonly Needle[]): Finding[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return needles
    .filter(({ bytes: needle }) => haystack.includes(needle))
    .map(({ canary, encoding }) => ({ where, canary, encoding }));
}

/** Searches every file below the folder, and the names of files and folders themselves. */
export function searchFolder(folder: string, needles: readonly Needle[]): Finding[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const inName = searchBytes(`name of ${path}`, Buffer.from(entry.name), needles);
    return entry.isFile() ? [...inName, ...searchBytes(path, readFileSync(path), needles)] : inName;
  });
}
