/**
 * The door: everything a page can ask of the vault, and everything the vault tells a page.
 *
 * The vault lives in one worker; this interface is all that crosses. It carries plain values only: never a key, a
 * ciphertext, a Y.Doc or a table. Expected failures are values with a `type`, which the pages turn into words.
 */
import type { Result } from '#lib/bytes/result.ts';
import type { Edit, Entry, EntryId, FieldValue, SectionId } from '#lib/record/entry.ts';
import type { ConflictView, EntryHistory } from '#lib/record/history.ts';
import type { MeasureId } from '#lib/record/measure-kinds.ts';
import type { MeasureSeries, MeasureSummaries } from '#lib/record/measures.ts';
import type { Problem } from '#lib/record/section.ts';
import type { StoredMime } from '#lib/record/sections/documents.ts';

/** Everything that can fail as expected. One type, one sentence for the person (the table stands in i18n). */
export type VaultError =
  | { readonly type: 'enrolment-refused' } // wrong code, NIR or serial: one and the same answer
  | { readonly type: 'try-later' }
  | { readonly type: 'authority-unreachable' }
  | { readonly type: 'authority-untrusted' } // it answered with something that is not its signed word
  | { readonly type: 'relay-unreachable' }
  | { readonly type: 'password-weak'; readonly rules: readonly PasswordRule[] }
  | { readonly type: 'identifiant-invalid' }
  | { readonly type: 'wrong-password' } // identifiant or password: one and the same answer
  | { readonly type: 'kdf-refused' } // the stored parameters are below the floor
  | { readonly type: 'passkey-refused' } // removed here, rotted, or another one answered: one and the same answer
  | { readonly type: 'proof-needed' } // who asks has to show first that they are the one who may (`prove`)
  | { readonly type: 'kit-words-wrong'; readonly positions: readonly number[] }
  | { readonly type: 'kit-qr-wrong' } // a QR code that is no kit, or was misread
  | { readonly type: 'kit-unknown'; readonly relay: string | null } // this relay has no account of it; which one the kit names
  | { readonly type: 'kit-replaced'; readonly at: number } // used up: another one was made from it
  | { readonly type: 'kit-other' } // the kit of another account
  | { readonly type: 'caller-refused' } // the authority does not take this device for one of this account
  | { readonly type: 'chain-behind' } // the authority has seen more of this account's devices than this one knows
  | { readonly type: 'child-refused' } // no minor child of this person's file, as the authority has it now
  | { readonly type: 'child-taken' } // another legal representative has opened the record of this child
  | { readonly type: 'child-opened' } // this account has opened another record for this child
  | { readonly type: 'records-full' } // an account lists no more of them
  | { readonly type: 'guardian-refused' } // the authority does not know this person as a guardian of that child
  | { readonly type: 'guardian-needs-other' } // a third guardian takes the word of the second
  | { readonly type: 'invitation-declined' } // by the person who was invited
  | { readonly type: 'link-code-wrong' }
  | { readonly type: 'link-expired' }
  | { readonly type: 'link-refused' }
  | { readonly type: 'link-intercepted' } // somebody else spoke under the code, with keys of its own
  | { readonly type: 'file-too-large'; readonly limit: number }
  | { readonly type: 'file-type-refused' }
  | { readonly type: 'file-damaged' }
  | { readonly type: 'document-unavailable' } // not on this device, and the network does not have it now
  | { readonly type: 'entry-invalid'; readonly problems: readonly Problem[] }
  | { readonly type: 'entry-missing' }
  | { readonly type: 'record-unknown' } // this account has no such record on this device
  | { readonly type: 'record-damaged' } // nothing can be written until the relay has been asked for what rotted here
  | { readonly type: 'storage-full' }
  | { readonly type: 'storage-unavailable' }
  | { readonly type: 'newer-version-open' } // another tab runs a newer version: this one is read-only
  | { readonly type: 'device-revoked' } // this device was taken out of the account: it may read what it has, no more
  | { readonly type: 'locked' }
  | { readonly type: 'not-supported'; readonly missing: readonly string[] }
  | { readonly type: 'cancelled' } // by the person: nothing of it was done
  | { readonly type: 'interrupted' } // the tab that was at it is gone: it may have been done
  | { readonly type: 'open-elsewhere' } // another tab has the account open, or is opening it: it is done there
  | { readonly type: 'call-refused' }; // the door has no such method, or the method does not take this

