/** The words of the door that a page may need to name. Types only. */
export type {
  DeviceView,
  DocumentView,
  Forgetting,
  LinkState,
  PasskeyAnswer,
  PasskeyAsked,
  PasskeyView,
  ProofGiven,
  RecordCalls,
  RecordId,
  RecordSummary,
  RecordView,
  EntryWord,
  UnsettledAddition,
  UnsettledWord,
  VaultError,
} from '#lib/vault/door/door.ts';
