/** The door's table of methods, each answered by the vault, by its account or by one of its records. */
import { fail, ok } from '#lib/bytes/result.ts';
import { confirmAddition, unsettledAdditions } from './account/additions.ts';
import { offerUnsent, renameDevice, revokeDevice, unsentWords } from './account/devices.ts';
import { footprint } from './account/footprint.ts';
import { forgetting } from './account/leaving.ts';
import { settleWords, unsettledWords } from './account/unsettled.ts';
import { addDocument, openDocument } from './documents/documents.ts';
import { OWN_RECORD, type AccountDoor, type Door, type RecordDoor } from './door/door.ts';
import { readIdentifiant } from './entry/activation.ts';
import { namedPasskeys } from './entry/passkeys.ts';
import { showsName } from './entry/shown-name.ts';
import { children, openChildren, openUnattested } from './family/children.ts';
import { joinAsGuardian } from './family/guest.ts';
import { shareAsGuardian } from './family/host.ts';
import { linkOtherDevice } from './linking/linking.ts';
import { exportRecord } from './record/export.ts';
import type { Vault } from './stages.ts';

type Entry = Pick<
  AccountDoor,
  | 'status'
  | 'enrol'
  | 'activate'
  | 'kit'
  | 'confirmKit'
  | 'lookUpKit'
  | 'recover'
  | 'newKit'
  | 'confirmNewKit'
  | 'identifiant'
  | 'unlock'
  | 'lock'
>;

/** What opens the account on this device, and who may. */
type Access = Pick<
  AccountDoor,
  | 'passkeys'
  | 'unlockByPasskey'
  | 'addPasskey'
  | 'namedPasskeys'
  | 'renamePasskey'
  | 'removePasskey'
  | 'shownNames'
  | 'showsName'
  | 'showName'
  | 'changeCredentials'
  | 'prove'
  | 'checkProof'
>;

export function answersOf(vault: Vault): Door {
  return {
    ...entryAnswers(vault),
    ...accessAnswers(vault),
    ...accountAnswers(vault),
    ...recordAnswers(vault),
  };
}

function entryAnswers(vault: Vault): Entry {
  return {
    status: () => vault.withStorage(() => vault.status()),
    enrol: (typed) => vault.withStorage(() => vault.enrol(typed)),
    activate: (typed) => vault.withStorage(() => vault.activate(typed)),
    kit: () => vault.withAccount((account) => vault.kit(account)),
    confirmKit: (words) => vault.withAccount((account) => vault.confirmKit(account, words)),
    lookUpKit: ({ kit }) => vault.withStorage(() => vault.lookUpKit(kit)),
    recover: (input, progress, signal) => vault.withStorage(() => vault.recover(input, progress, signal)),
    newKit: ({ kit }) => vault.withReadyAccount((account) => vault.newKit(account, kit)),
    confirmNewKit: (words) => vault.withReadyAccount((account) => vault.confirmNewKit(account, words)),
    identifiant: () =>
      vault.withAccount(async ({ storage, seal }) => ok(await readIdentifiant(storage, seal))),
    unlock: ({ record = OWN_RECORD, ...typed }) => vault.withStorage(() => vault.unlock(typed, record)),
    lock: () => vault.withStorage(() => vault.lock()),
  };
}

function accessAnswers(vault: Vault): Access {
  return {
    passkeys: () => vault.withStorage(() => vault.passkeys()),
    unlockByPasskey: ({ record = OWN_RECORD, ...answer }) =>
      vault.withStorage(() => vault.unlockByPasskey(answer, record)),
    addPasskey: (made) => vault.withReadyAccount((account) => vault.addPasskey(account, made)),
    namedPasskeys: () => vault.withAccount(async (account) => ok(await namedPasskeys(account))),
    renamePasskey: (id, name) => vault.withAccount((account) => vault.renamePasskey(account, id, name)),
    removePasskey: (id) => vault.withAccount((account) => vault.removePasskey(account, id)),
    shownNames: () => vault.withStorage(() => vault.shownNames()),
    showsName: () => vault.withAccount(async ({ storage }) => ok(await showsName(storage))),
    showName: (wished) => vault.withAccount((account) => vault.showName(account, wished)),
    changeCredentials: (typed) =>
      vault.withReadyAccount((account) => vault.changeCredentials(account, typed)),
    prove: (given) => vault.withReadyAccount((account) => vault.prove(account, given)),
    checkProof: () => vault.withReadyAccount(() => vault.withProof(() => Promise.resolve(ok()))),
  };
}