export type PasswordRule = 'length' | 'special' | 'digit' | 'upper' | 'lower' | 'differs';

export type Answer<T> = Promise<Result<T, VaultError>>;

/** What the first paint needs: is there an account on this device, and is it open? */
export type VaultStatus =
  | { readonly type: 'empty' }
  | { readonly type: 'activating'; readonly step: 'kit' | 'confirm-kit' } // keys exist, the kit is not confirmed yet
  | { readonly type: 'locked' }
  | { readonly type: 'unlocked' }
  | { readonly type: 'not-supported'; readonly missing: readonly string[] };

export interface Enrolment {
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string; // YYYY-MM-DD
  readonly email: string | null;
  readonly phone: string | null;
  readonly children: readonly { firstName: string; lastName: string; birthDate: string }[];
}

export interface Kit {
  readonly words: readonly string[]; // 24, NFC
  readonly qr: string; // what the kit's QR code carries
  readonly address: string;
  readonly asked: readonly [number, number, number]; // 1-based positions to be typed again
  readonly madeAt: number;
  readonly relay: string | null; // where it was made; null when that could not be asked
}

/** A kit as somebody has it in hand: the 24 words as typed, or what its QR code says. */
export type KitGiven = { readonly words: string } | { readonly qr: string };

/** What a kit opens, looked at before anything is changed. */
export interface KitFound {
  readonly owner: { readonly firstName: string; readonly lastName: string };
  readonly madeAt: number | null; // as the kit says it: its words alone do not
  readonly newestAt: number | null; // the newest word that the relay has
  /**
   * The relay knows less than the kit does, or has not all that the account lists: it went back in time, or keeps something back
   * (attack D08).
   */
  readonly isBehind: boolean;
  readonly devices: readonly DeviceView[]; // those of the account that are not revoked
}

/** How the account is to go on. */
export interface Recovery {
  readonly identifiant: string;
  readonly password: string;
  readonly deviceName: string;
  /** Devices that stay; every other one is revoked. */
  readonly keep: readonly string[];
  /** Since when somebody else may have had the others: what they wrote since then waits for a decision. */
  readonly lostSince: number | null;
}

/** What a passkey answered to the salt it was asked with. The vault wipes the output. */
export interface PasskeyAnswer {
  readonly id: string;
  readonly output: Uint8Array<ArrayBuffer>; // 32 bytes
}

/** What a page asks a passkey by. Stands on the disk in the clear: it is needed before anything is open. */
export interface PasskeyAsked {
  readonly id: string;
  readonly credential: Uint8Array<ArrayBuffer>;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly transports: readonly string[];
}

/** A passkey as a list of them shows it. */
export interface PasskeyView {
  readonly id: string;
  readonly name: string | null; // null where it cannot be read any more
  readonly addedAt: number | null;
  /** False: it has rotted on this disk, and opens nothing. */
  readonly usable: boolean;
}

/** The password of this device; with the identifiant where the device cannot read its own any more. */
export interface PasswordGiven {
  readonly password: string;
  readonly identifiant?: string;
}

/** By what somebody shows that they may: the password, or a passkey. */
export type ProofGiven = PasswordGiven | { readonly passkey: PasskeyAnswer };

/** A passkey that was just made, and what it answers. */
export interface NewPasskey extends Omit<PasskeyAsked, 'id'>, PasswordGiven {
  readonly name: string;
  readonly output: Uint8Array<ArrayBuffer>;
}

/** How this device calls a record, in addresses too: `moi` for one's own, else random. It means nothing anywhere else. */
export type RecordId = string;
export const OWN_RECORD: RecordId = 'moi';

/** A record of this account, as lists of them show it. */
export interface RecordSummary {
  readonly id: RecordId;
  /** Of whom it is; empty until that has arrived. */
  readonly firstName: string;
  readonly lastName: string;
}

/** A minor child of this person's file at the authority. */
export interface ChildFound {
  /** The authority's name for the child, 16 bytes as base64url. */
  readonly child: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string; // YYYY-MM-DD
  /**
   * Who has opened the child's record: nobody, this account (and it is here, or has not arrived on this device), or another legal
   * representative.
   */
  readonly opened: 'no' | 'here' | 'elsewhere' | 'other';
  /** Of one that is here. */
  readonly record: RecordId | null;
}

