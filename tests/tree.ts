/** The files of the tree, for tests that hold all of it against a rule. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Path from the root of the repository → text, which is empty for what is no code. Folders that do not exist hold nothing. */
export function readTree(folders: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    let entries;
    try {
      entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const text = /\.(ts|svelte|mjs|js)$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
      files.set(path.slice(ROOT.length + 1).replaceAll(sep, '/'), text);
    }
  }
  return files;
}
