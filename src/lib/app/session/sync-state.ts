/** Which of the few states of the badge the sync view is: what needs attention first, then how far the change got. */
import { frame } from '#lib/i18n/frame.ts';
import type { SyncView } from '#lib/vault/door/door.ts';

export type SyncState = 'on-device' | 'sending' | 'sent' | 'received' | 'offline' | 'problem';

export function syncState(sync: SyncView): SyncState {
  if (sync.problem || sync.connection === 'problem') return 'problem';
  if (sync.connection === 'offline') return 'offline';
  if (sync.unsent > 0) return sync.connection === 'online' ? 'sending' : 'on-device';
  if (sync.delivery.receivedBy > 0) return 'received';
  return sync.delivery.sent ? 'sent' : 'on-device';
}

/** enregistré sur cet appareil · envoyé · reçu par n appareils, or the state that stands before them. */
export function syncWords(sync: SyncView): string {
  switch (syncState(sync)) {
    case 'problem':
      return frame(sync.problem === 'revoked' ? 'revoked' : 'problem');
    case 'offline':
      return frame('offline');
    case 'sending':
      return frame('sending');
    case 'on-device':
      return frame('onDevice');
    default:
      return deliveryWords(sync.delivery);
  }
}

export function deliveryWords({ sent, receivedBy }: SyncView['delivery']): string {
  if (receivedBy > 0) return frame('received', { count: receivedBy });
  return sent ? frame('sent') : frame('onDevice');
}

/** The sentence behind the badge. */
export function syncExplanation(sync: SyncView): string {
  switch (sync.problem) {
    case 'relay-full':
      return frame('problemRelayFull');
    case 'relay-refuses':
      return frame('problemRelayRefuses');
    case 'storage-full':
      return frame('problemStorageFull');
    case 'read-only':
      return frame('problemReadOnly');
    case 'revoked':
      return frame('problemRevoked');
    case undefined:
  }
  const sentences = {
    problem: 'explainProblem',
    offline: 'explainOffline',
    sending: 'explainSending',
    received: 'explainReceived',
    sent: 'explainSent',
    'on-device': 'explainOnDevice',
  } as const;
  return frame(sentences[syncState(sync)]);
}