/** What became of one of the children that were chosen. */
export type ChildOpened =
  | { readonly child: string; readonly record: RecordId }
  | { readonly child: string; readonly error: VaultError };

/** How the record of a child came about. */
export interface RecordOpening {
  readonly certifiedAt: number;
  /** By the authority: that it is the record of this child. */
  readonly attested: boolean;
  /** By this account. */
  readonly own: boolean;
}

/** Who holds a record: the person themselves, or a child's guardians, each of whom may all that the other may. */
export interface GuardianView {
  /** As they have written it themselves; empty until that has arrived. */
  readonly firstName: string;
  readonly lastName: string;
  readonly since: number;
  readonly own: boolean;
  /** By which it is told who wrote something. */
  readonly devices: readonly string[];
}

/** The first screen after unlock: needs neither Yjs nor the frame log. */
export interface RecordView {
  readonly owner: {
    readonly firstName: string;
    readonly lastName: string;
    readonly birthDate: string;
    readonly sex: 'female' | 'male' | null; // as far as the person says it
  };
  readonly opening: RecordOpening | null; // null of one's own record
  readonly guardians: readonly GuardianView[]; // in the order in which they came
  readonly entries: Readonly<Record<SectionId, readonly Entry[]>>; // without deleted ones; documents and measures apart
  readonly measures: MeasureSummaries; // the values themselves are asked for by kind
  readonly documents: readonly DocumentView[];
  readonly conflicts: readonly ConflictView[]; // few: what two devices said apart and nobody has settled
  readonly editable: boolean; // false until the replica has loaded, and the keys to write have arrived
}

export interface DocumentView {
  readonly id: EntryId;
  readonly name: string;
  readonly category: string;
  readonly date: string; // partial date as FHIR dateTime
  readonly mime: StoredMime;
  readonly size: number;
  readonly addedAt: number;
  readonly onDevice: boolean;
  readonly delivery: Delivery;
}

/** Where something was found; what it is called is in the record. The best come first. */
export interface SearchHit {
  readonly section: SectionId;
  readonly entry: EntryId | null; // null: the section itself
  readonly kind?: MeasureId; // of a measure
  readonly score: number;
}

export interface SearchResult {
  readonly hits: readonly SearchHit[]; // the first of them
  readonly count: number; // of all
}

/** *enregistré sur cet appareil* · *envoyé* · *reçu par n appareils* */
export interface Delivery {
  readonly sent: boolean;
  readonly receivedBy: number; // other devices of mine
}

export interface SyncView {
  readonly connection: 'online' | 'connecting' | 'offline' | 'problem';
  readonly unsent: number;
  readonly delivery: Delivery; // of the newest change of this device
  readonly otherDevices: number;
  /** `revoked`: this device was taken out, so that nothing of it is sent any more but what it offers (`offerUnsent`). */
  readonly problem?: 'relay-full' | 'relay-refuses' | 'storage-full' | 'read-only' | 'revoked';
  readonly durable: boolean | null; // did the browser promise to keep the data? null = not asked
}

export interface DeviceView {
  readonly id: string;
  readonly name: string;
  readonly addedAt: number;
  readonly thisDevice: boolean;
  readonly revokedAt: number | null;
  /** The newest of what it said, as far as this device knows, by its own clock; null: no sign of it. */
  readonly lastSignAt: number | null;
  /** When it was made to forget the account, as it noted itself before it did; null when it noted nothing. */
  readonly leftAt: number | null;
}

/** What it would cost that this device forgets the account. */
export interface Forgetting {
  /** Changes and documents that only this device has: they would be lost. */
  readonly unsent: number;
  /** Documents on this device, of all records. */
  readonly documents: number;
  /** Devices that could let this one in again. Without any, only the recovery kit does. */
  readonly otherDevices: number;
}

/** What was destroyed. */
export interface Forgotten {
  readonly documents: number;
  /** What was lost with it. */
  readonly unsent: number;
  /** The other devices are told that this one has left. */
  readonly noted: boolean;
  /** False: no key opens it any more, but the browser has not taken all of it away. */
  readonly erased: boolean;
}

