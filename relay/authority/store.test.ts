import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { EMPTY_LOG, followLog, nextHead } from '#lib/protocol/attestation.ts';
import { seededRandom } from '../../tests/helpers/tools/random.ts';
import { sha256 } from './primitives.ts';
import { createRegister } from './register/register.ts';
import { openSigningKey } from './signing-key.ts';
import { createStatementLog } from './statement-log.ts';
import { MIGRATIONS, openStore } from './store.ts';

test('R11: a database from before the records of children is brought up to date with its log, and takes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-authority-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const random = seededRandom('old authority');
  const [commitment, attestation] = [random(32), random(138)];
  const { hash } = nextHead(EMPTY_LOG, { commitment, attestationHash: sha256(attestation) }, sha256);
  const old = new DatabaseSync(join(folder, 'authority.sqlite'));
  old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1`);
  old
    .prepare(
      `INSERT INTO persons (id, kind, nir, last_name, first_name, birth_date, card, serial, salt)
       VALUES (1, 'insured', '286056912304562', 'Moreau', 'Camille', '1986-05-14', 'photo', '48210937561', ?)`,
    )
    .run(random(32));
  old.prepare('INSERT INTO log VALUES (1, 1, ?, ?, ?)').run(commitment, attestation, hash);
  old.close();

  for (const time of ['first', 'second']) {
    const store = openStore(folder);
    const log = createStatementLog(store, openSigningKey(folder, random));
    expect([time, log.statement(1)]).toEqual([time, attestation]);
    expect(createRegister(store).neverAttested()).toEqual([]);
    const entry = { kind: 'child-record', person: 1, commitment, statement: random(170) } as const;
    store.transaction(() => log.append(entry));
    const { leaves, head } = log.page(0);
    expect(followLog(EMPTY_LOG, leaves, head, sha256)).not.toBeNull();
    expect(() => store.db.exec("UPDATE log SET kind = 'attestation'")).toThrow('append-only');
    store.close();
  }
});
