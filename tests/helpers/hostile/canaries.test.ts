import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needlesOf, searchFolder } from './canaries.ts';

const text = 'Arachide-canari-7f3e91';
const needles = needlesOf({ allergy: text });

function folderWith(name: string, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'canaries-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), content);
  return folder;
}

describe('F04: the search for canaries catches what is planted on purpose', () => {
  const utf16 = Buffer.from(text, 'utf16le');
  const forms: Record<string, Uint8Array> = {
    'UTF-8': Buffer.from(`…${text}…`),
    'UTF-16LE': utf16,
    'UTF-16BE': Buffer.from(utf16).swap16(),
    hexadecimal: Buffer.from(Buffer.from(text).toString('hex')),
    'base64 aligned': Buffer.from(Buffer.from(text).toString('base64')),
    'base64 one byte in': Buffer.from(Buffer.from(`x${text}y`).toString('base64')),
    'base64 two bytes in': Buffer.from(Buffer.from(`xy${text}`).toString('base64url')),
  };
  for (const [form, bytes] of Object.entries(forms))
    it(`finds it as ${form}`, () => {
      const found = searchFolder(
        folderWith('block.bin', Buffer.concat([Buffer.alloc(77, 9), bytes])),
        needles,
      );
      expect(found.map(({ canary }) => canary)).toContain('allergy');
    });

  it('finds it in a file name', () => {
    const found = searchFolder(folderWith(`${text}.log`, 'nothing'), needles);
    expect(found.every(({ where }) => where.startsWith('name of'))).toBe(true);
    expect(found).not.toEqual([]);
  });

  it('finds nothing where nothing was planted', () => {
    expect(searchFolder(folderWith('block.bin', Buffer.alloc(4096, 65)), needles)).toEqual([]);
  });
});
