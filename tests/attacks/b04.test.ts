/**
 * B04: the relay's operator changes, one after the other, every column that is plain in its database. What Alice sees
 * stays as it is to the byte; a phone that syncs from nothing sees the same entries or fewer, never another.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RecordView } from '#lib/vault/door/door.ts';
import type { Stored } from '#lib/storage/storage.ts';
import { readConfig } from '../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../relay/main.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import {
  activate,
  ALICE,
  ALICE_ON_PHONE,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  testDevice,
  vaultWorld,
  type TestDevice,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

/** Everything a row says beside the sealed bytes themselves. */
const COLUMNS = {
  topic: [
    ['created_at', '1'],
    ['expires_at', '1'],
    ['expires_at', '4102444800000'],
    ['last', '1'],
    ['last', 'last + 1000'],
    ['frames', '0'],
    ['frame_bytes', '0'],
    ['blobs', '0'],
    ['blob_bytes', '0'],
    ['open_to_readers', '1 - open_to_readers'],
    ['erases_at_once', '1 - erases_at_once'],
    ['write_key', 'randomblob(32)'],
    ['delete_key', 'randomblob(32)'],
    ['id', 'randomblob(32)'],
  ],
  pack: [
    ['last', '1'],
    ['last', 'last + 1000'],
    ['kept', '0'],
    ['due', '4102444800000'],
    ['due', '1'],
    ['count', '1'],
    ['count', 'count + 1'],
    ['size', '1'],
    ['ids', 'randomblob(length(ids))'],
    ['topic', '1 + topic % (SELECT max(n) FROM topic)'],
  ],
  place: [
    ['prefix', 'prefix + 1'],
    ['pack', 'pack + 1'],
    ['topic', '1 + topic % (SELECT max(n) FROM topic)'],
  ],
  blob: [
    ['total', 'total + 1'],
    ['chunks', '0'],
    ['bytes', '0'],
    ['doomed', '1'],
    ['expires_at', '1'],
    ['id', 'randomblob(32)'],
    ['topic', '1 + topic % (SELECT max(n) FROM topic)'],
  ],
  chunk: [['n', '-n']],
  meta: [['value', '1']],
} as const;

let dataDir: string;
let disks: { laptop: Stored[]; phone: Stored[] };
let known: Entries;

type Entries = ReturnType<typeof entriesOf>;

/** What a person sees of the record, without what is told of its way. */
function entriesOf({ owner, entries, documents }: RecordView) {
  return {
    owner,
    entries: Object.fromEntries(
      Object.entries(entries).map(([section, all]) => [section, [...all].sort(byId)]),
    ),
    documents: documents.map(({ id, name, category, date, mime, size, addedAt }) => ({
      ...{ id, name, category, date, mime, size, addedAt },
    })),
  };
}
const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'carnet-b04-'));
  const world = await vaultWorld();
  const laptop = world.device();
  const phone = world.device();
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  await settled(phone);
  await phone.vault.lock();
  const phoneDisk = await phone.disk.content();
  for (const name of ['Arachide', 'Pollen', 'Latex']) good(await laptop.vault.edit('moi', [allergy(name)]));
  const file = new Blob([`%PDF-1.7\n${'bilan '.repeat(20_000)}\n%%EOF\n`]);
  const document = { fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };
  good(await laptop.vault.addDocument('moi', { file, ...document }));
  await eventually(
    async () => good(await laptop.vault.record('moi')).documents.length,
    (count) => count === 1,
  );
  await settled(laptop);
  known = entriesOf(good(await laptop.vault.record('moi')));
  await laptop.vault.lock();
  disks = { laptop: await laptop.disk.content(), phone: phoneDisk };
  cpSync(world.dataDir, dataDir, { recursive: true }); // as after a power cut
  await world.close();
  const recovered = await carnetOn(dataDir); // brings the journal into the database
  await recovered.close();
}, 60_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** The relay with one column changed in all its rows. */
async function relayWith(
  table: string,
  column: string,
  value: string,
): Promise<{ carnet: RunningCarnet; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-b04-'));
  cpSync(dataDir, folder, { recursive: true });
  const db = databaseIn(folder);
  const { changes } = db.prepare(`UPDATE OR REPLACE ${table} SET ${column} = ${value}`).run();
  if (table !== 'meta') expect(Number(changes), `${table}.${column}`).toBeGreaterThan(0);
  db.close();
  return { carnet: await carnetOn(folder), folder };
}