/** Something the relay or a device did that it should not have. Shown once each. */
export interface SecurityNotice {
  readonly id: string;
  readonly type:
    | 'rollback'
    | 'gap'
    | 'fork'
    | 'duplicate-device'
    | 'key-substituted'
    | 'frame-refused'
    | 'snapshot-refused'
    | 'new-device'
    | 'device-revoked'
    | 'kit-replaced'
    | 'new-guardian' // somebody holds this record beside the others, let in by another device
    | 'guardian-device' // the other guardian has one more device
    | 'late-words'
    | 'words-lost';
  readonly at: number;
  /** Of `words-lost`: how many. */
  readonly count?: number;
  readonly device?: string;
  /** Which record it is about; none where it is about the account. */
  readonly record?: RecordId;
  readonly seen: boolean;
}

/** What a word of a revoked device did to one entry. */
export interface EntryWord {
  readonly section: SectionId;
  readonly id: EntryId;
  readonly kind: 'created' | 'changed' | 'deleted' | 'restored';
  /** What it said; of a document only what the person says about it. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** What the entry is called by: as the word has it, else as the record does. */
  readonly named: Readonly<Record<string, FieldValue>>;
}

/** Something that a device wrote which is revoked now. */
export interface UnsettledWord {
  readonly saying: string; // hex, 32 bytes; of what counts the first 16
  readonly device: string; // its name
  readonly revokedAt: number | null;
  readonly at: number; // by that device's clock
  /** `late`: it does not count. `kept`: it does, because another device had taken it in. */
  readonly state: 'late' | 'kept';
  readonly decision: 'aside' | 'kept' | null;
  readonly entries: readonly EntryWord[];
}

/** A device that a revoked one linked, or a person whom it let in: neither counts until somebody confirms it. */
export interface UnsettledAddition {
  readonly saying: string; // hex, 32 bytes
  readonly what: 'device' | 'owner';
  readonly name: string; // what the device was called then; of a person the address; empty when nothing says
  readonly device: string; // the name of the device that did it
  readonly at: number; // by that device's clock
  readonly decision: 'aside' | null;
}

/** Sayings, by what is to become of them. */
export interface SettledBy {
  readonly take: readonly string[];
  readonly aside: readonly string[];
  readonly keep: readonly string[];
  /** To be asked about again. */
  readonly reopen: readonly string[];
}

/** What the relay holds, read back from the relay itself. */
export interface RelayFootprint {
  readonly topics: readonly {
    readonly topic: string; // base64url, shortened by the page
    readonly frames: number;
    readonly bytes: number;
    readonly blobs: number;
    readonly blobBytes: number;
    readonly sample: string; // hex of the first bytes of one stored frame, as the relay returns it
    readonly firstAt: number | null;
    readonly lastAt: number | null;
  }[];
}

export type LinkState =
  | { readonly type: 'waiting'; readonly code: string; readonly expiresAt: number } // new device shows this (also as QR)
  | { readonly type: 'compare'; readonly phrase: readonly string[]; readonly peerName: string }
  | { readonly type: 'syncing'; readonly done: number; readonly total: number }
  /** To who joins as a guardian: what they are asked. */
  | {
      readonly type: 'invitation';
      readonly from: { readonly firstName: string; readonly lastName: string };
      readonly child: { readonly firstName: string; readonly lastName: string; readonly birthDate: string };
      readonly attested: boolean; // by the authority: that it is the record of this child
    }
  /** To who has invited a guardian: the answer is awaited. */
  | { readonly type: 'asked' }
  | { readonly type: 'done'; readonly record?: RecordId } // of a guardian's talk the record
  | { readonly type: 'failed'; readonly error: VaultError };

export type Progress = (done: number, total: number) => void;

/** What the vault pushes to every page that listens. */
export type VaultEvent =
  | { readonly type: 'status'; readonly status: VaultStatus }
  | { readonly type: 'records'; readonly records: readonly RecordSummary[] }
  | { readonly type: 'record'; readonly id: RecordId; readonly record: RecordView }
  | { readonly type: 'sync'; readonly id: RecordId; readonly sync: SyncView }
  | { readonly type: 'devices'; readonly devices: readonly DeviceView[] }
  | { readonly type: 'link'; readonly link: LinkState }
  | { readonly type: 'notice'; readonly notices: readonly SecurityNotice[] }
  | { readonly type: 'progress'; readonly call: number; readonly done: number; readonly total: number }
  | { readonly type: 'left' }; // the tab that had the account open is gone, and the keys with it

/** What can be done with an account. */
export interface AccountDoor {
  status(): Answer<VaultStatus>;

