/** Frozen formats of keys/: what is read, what follows from what, and two histories with their outcome. */
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import { signingPublicKey } from '#lib/crypto/signature.ts';
import { addressOfHash, encodeGenesis } from '#lib/keys/address.ts';
import { acceptAddress, addDeviceBody, recoverBody, revokeDeviceBody, succeedBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId, createGenesis } from '#lib/keys/chain.ts';
import { encodeBundle, encodeDeviceSecrets, generateDevice, openDevice, type DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch, encodeEpochSecrets, generateEpoch } from '#lib/keys/epoch.ts';
import { encodeGrounds, NO_GROUNDS, type Grounds } from '#lib/keys/grounds.ts';
import { kitToQr, rootToWords } from '#lib/keys/kit.ts';
import { commitmentOf, encodeLinkMessage } from '#lib/keys/link/messages.ts';
import { createLinkCode } from '#lib/keys/link/code.ts';
import { sealPasskey } from '#lib/keys/passkey.ts';
import { accountKey, recoverySealing } from '#lib/keys/root.ts';
import { encodeRosterBody, type RosterBody } from '#lib/keys/roster-body.ts';
import { decodeInner, encodeInner, sayingOf, signInner } from '#lib/keys/signed.ts';
import { PASSKEY_SLOT_LENGTH, sealPasswordSlot } from '#lib/keys/slot.ts';
import { DECODERS, derivedFrom, historyOf, readingOf, type Format } from '../keys-readings.ts';
import { flip, replace, seedOf, type Row } from './tools.ts';
import { chainSecrets } from '../../helpers/people/chain-secrets.ts';

const seeded = seedOf('keys');

async function people() {
  const root = seeded(32);
  const [laptop, phone, tablet] = await Promise.all([0, 1, 2].map(() => openDevice(generateDevice(seeded))));
  const account = await createGenesis({ root, firstDevice: laptop!, random: seeded });
  return { root, laptop: laptop!, phone: phone!, tablet: tablet!, ...account };
}

/** Made once: the makers below share it. */
const made = people();

/** One good value of every format. */
async function goodValues(): Promise<[Format, string, Bytes][]> {
  const { root, laptop, phone, tablet, address, bundle, frameBody } = await made;
  const acceptance = await acceptAddress(address, phone.bundle, phone.signer);
  const kept = [hex(laptop.id), hex(phone.id)];
  const recovery = await recoverBody(address, tablet.bundle, kept, await accountKey(root));
  const clock = { time: 1_795_000_000_000, counter: 3 };
  const inner = { author: laptop.id, seq: 5, before: [seeded(32)], deps: [seeded(32), seeded(32)], clock, body: seeded(20) };
  const joining = { ...inner, seq: 300, before: [seeded(32), seeded(32), seeded(32)] };
  const first = { ...inner, seq: 1, before: [], deps: [], body: seeded(0) };
  const nonce = seeded(32);
  const commitment = commitmentOf(nonce, phone.bundle, 'Téléphone');
  return [
    ['inner', 'a frame', encodeInner(inner, seeded(64))],
    ['inner', 'a frame that joins branches', encodeInner(joining, seeded(64))],
    ['inner', 'a first frame', encodeInner(first, seeded(64))],
    ['grounds', 'none', encodeGrounds(NO_GROUNDS, seeded(9))],
    ['grounds', 'names and chains', encodeGrounds(someGrounds(address), seeded(9))],
    ['epoch', 'a key', encodeEpochSecrets(generateEpoch(seeded, 7))],
    ['device', 'a bundle', encodeBundle(laptop.bundle)],
    ['device-secrets', 'two seeds', encodeDeviceSecrets(generateDevice(seeded))],
    ['genesis', 'a bundle', encodeGenesis(bundle)],
    ['chain', 'genesis', frameBody],
    ['chain', 'add device', addDeviceBody(phone.bundle, acceptance)],
    ['chain', 'revoke device', revokeDeviceBody(hex(phone.id))],
    ['chain', 'recover', recovery],
    ['chain', 'succeed', await succeedBody(address, await nextKit(), await accountKey(root))],
    ...rosterBodies().map(([id, body]): [Format, string, Bytes] => ['roster', id, encodeRosterBody(body)]),
    ['link', 'hello', encodeLinkMessage({ type: 'hello', bundle: phone.bundle, commitment, name: 'Téléphone' })],
    ['link', 'reply', encodeLinkMessage({ type: 'reply', nonce, address, bundle: laptop.bundle, name: 'Portable' })],
    ['link', 'reveal', encodeLinkMessage({ type: 'reveal', nonce, acceptance })],
    ['link', 'grant', encodeLinkMessage({ type: 'grant', box: seeded(30) })],
    ['link', 'refuse', encodeLinkMessage({ type: 'refuse' })],
  ];
}

