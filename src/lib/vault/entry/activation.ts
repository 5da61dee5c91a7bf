/**
 * Activation: from the three numbers of the letter and the card to an account on this device (ACT-04…26).
 *
 *   enrol     code, NIR, serial → the enrolment file; nothing is stored
 *   found     keys are made and stored, the kit among them
 *   redeem    the authority attests the address; asked again after a crash, it answers the same
 *   confirm   three words typed again; the root secret is wiped, the account is open
 *
 * The keys are on the disk before the code is used up, so that nothing that breaks in between costs the code.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { openAesGcm } from '#lib/crypto/aes-gcm.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { argon2id } from '#lib/crypto/kdf.ts';
import { localKey } from '#lib/crypto/local.ts';
import { verify } from '#lib/crypto/signature.ts';
import { encodeGenesis, type Address } from '#lib/keys/address.ts';
import { createGenesis } from '#lib/keys/chain.ts';
import { decodeChainBody } from '#lib/keys/chain-body.ts';
import { generateDevice, openDevice } from '#lib/keys/device.ts';
import {
  accountKey,
  askPositions,
  generateRoot,
  kitToQr,
  rootToWords,
  type AskedPositions,
} from '#lib/keys/kit.ts';
import type { Hex } from '#lib/keys/ids.ts';
import { createSpace } from '#lib/keys/roster.ts';
import { sealPasswordSlot } from '#lib/keys/slot.ts';
import { attestationMessage, decodeAttestation, identityCommitment } from '#lib/protocol/attestation.ts';
import { activationMessage, decodeEnrolmentFile, type EnrolmentFile } from '#lib/protocol/authority.ts';
import {
  deriveEnrolment,
  enrolmentFileAad,
  normaliseSecrets,
  type EnrolmentKeys,
} from '#lib/protocol/enrolment.ts';
import { relayOrigin } from '#lib/protocol/relay.ts';
import { checkIdentifiant } from '#lib/credentials/identifiant.ts';
import { unmetRules } from '#lib/credentials/password.ts';
import { localSeal, type LocalSeal } from '#lib/replica/ports.ts';
import type { Change, Storage } from '#lib/storage/storage.ts';
import type { Kit, VaultError } from '#lib/vault/door/door.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { storageProblem } from '#lib/vault/errors.ts';
import { authorityEdit, authorityOf, authorityProblem } from './authority.ts';
import { identityChanges, type Granted, type Identity } from './identity.ts';
import { placeEdit, placeOfKit } from './kit-place.ts';
import { KEYS, sealedGet, sealedPut } from '#lib/vault/disk/layout.ts';
import { decodeJson, encodeJson } from '#lib/vault/disk/sealed-json.ts';

/** Secret. What the enrolment file said, and the keys of the code; in memory only. */
export interface Enrolled {
  readonly file: EnrolmentFile;
  readonly keys: EnrolmentKeys;
}

/** Secret. What the kit says, kept sealed until it is confirmed. */
export interface PendingKit {
  readonly root: Bytes;
  readonly asked: AskedPositions;
}

export interface Credentials {
  readonly identifiant: string;
  readonly password: string;
}

/** A number that cannot be right gets the same answer as one that is wrong: the person checks all three. */
export async function enrol(
  env: Environment,
  typed: { readonly code: string; readonly nir: string; readonly serial: string },
): Promise<Result<Enrolled, VaultError>> {
  const secrets = normaliseSecrets(typed);
  if (!secrets) return fail({ type: 'enrolment-refused' });
  const authority = await authorityOf(env);
  if (!authority) return fail({ type: 'authority-unreachable' });
  const keys = await deriveEnrolment(secrets, { sha256, argon2id });
  const answer = await authority.enrol({ codeId: keys.codeId, lookup: keys.lookup });
  if (!answer.ok) return fail(authorityProblem(answer.error));
  const opened = await openAesGcm(keys.key, enrolmentFileAad(keys.codeId), answer.value.sealed);
  const file = opened && decodeEnrolmentFile(opened);
  return file ? ok({ file, keys }) : fail({ type: 'authority-untrusted' });
}

/** The five rules of the guide, and a usable identifiant. */
export function checkCredentials({ identifiant, password }: Credentials): Result<Credentials, VaultError> {
  const checked = checkIdentifiant(identifiant);
  if (!checked.ok) return fail({ type: 'identifiant-invalid' });
  const rules = unmetRules(password, checked.identifiant);
  if (rules.length > 0) return fail({ type: 'password-weak', rules });
  return ok({ identifiant: checked.identifiant, password });
}

/** Wraps the local key for these credentials: both copies of the slot, and the identifiant to be read again. */
export async function slotChanges(
  env: Environment,
  localSecret: Bytes,
  { identifiant, password }: Credentials,
): Promise<Change[]> {
  const value = await sealPasswordSlot(localSecret, identifiant, password, env.random, env.argon2);
  const seal = localSeal(localKey(localSecret), env.random);
  const noted = await sealedPut(seal, KEYS.identifiant, encodeJson(identifiant));
  return [...slotCopies(value), noted];
}