  /** ACT-04…11: opens the enrolment file. Nothing is stored yet. */
  enrol(input: { code: string; nir: string; serial: string }): Answer<Enrolment>;
  /** ACT-18…26: creates the keys, asks the authority to attest, stores everything; status becomes `activating`. */
  activate(input: { identifiant: string; password: string; deviceName: string }): Answer<Kit>;
  /** The kit again, while it is not confirmed (after a reload it needs the password). */
  kit(): Answer<Kit>;
  /** Three words typed again; on success the root secret is wiped from this device and the record opens. */
  confirmKit(words: readonly [string, string, string]): Answer<void>;

  /** Asks the relay what this kit opens. Nothing is written; the kit stays in the vault's memory until `recover`. */
  lookUpKit(input: { kit: KitGiven }): Answer<KitFound>;
  /**
   * The account that `lookUpKit` found becomes this device's, which then holds all that the relay has. What a locked account had
   * here is replaced then, and not before; what only it had, and can be opened, is taken along.
   */
  recover(input: Recovery, progress?: Progress, signal?: AbortSignal): Answer<void>;
  /** A new kit in the place of this one, whose words are asked for: a device alone cannot make one. Holds once it is confirmed. */
  newKit(input: { kit: KitGiven }): Answer<Kit>;
  /** Three words of the new kit typed again; from then on the old one opens nothing. */
  confirmNewKit(words: readonly [string, string, string]): Answer<void>;

  /** What the password is asked together with, on this device; null when it cannot be read. */
  identifiant(): Answer<string | null>;

  /** `record` is the one that the page shows: it is opened first. */
  unlock(input: { identifiant: string; password: string; record?: RecordId }): Answer<void>;
  lock(): Answer<void>;

  /** Those that this device has, to be asked for; one that has rotted is left out. */
  passkeys(): Answer<readonly PasskeyAsked[]>;
  unlockByPasskey(input: PasskeyAnswer & { record?: RecordId }): Answer<void>;
  /** A further way in, beside the password and never in its place: the password is needed to make it. */
  addPasskey(input: NewPasskey): Answer<void>;
  namedPasskeys(): Answer<readonly PasskeyView[]>;
  /** Changes what it is called, and nothing of what it opens. */
  renamePasskey(id: string, name: string): Answer<void>;
  removePasskey(id: string): Answer<void>;

  /** First names of the carnets of this computer whose people wish theirs to be shown before anything is open. */
  shownNames(): Answer<readonly string[]>;
  /** Whether the one that is open shows its own. */
  showsName(): Answer<boolean>;
  /** Wished, it stands on this disk in the clear; not wished any more, it is gone at once. */
  showName(wished: boolean): Answer<void>;

  /** On this device alone. Nothing is sealed anew; passkeys go on opening. */
  changeCredentials(input: PasswordGiven & { next: { identifiant: string; password: string } }): Answer<void>;

  /** Shows that the one who asks may; remembered for two minutes, and until it locks. */
  prove(input: ProofGiven): Answer<void>;
  /** Refused with `proof-needed` unless that was shown: for what a page itself hands out. */
  checkProof(): Answer<void>;

  /** One's own first, then by name. */
  records(): Answer<readonly RecordSummary[]>;
  /** KID-05: asks the authority, so it needs the network. */
  children(): Answer<readonly ChildFound[]>;
  /**
   * KID-05…07: the record of each of these children, which the authority attests. That one is their legal representative is
   * written into each. Some of several may fail; the same again opens nothing twice.
   */
  openChildren(input: { children: readonly string[]; certified: true }): Answer<readonly ChildOpened[]>;
  /** The record of a child that is in no file. It is not attested. */
  openUnattested(input: {
    firstName: string;
    lastName: string;
    birthDate: string;
    certified: true;
  }): Answer<RecordId>;
  /** "Réessayer": leaves the back-off at once. */
  retry(): Answer<void>;
  footprint(): Answer<RelayFootprint>;