async function nextKit() {
  const root = seeded(32);
  const [account, recovery] = await Promise.all([accountKey(root), recoverySealing(root)]);
  return { account, recovery: recovery.publicKey };
}

function someGrounds(address: string): Grounds {
  const id = () => hex(seeded(32));
  const names = [1, 200].map((seq) => ({ author: id(), seq, saying: id(), frame: id() }));
  const other = addressOfHash(seeded(32));
  return {
    names,
    chains: [
      { address, heads: [id(), id()], carried: [] },
      { address: other, heads: [id()], carried: [seeded(40), seeded(30)] },
    ],
  };
}

function rosterBodies(): [string, RosterBody][] {
  const id = () => hex(seeded(32));
  const [alice, bruno] = [addressOfHash(seeded(32)), addressOfHash(seeded(32))];
  const boxes = [alice, bruno].map((address) => ({ address, recipient: seeded(32), sealed: seeded(12) }));
  const consents = [{ address: alice, device: id(), signature: seeded(64) }];
  const found = { type: 'found' as const, founder: alice, nonce: seeded(32), id: id(), read: id() };
  const join = { type: 'join' as const, address: bruno, device: id(), heads: [id(), id()], acceptance: seeded(64) };
  const carried = [{ epoch: 2, statement: seeded(25) }];
  return [
    ['found', { ...found, kind: 'record', authority: null }],
    ['found with an authority', { ...found, kind: 'practice', authority: signingPublicKey(seeded(32)) }],
    ['join', { ...join, consents: [], statement: null }],
    ['join as third', { ...join, consents, statement: seeded(64) }],
    ['leave', { type: 'leave' }],
    ['order', { type: 'order', serial: 7, address: bruno, join: id(), signature: seeded(64) }],
    ['rotate', { type: 'rotate', number: 3, id: id(), read: id(), carried, boxes }],
    ['grant', { type: 'grant', address: bruno, epochs: [id(), id()], boxes }],
    ['note', { type: 'note' }],
    ['complaint', { type: 'complaint', id: id() }],
  ];
}

export async function decoding(): Promise<Row[]> {
  const values = await goodValues();
  const good = values.map(([format, id, bytes]) => {
    const value = DECODERS[format](bytes);
    if (value === null) throw new Error(`${format}: ${id} is not good`);
    return { id: `${format}: ${id}`, format, bytes: hex(bytes), reading: readingOf(value), verdict: 'V' };
  });
  return [...good, ...values.flatMap(([format, id, bytes]) => damaged(format, id, bytes))];
}

/** The ways of being wrong that every format has. */
export function damaged(format: Format, id: string, bytes: Bytes): Row[] {
  const row = (how: string, changed: Bytes): Row => ({
    id: `${format}: ${id}, ${how}`,
    format,
    bytes: hex(changed),
    reading: '',
    verdict: 'X',
  });
  const ends = [row('first byte 0', replace(bytes, 0, Uint8Array.of(0)))];
  if (bytes.length > 1000) return ends;
  ends.push(row('first byte 3', replace(bytes, 0, Uint8Array.of(3))));
  if (format === 'grounds') return ends; // whatever is left is content
  return [...ends, row('one byte short', bytes.slice(0, -1)), row('one byte more', concat(bytes, Uint8Array.of(0)))];
}

