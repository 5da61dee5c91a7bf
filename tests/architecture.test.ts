import { describe, expect, test } from 'vitest';
import { importsOf, violations } from './architecture.ts';
import { readTree } from './tree.ts';

/** A tree in memory, in which every file named exists. */
function plant(files: Record<string, string>): string[] {
  return violations(new Map(Object.entries(files)));
}

test('the tree keeps to its table', () => {
  const sources = readTree(['src', 'relay', 'tests', 'scripts', 'static', 'docs']);
  expect(violations(sources)).toEqual([]);
});

describe('a planted violation is caught', () => {
  test('the relay reaching for what decrypts', () => {
    const found = plant({
      'src/lib/crypto/frame.ts': '',
      'relay/session/session.ts': `import { open } from '#lib/crypto/frame.ts';`,
    });
    expect(found).toEqual([
      'relay/session/session.ts imports src/lib/crypto/frame.ts: relay may import only src/lib/protocol, src/lib/credentials, src/lib/bytes, src/lib/text; nothing may join the two.',
    ]);
  });

  test('the message says where the code should move', () => {
    const found = plant({
      'src/lib/replica/space.ts': '',
      'src/lib/sync/outbox.ts': `import { Space } from '#lib/replica/space.ts';`,
    });
    expect(found[0]).toContain('the code that needs both belongs in src/lib/vault');
  });

  test.each([
    ['a component that sees a key', 'src/lib/ui/lock.svelte', '#lib/keys/slot.ts', 'src/lib/keys/slot.ts'],
    [
      'a page that reaches the vault',
      'src/routes/+page.svelte',
      '#lib/vault/unlock.ts',
      'src/lib/vault/unlock.ts',
    ],
    [
      'a screen that reaches past the door',
      'src/lib/screens/home/Latest.svelte',
      '#lib/vault/vault.ts',
      'src/lib/vault/vault.ts',
    ],
    [
      'a component that knows the session',
      'src/lib/ui/shared/Card.svelte',
      '#lib/app/session.ts',
      'src/lib/app/session.ts',
    ],
    [
      'storage that reads the record',
      'src/lib/storage/dexie.ts',
      '#lib/record/allergy.ts',
      'src/lib/record/allergy.ts',
    ],
    [
      'the relay that knows the authority',
      'relay/host/http.ts',
      './authority/codes.ts',
      'relay/authority/codes.ts',
    ],
    [
      'the relay that reads chains, as the authority does',
      'relay/session/session.ts',
      '#lib/keys/open-chain.ts',
      'src/lib/keys/open-chain.ts',
    ],
    [
      'the authority that opens a space',
      'relay/authority/callers.ts',
      '#lib/keys/rotations.ts',
      'src/lib/keys/rotations.ts',
    ],
    [
      'the authority that knows the relay',
      'relay/authority/codes.ts',
      '../limits.ts',
      'relay/bounds/limits.ts',
    ],
    [
      'product code that imports tests',
      'src/lib/bytes/hex.ts',
      '../../../tests/helpers/alice.ts',
      'tests/helpers/alice.ts',
    ],
    ['a relay that imports tests', 'relay/host/http.ts', '../tests/helpers/evil.ts', 'tests/helpers/evil.ts'],
  ])('%s', (_name, file, specifier, target) => {
    const line = `import { x } from '${specifier}';`;
    expect(
      plant({ [target]: '', [file]: file.endsWith('.svelte') ? `<script lang="ts">${line}</script>` : line }),
    ).toHaveLength(1);
  });

  test.each([
    ['src/lib/keys/slot.ts', '@noble/hashes/sha2.js'],
    ['src/lib/vault/unlock.ts', 'hash-wasm'],
    ['src/lib/vault/open.ts', 'yjs'],
    ['src/lib/app/record.svelte.ts', 'y-indexeddb'],
    ['src/lib/crypto/frame.ts', '@scure/base'],
    ['src/lib/sync/session.ts', 'ws'],
    ['src/lib/bytes/hex.ts', 'node:buffer'],
    ['src/lib/ui/list.ts', 'left-pad'],
  ])('%s importing %s', (file, specifier) => {
    expect(plant({ [file]: `import * as x from '${specifier}';` })).toHaveLength(1);
  });

  test('an import without its ending, through $lib, or across folders by dots', () => {
    const files = { 'src/lib/bytes/hex.ts': '', 'src/lib/crypto/kdf.ts': '' };
    expect(plant({ ...files, 'src/lib/keys/a.ts': `import '#lib/bytes/hex';` })[0]).toContain(
      'it is src/lib/bytes/hex.ts',
    );
    expect(plant({ ...files, 'src/lib/keys/a.ts': `import '#lib/bytes/hex.js';` })[0]).toContain(
      'it is src/lib/bytes/hex.ts',
    );
    expect(plant({ ...files, 'src/lib/keys/a.ts': `import '$lib/bytes/hex.ts';` })[0]).toContain(
      'write #lib/',
    );
    expect(plant({ ...files, 'src/lib/keys/a.ts': `import '../bytes/hex.ts';` })[0]).toContain(
      'write #lib/bytes/hex.ts',
    );
    expect(plant({ ...files, 'src/lib/keys/a.ts': `import '#lib/bytes/gone.ts';` })[0]).toContain(
      'there is no',
    );
  });

  test('files in a ring, even when only types go round', () => {
    const found = plant({
      'src/lib/bytes/a.ts': `import './b.ts';`,
      'src/lib/bytes/b.ts': `export type { C } from './c.ts';`,
      'src/lib/bytes/c.ts': `import type { A } from './a.ts';`,
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(
      'src/lib/bytes/a.ts → src/lib/bytes/b.ts → src/lib/bytes/c.ts → src/lib/bytes/a.ts',
    );
  });

  test('a folder nobody knows', () => {
    expect(plant({ 'src/lib/utils/misc.ts': '' })[0]).toContain('stands in no known folder');
  });
});

describe('what the table grants passes', () => {
  test.each([
    [
      'preferences keep Yjs and y-indexeddb',
      'src/lib/app/preferences/preferences.svelte.ts',
      `import * as Y from 'yjs'; import 'y-indexeddb';`,
    ],
    [
      'types of the vault reach the app',
      'src/lib/app/record.ts',
      `import type { Door } from '#lib/vault/door/door.ts';`,
    ],
    ['inline types too', 'src/lib/app/record.ts', `import { type Door } from '#lib/vault/door/door.ts';`],
    [
      'the worker client reaches the app',
      'src/lib/app/record.ts',
      `import { connect } from '#lib/vault/door/client.ts';`,
    ],
    [
      'a worker address does as well',
      'src/lib/vault/door/client.ts',
      `import url from './door.ts?worker&url';`,
    ],
    [
      'only main.ts joins relay and authority',
      'relay/main.ts',
      `import './host/http.ts'; import './authority/http.ts';`,
    ],
    [
      'a unit test uses helpers and any witness',
      'src/lib/bytes/hex.test.ts',
      `import '../../../tests/helpers/alice.ts'; import 'node:crypto';`,
    ],
  ])('%s', (_name, file, text) => {
    const rest = {
      'src/lib/vault/door/door.ts': '',
      'src/lib/vault/door/client.ts': '',
      'relay/host/http.ts': '',
      'relay/authority/http.ts': '',
      'tests/helpers/alice.ts': '',
    };
    expect(plant({ ...rest, [file]: text })).toEqual([]);
  });

  test('but values of the vault do not reach the app', () => {
    const found = plant({
      'src/lib/vault/door/door.ts': '',
      'src/lib/app/record.ts': `import { type Door, unlock } from '#lib/vault/door/door.ts';`,
    });
    expect(found[0]).toContain('only types of src/lib/vault');
  });
});

test('no room of the vault reaches to one above it', () => {
  const found = plant({
    'src/lib/vault/record/view.ts': `import { open } from '#lib/vault/account/open.ts';`,
    'src/lib/vault/account/open.ts': `import { keys } from '#lib/vault/door/keys.ts';`,
    'src/lib/vault/door/keys.ts': '',
  });
  expect(found).toEqual([expect.stringContaining('record stands below account in src/lib/vault')]);
});

test('every way to import is seen', () => {
  const script = `
    import a from './a.ts';
    import type { B } from './b.ts';
    export * from './c.ts';
    const d = await import('./d.ts');
    type E = import('./e.ts').E;
    const worker = new Worker(new URL('./f.ts', import.meta.url), { type: 'module' });
    // import './not.ts';
  `;
  expect(
    importsOf('x.ts', script).map(({ specifier, typeOnly }) => specifier + (typeOnly ? ' type' : '')),
  ).toEqual(['./a.ts', './b.ts type', './c.ts', './d.ts', './e.ts type', './f.ts']);
  const component = `<script module>import './m.ts';</script><script lang="ts">import './s.ts';</script>{#await import('./lazy.svelte')}…{/await}`;
  expect(importsOf('x.svelte', component).map(({ specifier }) => specifier)).toEqual([
    './m.ts',
    './s.ts',
    './lazy.svelte',
  ]);
});
