/**
 * How the formats of keys/ are put into words for their frozen vectors: every byte format as JSON, what follows from a
 * root, an address or an epoch, and who speaks for an account at the end of its chain.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import type { FrameKind } from '#lib/crypto/frame.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { addressOf, decodeGenesis } from '#lib/keys/address.ts';
import { decodeChainBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId } from '#lib/keys/chain.ts';
import { clientIdOf } from '#lib/keys/client-id.ts';
import { decodeBundle, decodeDeviceSecrets, deviceId } from '#lib/keys/device.ts';
import { decodeEpochSecrets, deriveEpoch, partsOf, readHash } from '#lib/keys/epoch.ts';
import { decodeGrounds } from '#lib/keys/grounds.ts';
import { accountKey, kitPlaceOf, qrToKit, recoverySealing, rootToWords, wordsToRoot } from '#lib/keys/kit.ts';
import { decodeAnswer, decodeInvitation, decodeRecordKeys } from '#lib/keys/link/invitation.ts';
import { decodeLinkMessage, phraseOf, transcriptOf } from '#lib/keys/link/messages.ts';
import { linkKeys } from '#lib/keys/link/code.ts';
import type { LinkPurpose } from '#lib/keys/link/purpose.ts';
import { openChain } from '#lib/keys/open-chain.ts';
import { decodeRosterBody } from '#lib/keys/roster-body.ts';
import { decodeInner, sayingOf } from '#lib/keys/signed.ts';

export const DECODERS = {
  inner: decodeInner,
  grounds: decodeGrounds,
  epoch: decodeEpochSecrets,
  device: decodeBundle,
  'device-secrets': decodeDeviceSecrets,
  genesis: decodeGenesis,
  chain: decodeChainBody,
  roster: decodeRosterBody,
  link: decodeLinkMessage,
  invitation: decodeInvitation,
  answer: decodeAnswer,
  'record-keys': decodeRecordKeys,
} satisfies Record<string, (bytes: Bytes) => object | null>;

export type Format = keyof typeof DECODERS;

/** A value as JSON; bytes as hexadecimal, long ones by their SHA-256. */
export function readingOf(value: object): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (!(field instanceof Uint8Array)) return field;
    const bytes = new Uint8Array(field);
    return bytes.length > 64 ? `#${hex(sha256(bytes))}` : hex(bytes);
  });
}

type Inputs = Record<string, string>;

const RULES: Record<string, (input: Inputs) => object | string | Promise<object | string>> = {
  async root({ root }) {
    const bytes = fromHex(root!);
    const [account, recovery] = await Promise.all([accountKey(bytes), recoverySealing(bytes)]);
    return {
      words: rootToWords(bytes).join(' '),
      account: account.publicKey,
      recovery: recovery.publicKey,
      place: kitPlaceOf(bytes),
    };
  },
  words({ words }) {
    const root = wordsToRoot(words!);
    return root.ok ? root.value : root.error;
  },
  kit: ({ qr }) => qrToKit(qr!) ?? 'refused',
  address: ({ genesis }) => addressOf(decodeGenesis(fromHex(genesis!))!),
  async chain({ address }) {
    const [space, secrets] = [chainSpaceId(address!), chainEpoch(address!)];
    const { topic, frameKey } = await deriveEpoch(space, secrets);
    return { space, read: secrets.read, topic, frameKey: frameKey.secret };
  },
  device: ({ bundle }) => deviceId(decodeBundle(fromHex(bundle!))!),
  async epoch({ space, epoch, key }) {
    const secrets = { epoch: Number(epoch), key: fromHex(key!) };
    const { id, topic, frameKey, writer, deleter } = await deriveEpoch(fromHex(space!), secrets);
    const keys = { topic, frameKey: frameKey.secret, writer: writer?.publicKey, deleter: deleter?.publicKey };
    return { id, read: readHash(partsOf(secrets)), ...keys };
  },
  saying: ({ space, kind, signed }) => sayingOf(fromHex(space!), kind as FrameKind, fromHex(signed!)),
  client: ({ space, device }) => String(clientIdOf(fromHex(space!), fromHex(device!))),
  async link({ code, purpose = 'device' }) {
    const { space, topic, frameKey, writer, deleter } = await linkKeys(code!, purpose as LinkPurpose);
    return { space, topic, frameKey: frameKey.secret, writer: writer?.publicKey, deleter: deleter?.publicKey };
  },
  phrase({ hello, reply, nonce, purpose = 'device' }) {
    const transcript = transcriptOf(fromHex(hello!), fromHex(reply!), fromHex(nonce!), purpose as LinkPurpose);
    return phraseOf(transcript).join(' ');
  },
};

/** What follows by a rule from its inputs, which are JSON. */
export async function derivedFrom(rule: string, input: string): Promise<string> {
  const output = await RULES[rule]!(JSON.parse(input) as Inputs);
  return typeof output === 'string' ? output : readingOf(output);
}

/** Who speaks for the account, who no longer does, and which frames were refused. */
export async function historyOf(address: string, frames: string): Promise<string> {
  const { state, refused } = await openChain(address, frames.split(' ').map(fromHex));
  const devices = [...state.devices].map(([id, { addedBy, addedAt, revoked }]) => ({ id, addedBy, addedAt, revoked }));
  const { heads, waiting, rejected } = state;
  return readingOf({ devices, heads, waiting, rejected: [...rejected], refused });
}