function accountAnswers(vault: Vault): Omit<AccountDoor, keyof Entry | keyof Access> {
  return {
    records: () => vault.withAccount((account) => Promise.resolve(ok(account.records()))),
    children: () => vault.withReadyAccount(children),
    openChildren: (input) => vault.withReadyAccount((account) => openChildren(account, input.children)),
    openUnattested: ({ certified: _said, ...owner }) =>
      vault.withReadyAccount((account) => openUnattested(account, owner)),
    retry: () => vault.withAccount((account) => Promise.resolve(ok(account.retryNow()))),
    footprint: () => vault.withReadyAccount(footprint),
    devices: () =>
      vault.withAccount(async (account) => {
        await account.ready; // until the chain is read there are none
        return ok(account.devices());
      }),
    renameDevice: (id, name) => vault.withReadyAccount((account) => renameDevice(account, id, name)),
    unsentWords: () => vault.withReadyAccount(async (account) => ok(await unsentWords(account))),
    offerUnsent: () => vault.withReadyAccount((account) => offerUnsent(account)),
    revokeDevice: (id) => vault.withReadyAccount((account) => revokeDevice(account, id)),
    forgetting: () => vault.withAccount(forgetting),
    forgetDevice: () => vault.withAccount((account) => vault.withProof(() => vault.forget(account))),
    linkThisDevice: (typed) => vault.withStorage(() => vault.joinOther(typed)),
    linkOtherDevice: ({ code }) =>
      vault.withReadyAccount((account) =>
        vault.withProof(() => vault.links.begin((show) => linkOtherDevice({ account, code, show }))),
      ),
    joinRecord: () =>
      vault.withReadyAccount((account) => vault.links.begin((show) => joinAsGuardian(account, show))),
    answerInvitation: (accept) =>
      vault.withReadyAccount(() => Promise.resolve(ok(vault.links.answer(accept)))),
    confirmLink: (same) => vault.withStorage(() => Promise.resolve(ok(vault.links.confirm(same)))),
    cancelLink: () => vault.withStorage(() => Promise.resolve(ok(vault.links.cancel()))),
    notices: () => vault.withAccount(({ notices }) => Promise.resolve(ok(notices.list()))),
    markNoticesSeen: () =>
      vault.withAccount(async ({ notices }) => {
        await notices.markSeen();
        vault.emit({ type: 'notice', notices: notices.list() });
        return ok();
      }),
  };
}

function recordAnswers(vault: Vault): RecordDoor {
  return {
    record: (id) => vault.withRecord(id, (record) => record.view()),
    sync: (id) => vault.withRecord(id, (record) => Promise.resolve(ok(record.sync()))),
    search: (id, query) => vault.withReadyRecord(id, async (record) => ok(await record.search(query))),
    measures: (id, kind) => vault.withReadyRecord(id, (record) => Promise.resolve(ok(record.measures(kind)))),
    edit: (id, edits) => vault.withReadyRecord(id, (record) => record.edit(edits)),
    history: (id, section, entry) =>
      vault.withReadyRecord(id, (record) => Promise.resolve(record.history(section, entry))),
    deleted: (id, section) =>
      vault.withReadyRecord(id, (record) => Promise.resolve(ok(record.deleted(section)))),
    addDocument: (id, input, progress, signal) =>
      vault.withReadyRecord(id, (record) => addDocument(record.documents(), input, progress, signal)),
    openDocument: (id, document, progress) =>
      vault.withReadyRecord(id, async (record) => {
        const entry = record.document(document);
        return entry ? openDocument(record.documents(), entry, progress) : fail({ type: 'entry-missing' });
      }),
    exportRecord: (id) => vault.withReadyRecord(id, (record) => vault.withProof(() => exportRecord(record))),
    shareRecord: (id, { code }) =>
      vault.withReadyRecord(id, (record, account) =>
        vault.withProof(() => vault.links.begin((show) => shareAsGuardian({ account, record, code, show }))),
      ),
    unsettledWords: (id) => vault.withReadyRecord(id, (record, account) => unsettledWords(account, record)),
    settleWords: (id, decisions) =>
      vault.withReadyRecord(id, (record, account) => settleWords(account, record, decisions)),
    unsettledAdditions: (id) =>
      vault.withReadyRecord(id, (record, account) => unsettledAdditions(account, record)),
    confirmAddition: (id, saying) =>
      vault.withReadyRecord(id, (record, account) => confirmAddition(account, record, saying)),
  };
}