/** What follows from what: one row per rule, its inputs as JSON. */
export async function derivations(): Promise<Row[]> {
  const { root, laptop, phone, address, bundle } = await made;
  const space = seeded(32);
  const paper = { root, address, madeAt: 1_795_000_000_000, head: hex(seeded(32)), relay: 'relais.example' };
  const inputs: [string, Record<string, string | number>][] = [
    ['root', { root: hex(root) }],
    ['root', { root: '00'.repeat(32) }],
    ['words', { words: rootToWords(root).join(' ') }],
    ['words', { words: rootToWords(root).join(' ').normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase() }],
    ['words', { words: rootToWords(root).reverse().join(' ') }],
    ['kit', { qr: kitToQr(paper) }],
    ['kit', { qr: kitToQr(paper).replace(/.$/, (last) => (last === '0' ? '1' : '0')) }],
    ['address', { genesis: hex(encodeGenesis(bundle)) }],
    ['chain', { address }],
    ['device', { bundle: hex(encodeBundle(phone.bundle)) }],
    ['epoch', { space: hex(space), epoch: 2, key: hex(seeded(32)) }],
    ['saying', { space: hex(space), kind: 'control', signed: hex(seeded(50)) }],
    ['saying', { space: hex(space), kind: 'update', signed: hex(seeded(50)) }],
    ['client', { space: hex(space), device: hex(laptop.id) }],
    ['link', { code: createLinkCode(seeded) }],
    ['phrase', { hello: hex(seeded(40)), reply: hex(seeded(40)), nonce: hex(seeded(32)) }],
  ];
  const rows: Row[] = [];
  for (const [index, [rule, input]] of inputs.entries()) {
    const text = JSON.stringify(input);
    rows.push({ id: `${rule} ${index}`, rule, input: text, output: await derivedFrom(rule, text) });
  }
  return rows;
}

/** An account chain with all it can have, as frames of a relay; and the same without one of its frames. */
export async function histories(): Promise<Row[]> {
  const { root, laptop, phone, tablet, address, frameBody } = await made;
  const keys = await deriveEpoch(chainSpaceId(address), chainEpoch(address, chainSecrets(root)));
  const lanes = new Map<string, { seq: number; before: Bytes[] }>();
  let time = 1_795_000_000_000;
  const write = async (device: DeviceKeys, body: Bytes, ...after: { id: Bytes }[]) => {
    const { seq, before } = lanes.get(hex(device.id)) ?? { seq: 0, before: [] };
    const clock = { time: time++, counter: 0 };
    const inner = { author: device.id, seq: seq + 1, before, deps: after.map(({ id }) => id), clock, body };
    const aad = { space: keys.space, epoch: 0, kind: 'control' as const };
    const statement = await signInner(aad, inner, device.signer);
    const id = sayingOf(keys.space, 'control', decodeInner(statement)!.signed);
    lanes.set(hex(device.id), { seq: seq + 1, before: [id] });
    return { id, frame: sealFrame(keys.frameKey, 'control', statement, seeded) };
  };
  const accept = (device: DeviceKeys) => acceptAddress(address, device.bundle, device.signer);
  const genesis = await write(laptop, frameBody);
  const added = await write(laptop, addDeviceBody(phone.bundle, await accept(phone)), genesis);
  const revoked = await write(laptop, revokeDeviceBody(hex(phone.id)), added);
  const stolen = await write(phone, addDeviceBody(tablet.bundle, await accept(tablet)), added);
  const body = await recoverBody(address, tablet.bundle, [], await accountKey(root));
  const recovered = await write(tablet, body, revoked);
  const row = async (id: string, ...frames: { frame: Bytes }[]): Promise<Row> => {
    const text = frames.map(({ frame }) => hex(frame)).join(' ');
    return { id, address, frames: text, outcome: await historyOf(address, text) };
  };
  return [
    await row('founded', genesis),
    await row('a phone added', added, genesis),
    await row('the phone revoked, and adding beside it', stolen, revoked, added, genesis),
    await row('the revocation held back', genesis, added, stolen),
    await row('recovered by the kit', recovered, stolen, genesis, added, revoked),
    await row('a frame damaged', genesis, { frame: flip(added.frame, -1) }),
    await row('no genesis', added, revoked),
  ];
}

