/**
 * Every type of signature and of ciphertext that the product makes, each in one row: how to make one, and how the
 * product itself takes one. Whoever adds a type adds a row; attack A06 tries every row's result on every other row.
 *
 * All rows work with the same secret and the same signing key, as if somebody had used one key for everything: what
 * then still keeps the types apart is their labels alone.
 */
import { concat, hex, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { openBlob, sealBlob } from '#lib/crypto/blob.ts';
import { openCommitting, sealCommitting } from '#lib/crypto/committing.ts';
import { frameKey, FRAME_KINDS, openFrame, sealFrame, type FrameKind } from '#lib/crypto/frame.ts';
import { labelledHash, sha256 } from '#lib/crypto/hash.ts';
import { localKey, openLocal, sealLocal } from '#lib/crypto/local.ts';
import { generateSealingKeys, openBox, sealBox, type SealingKeys } from '#lib/crypto/sealing.ts';
import { createSigner, verify, type Signer } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { addressOf, type Address, type GenesisBundle } from '#lib/keys/address.ts';
import {
  acceptAddress,
  decodeChainBody,
  genesisBody,
  recoverBody,
  verifyAcceptance,
  verifyChainBody,
} from '#lib/keys/chain-body.ts';
import type { DeviceBundle } from '#lib/keys/device.ts';
import { epochId, partsOf, readHash } from '#lib/keys/epoch.ts';
import { signInner, verifyInner } from '#lib/keys/signed.ts';
import { acceptanceBytes, consentBytes, orderBytes, ownerStatementBytes } from '#lib/keys/roster-words.ts';
import { sealEpochs, openRotation } from '#lib/keys/rotations.ts';
import { attestationMessage, logHeadMessage } from '#lib/protocol/attestation.ts';
import { activationMessage } from '#lib/protocol/authority.ts';
import { callerMessage } from '#lib/protocol/callers.ts';
import { childRecordMessage } from '#lib/protocol/child-record.ts';
import { createStatement, openStatement } from '#lib/protocol/relay.ts';
import { seededRandom } from '../tools/random.ts';

const random = seededRandom('message types');

/** One key for everything, and one of everything it could be bound to. */
export interface OneKey {
  readonly secret: Bytes;
  readonly signer: Signer;
  readonly sealing: SealingKeys;
  readonly bundle: DeviceBundle;
  readonly genesis: GenesisBundle;
  readonly address: Address;
  readonly id: Bytes;
}

export async function oneKey(): Promise<OneKey> {
  const secret = random(32);
  const [signer, sealing] = await Promise.all([createSigner(secret), generateSealingKeys(secret)]);
  const bundle = { signing: signer.publicKey, sealing: sealing.publicKey };
  const genesis = { account: signer.publicKey, recovery: sealing.publicKey, device: bundle, nonce: secret };
  return { secret, signer, sealing, bundle, genesis, address: addressOf(genesis), id: secret };
}

/** Signed: the signature, and whether this row takes a given signature for its own. */
export interface SignedType {
  readonly name: string;
  make(key: OneKey): Promise<{ signature: Bytes; takes(signature: Bytes): Promise<boolean> }>;
}

/** Sealed: the bytes, and whether this row opens given bytes. */
export interface SealedType {
  readonly name: string;
  make(key: OneKey): Promise<{ sealed: Bytes; opens(sealed: Bytes): Promise<boolean> }>;
}

const PLAINTEXT = utf8('the same plaintext in every type');

/** A statement whose bytes the product builds, and which is signed and verified as it stands. */
function statement(name: string, build: (key: OneKey) => Bytes): SignedType {
  return {
    name,
    async make(key) {
      const message = build(key);
      return {
        signature: await key.signer.sign(message),
        takes: (signature) => verify(key.signer.publicKey, message, signature),
      };
    },
  };
}

function frameSignature(kind: FrameKind): SignedType {
  return {
    name: `inner of a ${kind} frame`,
    async make({ signer, id }) {
      const aad = { space: id, epoch: 0, kind };
      const clock = { time: 0, counter: 0 };
      const inner = { author: id, seq: 1, before: [], deps: [], clock, body: PLAINTEXT };
      const signed = await signInner(aad, inner, signer);
      const start = signed.slice(0, -64);
      return {
        signature: signed.slice(-64),
        takes: async (signature) =>
          (await verifyInner(aad, concat(start, signature), signer.publicKey)) !== null,
      };
    },
  };
}

/** The signature at the end of a body of the account chain. */
function chainSignature(name: string, makeBody: (key: OneKey) => Promise<Bytes>): SignedType {
  return {
    name,
    async make(key) {
      const body = await makeBody(key);
      const start = body.slice(0, -64);
      return {
        signature: body.slice(-64),
        takes: async (signature) => {
          const decoded = decodeChainBody(concat(start, signature));
          return decoded !== null && verifyChainBody(key.address, key.genesis, decoded);
        },
      };
    },
  };
}

/** The signature inside a box, caught as it is made and put in the place of the next one. */
function boxSignature(name: string, purpose: string): SignedType {
  return {
    name,
    async make({ signer, sealing, id }) {
      const seal = async (sign: Signer['sign']) =>
        sealBox({
          recipient: sealing.publicKey,
          recipientId: id,
          purpose,
          sender: id,
          expiry: 1,
          body: PLAINTEXT,
          signer: { publicKey: signer.publicKey, sign },
          random: seededRandom(purpose),
        });
      let own: Bytes = new Uint8Array(64);
      await seal(async (message) => (own = await signer.sign(message)));
      return {
        signature: own,
        takes: async (signature) => {
          const sealed = await seal(() => Promise.resolve(signature));
          return (await openedBox({ sealing, id }, purpose, sealed, signer.publicKey)) !== null;
        },
      };
    },
  };
}

function openedBox(key: Pick<OneKey, 'sealing' | 'id'>, purpose: string, sealed: Bytes, sender: Bytes) {
  const secret = key.sealing.secretSeed;
  return openBox({ secret, recipientId: key.id, purpose, now: 0, sealed, verifySender: () => sender });
}

export const SIGNED_TYPES: readonly SignedType[] = [
  ...FRAME_KINDS.map(frameSignature),
  chainSignature('genesis of an account', async ({ genesis, address, bundle, signer }) =>
    genesisBody(genesis, await acceptAddress(address, bundle, signer), signer),
  ),
  chainSignature('recovery of an account', ({ address, bundle, signer }) =>
    recoverBody(address, bundle, [], signer),
  ),
  {
    name: 'acceptance of an address',
    make: async ({ address, bundle, signer }) => ({
      signature: await acceptAddress(address, bundle, signer),
      takes: (signature) => verifyAcceptance(address, bundle, signature),
    }),
  },
  statement('acceptance of a roster', ({ id, address }) =>
    acceptanceBytes({ space: id, address, heads: [] }),
  ),
  statement("an owner's consent", ({ id, address }) => consentBytes({ space: id, address, heads: [] })),
  statement("the authority's word for an owner", ({ id, address }) => ownerStatementBytes(id, address)),
  statement("the authority's order", ({ id, address }) =>
    orderBytes(id, { serial: 1, address, join: hex(id) }),
  ),
  boxSignature('box of epochs', `${LABELS.epochGrant}/${'00'.repeat(32)}`),
  boxSignature('box of a link', LABELS.linkGrant),
  statement('opening of a topic', ({ id }) =>
    openStatement('relais.example', id, { topic: id, role: 'owner' }),
  ),
  statement('creation of a topic', ({ id }) =>
    createStatement('relais.example', id, {
      topic: id,
      writeKey: id,
      deleteKey: id,
      ttl: 0,
      openToReaders: false,
    }),
  ),
  statement('activation', ({ id, address }) => activationMessage(id, address)),
  statement('attestation', ({ id, address }) => attestationMessage({ address, commitment: id, issued: 0 })),
  statement('call of the authority', ({ id, address }) =>
    callerMessage({ challenge: id, origin: 'autorite.example', path: '/', address, asked: id }),
  ),
  statement("the authority's word for a child's record", ({ id, address }) =>
    childRecordMessage({ space: id, address, commitment: id, issued: 0 }),
  ),
  statement('head of the attestation log', ({ id }) => logHeadMessage({ size: 1, hash: id })),
];

function sealedFrame(kind: FrameKind): SealedType {
  return {
    name: `${kind} frame`,
    make: async ({ secret, id }) => {
      const key = frameKey(id, 0, secret);
      return {
        sealed: sealFrame(key, kind, PLAINTEXT, random),
        opens: async (sealed) => openFrame([key], sealed)?.aad.kind === kind,
      };
    },
  };
}

function committing(
  name: string,
  label: typeof LABELS.localSlot | typeof LABELS.frame | typeof LABELS.boxBody,
): SealedType {
  return {
    name,
    make: async ({ secret }) => ({
      sealed: sealCommitting(secret, label, PLAINTEXT, PLAINTEXT, random),
      opens: async (sealed) => openCommitting(secret, label, PLAINTEXT, sealed) !== null,
    }),
  };
}

export const SEALED_TYPES: readonly SealedType[] = [
  ...FRAME_KINDS.map(sealedFrame),
  committing('local key in a slot', LABELS.localSlot),
  committing('bare frame payload', LABELS.frame),
  committing('bare box payload', LABELS.boxBody),
  {
    name: 'value on the own disk',
    make: async ({ secret }) => {
      const key = localKey(secret);
      return {
        sealed: await sealLocal(key, 'place', PLAINTEXT, random),
        opens: async (sealed) => (await openLocal(key, 'place', sealed)) !== null,
      };
    },
  },
  {
    name: 'chunk of a blob',
    make: async ({ secret }) => {
      const { chunks, length } = await sealBlob(secret, PLAINTEXT, random);
      return {
        sealed: chunks[0]!,
        opens: async (sealed) => {
          const root = labelledHash(LABELS.blobRoot, Uint8Array.of(0, 0, 0, 1), sha256(sealed));
          return (
            (await openBlob(secret, { root, chunks: 1, length }, () => Promise.resolve(sealed))) !== null
          );
        },
      };
    },
  },
  {
    name: 'box of epochs',
    make: async (key) => {
      const { address, id, sealing, signer } = key;
      const recipients = [{ address, id, sealing: sealing.publicKey }];
      const epochs = [{ epoch: 0, key: id }];
      const sender = { id, signer };
      const [box] = await sealEpochs({ space: id, epochs, recipients, sender, random });
      return {
        sealed: box!.sealed,
        opens: async (sealed) => {
          const author = { id, signing: signer.publicKey };
          const boxes = [{ ...box!, sealed }];
          const self = { id, sealingSecret: sealing.secretSeed };
          const secrets = { epoch: 0, key: id };
          const told = { number: 0, id: hex(epochId(secrets)), read: hex(readHash(partsOf(secrets))) };
          return (await openRotation({ space: id, boxes, author, self, ...told })) !== 'wrong-box';
        },
      };
    },
  },
  {
    name: 'box of a link',
    make: async (key) => {
      const { sealing, id, signer } = key;
      const purpose = LABELS.linkGrant;
      const recipient = sealing.publicKey;
      const box = {
        recipient,
        recipientId: id,
        purpose,
        sender: id,
        expiry: 1,
        body: PLAINTEXT,
        signer,
        random,
      };
      return {
        sealed: await sealBox(box),
        opens: async (sealed) => (await openedBox(key, purpose, sealed, signer.publicKey)) !== null,
      };
    },
  },
];
