/**
 * Runs in Chromium: a record built on both sides from the same edits, ours and plaintext y-indexeddb, then opened as often
 * as asked.
 */
import { PlainTwin } from '../harness/plain.ts';
import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import * as Y from 'yjs';
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { ok } from '#lib/bytes/result.ts';
import type { Edit } from '#lib/record/entry.ts';
import { localKey } from '#lib/crypto/local.ts';
import { localSeal } from '#lib/replica/ports.ts';
import type { Replica } from '#lib/replica/replica.ts';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import type { Storage } from '#lib/storage/storage.ts';
import { openAccount } from '#lib/vault/account/open-account.ts';
import { createAccount } from '#lib/vault/entry/activation.ts';
import { OWN_RECORD, type RecordView, type VaultEvent } from '#lib/vault/door/door.ts';
import { browserEnvironment, type Environment } from '#lib/vault/environment.ts';
import { identityChanges, readIdentity, type Identity } from '#lib/vault/entry/identity.ts';
import { foundRecord, listRecord } from '#lib/vault/spaces/found-record.ts';
import { openSpaces, type Spaces } from '#lib/vault/spaces/spaces.ts';

/** The product's own world, without network. */
const env: Environment = { ...browserEnvironment(), services: async () => null };

export interface Built {
  /** The local key: what the password slot would have given. */
  readonly secret: string;
  readonly entries: number;
  readonly stateBytes: number;
}

export interface Opened {
  readonly firstScreen: number;
  readonly editable: number;
  readonly entries: number;
}

/** @param actionsOf what a person did, one list of edits for each action */
export function contenders(actionsOf: (count: number) => Iterable<readonly Edit[]>) {
  return {
    async build(count: number): Promise<Built> {
      const storage = await opened(nameOf(count));
      const { secret, identity } = await foundAccount(storage);
      const spaces = await spacesOf(storage, secret, identity);
      const record = spaces.record(identity.record);
      must(await spaces.open(record));
      const { device } = spaces;
      const client = record.roster().clientIds.get(hex(device.id))!;

      const peer = new Y.Doc();
      const persistence = new IndexeddbPersistence(peerOf(count), peer);
      await persistence.whenSynced;
      const twin = new PlainTwin(client);
      for (const edits of actionsOf(count)) {
        must(await record.replica.edit(edits));
        Y.applyUpdate(peer, twin.edit(edits, Date.now()));
        if (record.replica.unsent() >= SENT_AT_ONCE) await deliver(record.replica);
        if (record.replica.uncovered() >= SNAPSHOT_AFTER) await fold(record.replica);
      }
      for (const { replica } of [spaces.chain, spaces.account, record]) await deliver(replica);
      await spaces.close();
      // The first opening writes the read model; it is on the disk when the account has closed.
      const { account, record: built } = await open(storage, secret);
      const entries = countOf(must(await built.view()));
      await account.close();
      await storage.close();

      await storeState(persistence, true);
      await sleep(1_000);
      const rows = await persistence.get('unused').then(() => rowsOf(persistence));
      if (rows > 2) throw new Error(`the peer is not trimmed: ${rows} rows`);
      await persistence.destroy();
      return { secret: toBase64url(secret), entries, stateBytes: Y.encodeStateAsUpdate(peer).length };
    },

    /** An account of several records, each with a life as long: what is opened is one's own. */
    async buildMany(count: number, records: number): Promise<Pick<Built, 'secret'>> {
      const storage = await opened(nameOf(count, records));
      const { secret, identity } = await foundAccount(storage);
      const spaces = await spacesOf(storage, secret, identity);
      const own = spaces.record(identity.record);
      must(await spaces.open(own));
      const all = [own];
      while (all.length < records) {
        const owner = { firstName: `Enfant ${all.length}`, lastName: 'Martin', birthDate: '2021-03-14' };
        const founder = { env, spaces, address: identity.address };
        const record = must(await foundRecord(founder, owner));
        must(await listRecord(founder, record.id));
        all.push(record);
      }
      for (const { replica } of all)
        for (const edits of actionsOf(count)) {
          must(await replica.edit(edits));
          if (replica.unsent() >= SENT_AT_ONCE) await deliver(replica);
          if (replica.uncovered() >= SNAPSHOT_AFTER) await fold(replica);
        }
      for (const { replica } of spaces.all()) await deliver(replica);
      await spaces.close();
      const { account } = await open(storage, secret);
      for (const record of await account.allRecords()) must(await record.view());
      await account.close();
      await storage.close();
      return { secret: toBase64url(secret) };
    },

    async carnet(count: number, secret: string, records = 1): Promise<Opened> {
      const key = fromBase64url(secret)!;
      const start = performance.now();
      const storage = await opened(nameOf(count, records));
      const { account, record, firstScreen, editable } = await open(storage, key);
      const entries = countOf(must(await record.view()));
      await account.close();
      await storage.close();
      return { firstScreen: firstScreen - start, editable: editable - start, entries };
    },

    /** Plain Yjs has one moment: the document is there, and with it screen and editing. */
    async yIndexeddb(count: number): Promise<Opened> {
      const start = performance.now();
      const doc = new Y.Doc();
      const persistence = new IndexeddbPersistence(peerOf(count), doc);
      await persistence.whenSynced;
      const ready = performance.now() - start;
      let entries = 0;
      for (const section of [...doc.share.keys()])
        entries += new Set([...doc.getMap(section).keys()].map((key) => key.slice(0, 22))).size;
      await persistence.destroy();
      return { firstScreen: ready, editable: ready, entries };
    },
  };
}