/** Whole slots. */
export async function slots(): Promise<Row[]> {
  const localSecret = seeded(32);
  const password = 'Cerise-été 42 !';
  const parameters = { m: 65_536, t: 3, p: 1 };
  const slot = await sealPasswordSlot(localSecret, 'alice.martin', password, seeded, parameters);
  const good = { id: 'a slot', slot: hex(slot), identifiant: 'alice.martin', password, answer: hex(localSecret) };
  const bad = (id: string, bytes: Bytes, answer: string): Row => ({ ...good, id, slot: hex(bytes), answer });
  return [
    good,
    { ...good, id: 'identifiant in capitals', identifiant: ' Alice.Martin' },
    { ...good, id: 'password decomposed', password: password.normalize('NFD') },
    { ...good, id: 'another password', password: 'cerise-été 42 !', answer: 'wrong-password' },
    { ...good, id: 'another identifiant', identifiant: 'alice.martine', answer: 'wrong-password' },
    bad('a bit of the key', flip(slot, -1), 'wrong-password'),
    bad('version 2', replace(slot, 0, Uint8Array.of(2)), 'damaged'),
    bad('type 2', replace(slot, 1, Uint8Array.of(2)), 'damaged'),
    bad('8 KiB', replace(slot, 2, Uint8Array.of(0, 0, 0, 8)), 'kdf-refused'),
    bad('one pass', replace(slot, 6, Uint8Array.of(0, 0, 0, 1)), 'kdf-refused'),
    bad('one byte short', slot.slice(0, -1), 'damaged'),
  ];
}

/** Whole passkeys, public part and slot; from a seed of their own, since they came after the rest. */
export function passkeys(): Row[] {
  const random = seedOf('keys-passkey');
  const [localSecret, output] = [random(32), random(32)];
  const asked = { credential: random(32), salt: random(32), transports: ['internal', 'hybrid'] as const };
  const kept = sealPasskey(localSecret, asked, output, random);
  const slot = kept.length - PASSKEY_SLOT_LENGTH;
  const read = `${hex(asked.credential)} ${hex(asked.salt)} internal,hybrid`;
  const good = { id: 'a passkey', kept: hex(kept), output: hex(output), public: read, answer: hex(localSecret) };
  const bad = (id: string, bytes: Bytes, answer: string, shown = read): Row => ({
    ...{ ...good, id, kept: hex(bytes) },
    ...{ public: shown, answer },
  });
  const long = { credential: random(1023), salt: random(32), transports: [] };
  return [
    good,
    {
      ...{ id: 'the longest credential id', kept: hex(sealPasskey(localSecret, long, output, random)) },
      ...{ output: hex(output), public: `${hex(long.credential)} ${hex(long.salt)} `, answer: hex(localSecret) },
    },
    { ...good, id: 'another answer', output: hex(random(32)), answer: 'wrong-passkey' },
    { ...good, id: 'half an answer', output: hex(output.slice(0, 16)), answer: 'wrong-passkey' },
    bad('a bit of the key', flip(kept, -1), 'wrong-passkey'),
    bad('a bit of the salt of the slot', flip(kept, slot + 2), 'wrong-passkey'),
    bad('slot of version 2', replace(kept, slot, Uint8Array.of(2)), 'damaged'),
    bad('slot of type 1', replace(kept, slot + 1, Uint8Array.of(1)), 'damaged'),
    bad('version 2', replace(kept, 0, Uint8Array.of(2)), 'damaged', ''),
    bad('a transport that there is not', replace(kept, slot - 1, Uint8Array.of(64)), 'damaged', ''),
    bad('no credential id', concat(Uint8Array.of(1, 0, 0), kept.slice(35)), 'damaged', ''),
    bad('one byte short', kept.slice(0, -1), 'damaged', ''),
    bad('one byte more', concat(kept, Uint8Array.of(0)), 'damaged', ''),
  ];
}