function carnetOn(folder: string): Promise<RunningCarnet> {
  const config = readConfig({ DATA_DIR: folder });
  if (!config.ok) throw new Error(config.error.message);
  return startCarnet({ ...config.value, port: 0, logLevel: 'silent' });
}

function databaseIn(folder: string): DatabaseSync {
  return new DatabaseSync(join(folder, 'relay', 'relay.db'));
}

async function device(url: string, which: 'laptop' | 'phone'): Promise<TestDevice> {
  const disk = faultyDisk();
  const rows = disks[which].map(({ key, value }) => ({ type: 'put' as const, key, value }));
  await disk.open().write(rows, 'strict');
  const opened = testDevice(url, { disk });
  await opened.reopen(which === 'laptop' ? ALICE : ALICE_ON_PHONE);
  await eventually(
    async () => good(await opened.vault.record('moi')).editable,
    (editable) => editable,
  );
  return opened;
}

test('B04: the list below names every plain column of the database', () => {
  const db = databaseIn(dataDir);
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  const columns = tables.flatMap(({ name }) =>
    db
      .prepare(`SELECT name FROM pragma_table_info('${String(name)}')`)
      .all()
      .map((column) => `${String(name)}.${String(column['name'])}`),
  );
  db.close();
  const changed = Object.entries(COLUMNS).flatMap(([table, all]) =>
    all.map(([column]) => `${table}.${column}`),
  );
  const apart = ['body.body', 'chunk.body']; // sealed: B01, B02, B03, C08
  const numbers = ['topic.n', 'pack.n', 'body.n', 'blob.n', 'leftover.topic']; // row numbers: changed through those who name them
  const noPublic = ['reader.topic', 'reader.key', 'meta.name']; // nobody reads as a guest yet; names of counters
  expect([...new Set([...changed, ...apart, ...numbers, ...noPublic])].sort()).toEqual(columns.sort());
});

describe.each(Object.entries(COLUMNS))('%s', (table, changes) => {
  test.concurrent.each(changes.map(([column, value]) => ({ column, value })))(
    'B04: $column becomes $value, and what Alice sees does not change',
    async ({ column, value }) => {
      const { carnet, folder } = await relayWith(table, column, value);
      const laptop = await device(carnet.url, 'laptop');
      const phone = await device(carnet.url, 'phone');
      for (const one of [laptop, phone])
        await eventually(
          async () => good(await one.vault.sync('moi')).connection,
          (connection) => connection === 'online' || connection === 'problem',
        );
      await new Promise((resolve) => setTimeout(resolve, 700));

      expect(entriesOf(good(await laptop.vault.record('moi')))).toEqual(known);
      const seen = entriesOf(good(await phone.vault.record('moi')));
      expect(seen.owner).toEqual(known.owner);
      for (const [section, entries] of Object.entries(seen.entries))
        for (const entry of entries) expect(known.entries[section]).toContainEqual(entry);
      for (const document of seen.documents) expect(known.documents).toContainEqual(document);

      // Nothing is stuck: what Alice writes now is kept.
      good(await laptop.vault.edit('moi', [allergy('Après')]));
      await eventually(
        () => allergies(laptop),
        (names) => names.includes('Après'),
      );
      for (const one of [laptop, phone]) await one.vault.lock();
      await carnet.close();
      rmSync(folder, { recursive: true, force: true });
    },
    60_000,
  );
});