/** A relay that takes everything at once, and the snapshots that an account makes beside it (vault/account.ts). */
const SENT_AT_ONCE = 64;
const SNAPSHOT_AFTER = 500;

async function deliver(replica: Replica): Promise<void> {
  for (let batch = await replica.outbox(); batch.length > 0; batch = await replica.outbox())
    must(await replica.acknowledge(batch.map(({ id }) => id)));
}

async function fold(replica: Replica): Promise<void> {
  await deliver(replica);
  must(await replica.snapshot());
  await deliver(replica);
  for (const { ids } of await replica.deletable(SNAPSHOT_AFTER * 2)) must(await replica.proposed(ids));
}

const nameOf = (count: number, records = 1) => `carnet-${count}-${records}`;
const peerOf = (count: number) => `plain-${count}`;

async function opened(name: string): Promise<Storage> {
  return must(await openDexieStorage(name));
}

function spacesOf(storage: Storage, secret: Bytes, identity: Identity): Promise<Spaces> {
  const seal = localSeal(localKey(secret), env.random);
  return openSpaces({
    env,
    // Built in a hurry: what is on the disk in the end is the same.
    storage: { ...storage, write: (changes) => storage.write(changes, 'relaxed') },
    seal,
    identity,
    saveAccountEpochs: (epochs) =>
      identityChanges(seal, { ...identity, account: { ...identity.account, epochs } }).then((changes) =>
        storage.write(changes, 'strict'),
      ),
    onFounded: async () => ok(),
    onKeys: () => {},
  });
}

/** From the local key on, as the vault does after the password slot has opened. */
async function open(storage: Storage, secret: Bytes) {
  const seal = localSeal(localKey(secret), env.random);
  const identity = await readIdentity(storage, seal);
  if (!identity) throw new Error('no identity');
  let firstScreen = 0;
  const emit = (event: VaultEvent) => {
    if (event.type === 'record' && firstScreen === 0) firstScreen = performance.now();
  };
  const account = await openAccount({ env, storage, seal, identity, first: OWN_RECORD, emit });
  const record = (await account.record(OWN_RECORD))!;
  must(await record.ready);
  return { account, record, firstScreen, editable: performance.now() };
}

async function foundAccount(storage: Storage): Promise<{ secret: Bytes; identity: Identity }> {
  const nobody = new Uint8Array(32);
  const founded = must(
    await createAccount({
      env,
      storage,
      enrolled: {
        file: {
          ...{ firstName: 'Alice', lastName: 'Martin', birthDate: '1984-05-12', nir: '284057510000142' },
          ...{ email: null, phone: null, children: [], authorityKey: nobody, identitySalt: nobody },
        },
        keys: { codeId: nobody.slice(0, 16), lookup: nobody, key: nobody },
      },
      credentials: { identifiant: 'alice.martin', password: 'un mot de passe de banc 1 A !' },
      deviceName: 'Ordinateur',
    }),
  );
  const { redemption: _none, ...identity } = founded.identity;
  must(await storage.write(await identityChanges(founded.seal, identity), 'strict'));
  return { secret: founded.localSecret, identity };
}

function countOf({ entries, measures: { bmi: _derived, ...measured } }: RecordView): number {
  const written = Object.values(entries).reduce((sum, { length }) => sum + length, 0);
  return Object.values(measured).reduce((sum, { count }) => sum + count, written);
}

function rowsOf({ db }: IndexeddbPersistence): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = db!.transaction('updates').objectStore('updates').count();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no count'));
  });
}

function must<T>(result: { ok: true; value: T } | { ok: false; error: { type: string } }): T {
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
