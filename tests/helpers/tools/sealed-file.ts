/** A file sealed as documents are, for tests of its transfer. */
import { openBlob, sealBlob, type BlobManifest } from '#lib/crypto/blob.ts';
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import type { SeededRandom } from './random.ts';

export interface SealedFile {
  readonly blob: Bytes;
  readonly chunks: readonly Bytes[];
  readonly manifest: BlobManifest;
  /** Opens what these chunks give: the file as it was, nothing at all, or (never) something else. */
  open(chunks: ReadonlyMap<number, Bytes>): Promise<'file' | 'nothing' | 'other'>;
}

export async function sealedFile(length: number, random: SeededRandom): Promise<SealedFile> {
  const key = random(32);
  const file = random(length);
  const { chunks, root } = await sealBlob(key, file, random);
  const manifest = { root, chunks: chunks.length, length };
  const open = async (here: ReadonlyMap<number, Bytes>) => {
    const opened = await openBlob(key, manifest, async (index) => here.get(index) ?? null);
    if (!opened) return 'nothing';
    return equal(opened, file) ? 'file' : 'other';
  };
  return { blob: random(32), chunks, manifest, open };
}
