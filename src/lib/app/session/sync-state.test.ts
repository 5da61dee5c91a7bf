import { describe, expect, test } from 'vitest';
import type { SyncView } from '#lib/vault/door/door.ts';
import { syncExplanation, syncState, syncWords } from './sync-state.ts';

const quiet: SyncView = {
  connection: 'online',
  unsent: 0,
  delivery: { sent: false, receivedBy: 0 },
  otherDevices: 1,
  durable: true,
};

describe('the sync badge', () => {
  test('tells the three states of a change apart', () => {
    expect(syncWords(quiet)).toBe('Enregistré sur cet appareil');
    expect(syncWords({ ...quiet, delivery: { sent: true, receivedBy: 0 } })).toBe('Envoyé');
    expect(syncWords({ ...quiet, delivery: { sent: true, receivedBy: 1 } })).toBe('Reçu par 1 appareil');
    expect(syncWords({ ...quiet, delivery: { sent: true, receivedBy: 2 } })).toBe('Reçu par 2 appareils');
  });

  test('offline is a quiet state of its own, whatever waits to be sent', () => {
    expect(syncState({ ...quiet, connection: 'offline', unsent: 3 })).toBe('offline');
  });

  test('R02 a problem stands before everything else', () => {
    expect(syncState({ ...quiet, connection: 'offline', problem: 'storage-full' })).toBe('problem');
    expect(syncState({ ...quiet, connection: 'problem' })).toBe('problem');
  });

  test('a device that was taken out says so, and never that it is sending', () => {
    const out: SyncView = { ...quiet, problem: 'revoked', unsent: 3 };
    expect(syncState(out)).toBe('problem');
    expect(syncWords(out)).toBe('Retiré du carnet');
    expect(syncExplanation(out)).toMatch(/n’envoie plus rien/);
  });

  test('what waits is being sent only while there is a connection', () => {
    expect(syncState({ ...quiet, unsent: 2 })).toBe('sending');
    expect(syncState({ ...quiet, unsent: 2, connection: 'connecting' })).toBe('on-device');
  });

  test('a revocation that has not left is not said to be sent, though every change of the record is', () => {
    const waits: SyncView = { ...quiet, unsent: 1, connection: 'connecting' };
    for (const receivedBy of [0, 1])
      expect(syncWords({ ...waits, delivery: { sent: true, receivedBy } })).toBe(
        'Enregistré sur cet appareil',
      );
  });
});
