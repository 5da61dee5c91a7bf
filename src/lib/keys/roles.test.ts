import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { actor, directoryOf } from '../../../tests/helpers/worlds/rosters.ts';
import { clientIdOf, clientIdsOf } from './client-id.ts';
import { generateEpoch } from './epoch.ts';
import { may, mayAuthor, ROLES, secretsFor, SPACE_KINDS, type Role } from './roles.ts';

const who = (test: (role: Role) => boolean) => ROLES.filter(test);

describe('the table of roles', () => {
  test('says who reads, writes and governs', () => {
    expect(who((role) => may(role, 'manage'))).toEqual(['owner', 'guardian']);
    expect(who((role) => may(role, 'rotate'))).toEqual(['owner', 'guardian']);
    expect(who((role) => may(role, 'write'))).toEqual(['owner', 'guardian']);
    expect(who((role) => may(role, 'delete'))).toEqual(['owner', 'guardian']);
    expect(who((role) => may(role, 'snapshot'))).toEqual(['owner', 'guardian']);
    expect(who((role) => may(role, 'read-hidden'))).toEqual(['owner', 'guardian', 'administrator']);
    expect(who((role) => may(role, 'read'))).toEqual([
      'owner',
      'guardian',
      'administrator',
      'reader',
      'participant',
    ]);
    expect(who((role) => may(role, 'deposit'))).toEqual(['owner', 'guardian', 'depositor']);
    expect(who((role) => may(role, 'post'))).toEqual(['owner', 'guardian', 'participant']);
  });

  test('gives no key for what a role may not do', () => {
    const secrets = generateEpoch(seededRandom('roles'), 0);
    for (const role of ROLES) {
      const { write, delete: erase } = secretsFor(role, secrets);
      const writes = SPACE_KINDS.some((kind) => mayAuthor(role, kind, 'update'));
      expect(write !== undefined, role).toBe(writes);
      expect(erase !== undefined, role).toBe(may(role, 'delete'));
    }
  });

  test('lets a participant write in a thread, a depositor in an inbox, and neither in a record', () => {
    const kindsOf = (role: Role) => SPACE_KINDS.filter((kind) => mayAuthor(role, kind, 'update'));
    expect(kindsOf('participant')).toEqual(['thread']);
    expect(kindsOf('depositor')).toEqual(['inbox']);
    expect(kindsOf('reader')).toEqual([]);
    expect(kindsOf('administrator')).toEqual([]);
    expect(kindsOf('owner')).toEqual([...SPACE_KINDS]);
    for (const role of ROLES) expect(mayAuthor(role, 'record', 'heads')).toBe(true);
    expect(who((role) => mayAuthor(role, 'record', 'snapshot'))).toEqual(['owner', 'guardian']);
  });

  test('the order of roles and kinds is part of the format and never changes', () => {
    expect(ROLES).toEqual(['owner', 'guardian', 'administrator', 'reader', 'depositor', 'participant']);
    expect(SPACE_KINDS).toEqual(['account', 'record', 'hidden', 'thread', 'inbox', 'log']);
  });
});

describe('the client id', () => {
  const [alice, bob] = [actor('Alice'), actor('Bob')];
  const directory = directoryOf([alice, bob]);
  const random = seededRandom('client ids');
  const space = random(32);

  test('is a positive safe integer of 53 bits, and differs between devices and spaces', () => {
    const ids = Array.from({ length: 2000 }, () => clientIdOf(random(32), random(32)));
    expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
    expect(Math.max(...ids)).toBeGreaterThan(2 ** 52);
    expect(new Set(ids).size).toBe(2000);
  });

  test('is given to every device of every member', () => {
    const ids = clientIdsOf(space, [alice.address, bob.address], directory);
    expect([...ids.keys()]).toEqual([...alice.devices, ...bob.devices]);
  });

  test('C06: taken already, voids the later device and not the earlier', () => {
    const same = () => 7;
    expect([...clientIdsOf(space, [alice.address, bob.address], directory, same)]).toEqual([
      [alice.devices[0], 7],
    ]);
    expect([...clientIdsOf(space, [bob.address, alice.address], directory, same)]).toEqual([
      [bob.devices[0], 7],
    ]);
  });
});