export function slotCopies(value: Bytes): Change[] {
  return KEYS.slot.map((key) => ({ type: 'put', key, value }));
}

/** Null when it cannot be read. */
export async function readIdentifiant(storage: Storage, seal: LocalSeal): Promise<string | null> {
  const bytes = await sealedGet(storage, seal, KEYS.identifiant);
  return bytes ? decodeJson<string>(bytes) : null;
}

export interface Founded {
  readonly localSecret: Bytes;
  readonly seal: LocalSeal;
  readonly identity: Identity;
  readonly kit: PendingKit;
}

/** Makes all keys of a new account and writes them, in one batch. */
export async function createAccount(input: {
  readonly env: Environment;
  readonly storage: Storage;
  readonly enrolled: Enrolled;
  readonly credentials: Credentials;
  readonly deviceName: string;
}): Promise<Result<Founded, VaultError>> {
  const { env, storage, enrolled, credentials, deviceName } = input;
  const { random } = env;
  const root = generateRoot(random);
  const secrets = generateDevice(random);
  const device = await openDevice(secrets);
  const { address, frameBody } = await createGenesis({ root, firstDevice: device, random });
  const account = createSpace({ kind: 'account', founder: address, random });
  const record = createSpace({ kind: 'record', founder: address, random });
  const { firstName, lastName, birthDate, authorityKey, identitySalt } = enrolled.file;
  const opens: Granted = {
    ...{
      address,
      owner: { firstName, lastName, birthDate },
      chain: { write: random(32) },
      record: record.space,
    },
    account: { space: account.space, epochs: [account.secrets] },
  };
  const identity: Identity = {
    address,
    device: secrets,
    bundle: device.bundle,
    deviceName,
    owner: opens.owner,
    ...{ chain: opens.chain, account: opens.account, record: opens.record },
    founding: {
      chain: frameBody,
      account: account.frameBody,
      record: record.frameBody,
      recordEpoch: record.secrets,
      kept: [await placeEdit(root, (await placeOfKit(root, opens, env)).frame), authorityEdit(authorityKey)],
    },
    redemption: { codeId: enrolled.keys.codeId, lookup: enrolled.keys.lookup, authorityKey, identitySalt },
  };
  const localSecret = random(32);
  const seal = localSeal(localKey(localSecret), random);
  const kit: PendingKit = { root, asked: askPositions(random) };
  const written = await storage.write(
    [
      ...(await slotChanges(env, localSecret, credentials)),
      ...(await identityChanges(seal, identity)),
      await sealedPut(seal, KEYS.root, encodeJson(kit)),
    ],
    'strict',
  );
  return written.ok ? ok({ localSecret, seal, identity, kit }) : fail(storageProblem(written.error));
}

/** The identity with its attestation, which is checked before it is believed. */
export async function redeem(
  env: Environment,
  identity: Identity,
  root: Bytes,
): Promise<Result<Identity, VaultError>> {
  const { redemption, founding, address, owner } = identity;
  if (!redemption || !founding) return ok(identity);
  const body = decodeChainBody(founding.chain);
  const authority = await authorityOf(env);
  if (!authority) return fail({ type: 'authority-unreachable' });
  if (body?.type !== 'genesis') throw new Error('an account is founded by a genesis');
  const account = await accountKey(root);
  const answer = await authority.activate({
    codeId: redemption.codeId,
    lookup: redemption.lookup,
    address,
    genesis: encodeGenesis(body.bundle),
    signature: await account.sign(activationMessage(redemption.lookup, address)),
  });
  if (!answer.ok) return fail(authorityProblem(answer.error));
  const commitment = identityCommitment(redemption.identitySalt, owner, sha256);
  const { attestation } = answer.value;
  if (!(await attests(attestation, redemption.authorityKey, address, commitment)))
    return fail({ type: 'authority-untrusted' });
  const { redemption: _used, ...attested } = identity;
  return ok({ ...attested, attestation });
}

async function attests(
  attestation: Bytes,
  key: Bytes,
  address: Address,
  commitment: Bytes,
): Promise<boolean> {
  const read = decodeAttestation(attestation);
  if (!read || read.address !== address || !equal(read.commitment, commitment)) return false;
  return verify(key, attestationMessage(read), read.signature);
}

/** @param head of the account's chain, known now */
export async function kitOf(
  env: Environment,
  { root, asked }: PendingKit,
  { address, head }: { readonly address: Address; readonly head: Hex },
): Promise<Kit> {
  const services = await env.services();
  const relay = services && relayOrigin(services.relay);
  const madeAt = env.clock.now();
  const qr = kitToQr({ root, address, madeAt, head, relay });
  return { words: rootToWords(root), qr, address, asked, madeAt, relay };
}
/** Null once the kit is confirmed. */
export async function readPendingKit(storage: Storage, seal: LocalSeal): Promise<PendingKit | null> {
  const bytes = await sealedGet(storage, seal, KEYS.root);
  return bytes ? decodeJson<PendingKit>(bytes) : null;
}