  devices(): Answer<readonly DeviceView[]>;
  /** How many words of this device, in all records, the relay never had. */
  unsentWords(): Answer<number>;
  /** On a device that was taken out: what it had not sent goes to the others, for whom it waits for a decision. How many words. */
  offerUnsent(): Answer<number>;
  /** Any device of the account; every other one shows the new name as well. */
  renameDevice(id: string, name: string): Answer<void>;
  revokeDevice(id: string): Answer<void>;
  /** Looked at before `forgetDevice`. */
  forgetting(): Answer<Forgetting>;
  /**
   * This device forgets the account that is open: its keys, and all that they open. Works with no network; with one, what is
   * unsent is sent first and the other devices are told, for a few seconds at most. Refused by the disk it changes nothing.
   */
  forgetDevice(): Answer<Forgotten>;
  /**
   * New device: shows a code, then a phrase; ends `done` when the first record has arrived. What a locked account had
   * here is replaced then, and not before.
   */
  linkThisDevice(input: { identifiant: string; password: string; deviceName: string }): Answer<void>;
  /** Device that is already open: joins by the code the new device shows. It has to be proven who asks. */
  linkOtherDevice(input: { code: string }): Answer<void>;
  /**
   * KID-12, in person: shows a code, then a phrase, then an `invitation` to the record of a child, which `answerInvitation` answers.
   * Ends `done` when this account lists the record.
   */
  joinRecord(): Answer<void>;
  answerInvitation(accept: boolean): Answer<void>;
  /** "Les deux phrases sont identiques". Called on both sides; the open device is the one that grants. */
  confirmLink(same: boolean): Answer<void>;
  cancelLink(): Answer<void>;

  notices(): Answer<readonly SecurityNotice[]>;
  markNoticesSeen(): Answer<void>;
}

/** What can be done with one record. A record that this account does not have is answered `record-unknown`. */
export interface RecordDoor {
  record(record: RecordId): Answer<RecordView>;
  sync(record: RecordId): Answer<SyncView>;
  /** Over everything that was written, whatever its accents and endings, with no network. */
  search(record: RecordId, query: string): Answer<SearchResult>;
  /** Every value of one kind; to be asked for again when its summary in the record shows another `stamp`. */
  measures(record: RecordId, kind: MeasureId): Answer<MeasureSeries>;
  /** One user action, one frame. Acknowledged only when it is on disk. */
  edit(record: RecordId, edits: readonly Edit[]): Answer<void>;
  /** R21: who wrote an entry and when, and what it was before each change. */
  history(record: RecordId, section: SectionId, id: EntryId): Answer<EntryHistory>;
  /** The entries of a section that were deleted, the last deletion first. */
  deleted(record: RecordId, section: SectionId): Answer<readonly Entry[]>;

  /** Stopped by `signal` it leaves nothing behind; once it stands in the record it is added, signal or not. */
  addDocument(
    record: RecordId,
    input: {
      file: Blob;
      fileName: string;
      name: string;
      category: string;
      date: string;
      original?: boolean; // what entries are imported from: kept as it came
    },
    progress?: Progress,
    signal?: AbortSignal,
  ): Answer<EntryId>;
  /** The whole verified file; never a part of it. */
  openDocument(record: RecordId, id: EntryId, progress?: Progress): Answer<{ blob: Blob; fileName: string }>;
  /** Everything of the record as one readable archive for the person, offered when the disk is full (R02). It has to be proven who asks. */
  exportRecord(record: RecordId): Answer<Blob>;

  /**
   * KID-12, KID-14, in person: joins by the code that another legal representative of the child shows, and lets them in once both have
   * compared and they have accepted. It has to be proven who asks.
   */
  shareRecord(record: RecordId, input: { code: string; declared: true }): Answer<void>;

  /** What revoked devices wrote that does not count, or counts because another one had taken it in. */
  unsettledWords(record: RecordId): Answer<readonly UnsettledWord[]>;
  /** To take a word in takes in with it what its device had written before it. */
  settleWords(record: RecordId, decisions: SettledBy): Answer<void>;
  /** Joins of revoked devices that do not count, in one's own record links too. `settleWords` sets them aside. */
  unsettledAdditions(record: RecordId): Answer<readonly UnsettledAddition[]>;
  /** By a person's tap: from now on it counts, and what the device wrote with it. */
  confirmAddition(record: RecordId, saying: string): Answer<void>;
}

/** What can be done with the record that a page shows: of one record, and of no other. */
export type RecordCalls = {
  readonly [M in keyof RecordDoor]: RecordDoor[M] extends (record: RecordId, ...rest: infer Rest) => infer A
    ? (...rest: Rest) => A
    : never;
};

/** All that can be asked; `methods.ts` has the same as a table. */
export interface Door extends AccountDoor, RecordDoor {}
