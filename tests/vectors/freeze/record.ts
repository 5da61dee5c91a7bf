/** Frozen bodies, frames and snapshots of a record, grants, and what the authority states. */
import { concat, fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { fallbackEngine } from '#lib/crypto/signature-engine.ts';
import { createSigner, signingPublicKey } from '#lib/crypto/signature.ts';
import { addressOfHash } from '#lib/keys/address.ts';
import { deriveEpoch, encodeEpochSecrets, generateEpoch } from '#lib/keys/epoch.ts';
import { encodeGrounds, type Name } from '#lib/keys/grounds.ts';
import { signInner } from '#lib/keys/signed.ts';
import {
  attestationMessage,
  encodeAttestation,
  EMPTY_LOG,
  identityCommitment,
  logHeadMessage,
  nextHead,
  type LogHead,
  type LogLeaf,
} from '#lib/protocol/attestation.ts';
import { encodeFrontier, encodeHeads, type Head } from '#lib/replica/bodies.ts';
import { RecordDocument } from '#lib/replica/document/document.ts';
import { makeFrame, type Draft } from '#lib/replica/frames.ts';
import { Lane, shortOf } from '#lib/replica/lane.ts';
import { encodeSnapshot, type FoldedLane, type Snapshot } from '#lib/replica/snapshot.ts';
import { encodeGrant } from '#lib/vault/entry/grant.ts';
import {
  CLIENT,
  frameWords,
  snapshotWords,
  SPELLINGS,
  statementWords,
  wordsOf,
  type Spelled,
} from '../record-readings.ts';
import { flip, replace, seedOf, type Row } from './tools.ts';

const seeded = seedOf('record');
const id = () => hex(seeded(32));
const PHONE = 3;
const TIME = 1_795_000_000_000;

/** Two devices that wrote apart and met: replaced values, a deleted entry, both alphabets, every type of value. */
function written() {
  const document = new RecordDocument();
  document.putLane('phone', new Lane(PHONE));
  document.putLane('laptop', new Lane(CLIENT));
  const [latex, pollen] = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBA'];
  const put = (entry: string, fields: Record<string, string | number | boolean | null | readonly string[]>) =>
    ({ type: 'put', section: 'allergies', id: entry, fields }) as const;
  const updates: Bytes[] = [];
  const write = (lane: string, edits: Parameters<RecordDocument['edit']>[1]) => {
    const time = TIME + updates.length;
    const update = document.edit(lane, edits, time);
    updates.push(update);
    document.apply(lane, update, { short: shortOf(id()), time, counter: updates.length });
  };
  write('phone', [put(latex, { name: 'Latex', comment: 'Éruption \u{1f600}' })]);
  write('laptop', [put(latex, { comment: null }), put(pollen, { name: 'Pollen', severity: 2 })]);
  write('phone', [put(latex, { comment: 'Urticaire', tags: ['peau', ''] })]);
  write('laptop', [{ type: 'delete', section: 'allergies', id: pollen }]);
  document.apply('laptop', null, { short: shortOf(id()), time: TIME + 9, counter: 0 });
  return { phone: document.lanes.get('phone')!, laptop: document.lanes.get('laptop')!, updates };
}

function frontier(): Head[] {
  const [alice, bob] = [id(), id()];
  const place = () => ({ saying: id(), frame: id() });
  return [
    { author: alice, isControl: true, seq: 2, ...place(), clock: 0 },
    { author: alice, isControl: false, seq: 300, ...place(), clock: 70_000 },
    { author: bob, isControl: false, seq: 1, ...place(), clock: 0 },
  ];
}

function grants(): [string, Bytes][] {
  const grant = {
    chain: { write: seeded(32) },
    account: { space: seeded(32), epochs: [generateEpoch(seeded, 0), generateEpoch(seeded, 2)] },
    record: seeded(32),
    owner: { firstName: 'Zoë', lastName: 'Martin-Élie', birthDate: '1986-05-09' },
  };
  return [
    ['two epochs', encodeGrant(grant)],
    ['no epoch, no name', encodeGrant({ ...grant, account: { ...grant.account, epochs: [] }, owner: NAMELESS })],
  ];
}

const NAMELESS = { firstName: '', lastName: '', birthDate: '' };

export function bodies(): Row[] {
  const heads = { frontier: frontier(), others: new Map([[id(), encodeFrontier(frontier())]]) };
  const good: [Spelled, string, Bytes][] = [
    ['heads', 'of two spaces', encodeHeads(heads)],
    ['heads', 'of nothing', encodeHeads({ frontier: [], others: new Map() })],
    ['frontier', 'of two devices', encodeFrontier(frontier())],
    ['lane', 'of a device that met another', written().laptop.encode()],
    ['lane', 'nothing', new Lane(CLIENT).encode()],
    ...grants().map(([name, bytes]): [Spelled, string, Bytes] => ['grant', name, bytes]),
  ];
  return [...good.map((row) => goodRow(...row)), ...good.flatMap((row) => badRows(...row)), ...oddRows()];
}

function goodRow(format: Spelled, name: string, bytes: Bytes): Row {
  const read = SPELLINGS[format].read(bytes);
  if (!read) throw new Error(`${format}: ${name} is not good`);
  const row = { id: `${format}: ${name}`, format, bytes: hex(bytes) };
  return { ...row, reading: wordsOf(read.said), verdict: 'V' };
}

function badRow(format: Spelled, name: string, bytes: Bytes): Row {
  return { id: `${format}: ${name}`, format, bytes: hex(bytes), reading: '', verdict: 'X' };
}

/** The ways of being wrong that each format has. */
function badRows(format: Spelled, name: string, bytes: Bytes): Row[] {
  const row = (how: string, changed: Bytes) => badRow(format, `${name}, ${how}`, changed);
  const versions = ['heads', 'frontier'].includes(format)
    ? []
    : [
        row('first byte 0', replace(bytes, 0, Uint8Array.of(0))),
        row('first byte 9', replace(bytes, 0, Uint8Array.of(9))),
      ];
  const ends = [row('one byte more', concat(bytes, Uint8Array.of(0))), row('one byte short', bytes.slice(0, -1))];
  return [...versions, row('empty', new Uint8Array(0)), ...ends];
}

function oddRows(): Row[] {
  const [first, , third] = frontier();
  const one = (head: Head) => encodeFrontier([head]).subarray(1);
  const list = (...heads: Head[]) => concat(Uint8Array.of(heads.length), ...heads.map(one));
  const [low, high] = [first!, third!].sort((a, b) => (a.author < b.author ? -1 : 1));
  return [
    badRow('frontier', 'out of order', list(high!, low!)),
    badRow('frontier', 'one place twice', list(first!, first!)),
    badRow('frontier', 'a kind that is none', replace(list(third!), 33, Uint8Array.of(2))),
    badRow('frontier', 'a number 0', list({ ...third!, seq: 0 })),
    badRow('frontier', 'fewer than said', replace(list(third!), 0, Uint8Array.of(2))),
    badRow('grant', 'a name that is not UTF-8', grants()[0]![1].map((byte) => (byte === 0xc3 ? 0xff : byte))),
  ];
}

export async function recordFrames(): Promise<Row[]> {
  const [space, seed] = [seeded(32), seeded(32)];
  const secrets = generateEpoch(seeded, 4);
  const [keys, signer] = [await deriveEpoch(space, secrets), await createSigner(seed, fallbackEngine)];
  const base = { author: id(), clock: { time: TIME, counter: 2 }, deps: [], names: [], chains: [] };
  const name: Name = { author: id(), seq: 12, saying: id(), frame: id() };
  const news = { address: addressOfHash(seeded(32)), heads: [id()], carried: [seeded(80), seeded(3)] };
  const [update] = written().updates;
  const first: Draft = { ...base, kind: 'update', seq: 1, before: [], content: update! };
  const said = await makeFrame(first, keys, signer, seeded);
  const next = { ...base, seq: 2, before: [said.saying], deps: [id()], names: [name], chains: [news] };
  const drafts: [string, Draft][] = [
    ['a first update', first],
    ['the same, sealed again', first],
    ['an update that names and carries', { ...next, kind: 'update', content: update! }],
    ['the same as heads', { ...next, kind: 'heads', content: encodeHeads({ frontier: frontier(), others: new Map() }) }],
    ['one that joins two branches', { ...next, kind: 'update', before: [said.saying, id()], content: update! }],
  ];
  const frames: [string, Bytes][] = [];
  for (const [what, draft] of drafts) frames.push([what, await sealed(draft)]);
  const body = encodeGrounds(first, update!);
  frames.push(['grounds of version 1', await sealed(first, replace(body, 0, Uint8Array.of(1)))]);
  frames.push(['fewer names than said', await sealed(first, replace(body, 1, Uint8Array.of(9)))]);
  frames.push(['a damaged frame', flip(frames[0]![1], 100)]);
  const at = { space: hex(space), secrets: hex(encodeEpochSecrets(secrets)) };
  return Promise.all(
    frames.map(async ([what, frame]) => {
      const reading = await frameWords(space, encodeEpochSecrets(secrets), frame);
      return { id: what, ...at, frame: hex(frame), reading };
    }),
  );

  async function sealed({ kind, ...draft }: Draft, body?: Bytes): Promise<Bytes> {
    const inner = {
      author: fromHex(draft.author),
      seq: draft.seq,
      before: draft.before.map(fromHex),
      deps: draft.deps.map(fromHex),
      clock: draft.clock,
      body: body ?? encodeGrounds(draft, draft.content),
    };
    const signed = await signInner({ space, epoch: keys.epoch, kind }, inner, signer);
    return sealFrame(keys.frameKey, kind, signed, seeded);
  }
}

export async function snapshots(): Promise<Row[]> {
  const { phone, laptop } = written();
  const [one, two] = [id(), id()].sort() as [string, string];
  const folded = (author: string, lane: Lane): FoldedLane => {
    const place = { saying: id(), frame: id(), isJoined: false };
    return { head: { author, seq: lane.frames, clock: lane.clock, ...place }, lane };
  };
  const lanes = new Map([
    [one, folded(one, phone)],
    [two, folded(two, laptop)],
  ]);
  const clients: [string, number][] = [
    [one, PHONE],
    [two, CLIENT],
  ];
  const chains = new Map([[addressOfHash(seeded(32)), [seeded(90), seeded(40)]]]);
  const named: Name = { author: one, seq: 2, saying: id(), frame: id() };
  const full: Snapshot = { lanes, chains, controls: [{ epoch: 3, statement: seeded(70) }], late: [id()], names: [named] };
  const [content] = (await encodeSnapshot(full))!;
  const longer = { ...lanes.get(one)!, head: { ...lanes.get(one)!.head, seq: phone.frames + 1 } };
  const [claiming] = (await encodeSnapshot({ ...full, lanes: new Map(lanes).set(one, longer) }))!;
  const [empty] = (await encodeSnapshot({ lanes: new Map(), chains: new Map(), controls: [], late: [], names: [] }))!;
  const cut = content!.length >> 1;
  const [front, back] = [content!.subarray(2, cut), content!.subarray(cut)];
  const halves = [concat(Uint8Array.of(0, 2), front), concat(Uint8Array.of(1, 2), back)];
  const rows: [string, readonly Bytes[], [string, number][]][] = [
    ['two devices that met', [content!], clients],
    ['the same in two parts', halves, clients],
    ['of nothing', [empty!], []],
    ['the parts exchanged', [...halves].reverse(), clients],
    ['a part missing', halves.slice(0, 1), clients],
    ['another length than announced', [flip(content!, 5)], clients],
    ['more frames than its lane has', [claiming!], clients],
    ['the lane of a device that has no words here', [content!], clients.slice(1)],
    ['a bit of what is deflated', [flip(content!, -20)], clients],
    ['one byte short', [content!.slice(0, -1)], clients],
    ['one byte more', [concat(content!, Uint8Array.of(0))], clients],
  ];
  return Promise.all(
    rows.map(async ([name, contents, authors]) => {
      const given = { contents: contents.map(hex).join(' '), clients: JSON.stringify(authors) };
      return { id: name, ...given, reading: await snapshotWords(contents, given.clients) };
    }),
  );
}

export async function statements(): Promise<Row[]> {
  const seed = seeded(32);
  const [key, signer] = [hex(signingPublicKey(seed)), await createSigner(seed, fallbackEngine)];
  const [salt, identity] = [seeded(32), { lastName: 'Martin', firstName: 'Zoé', birthDate: '1986-05-09' }];
  const statement = {
    address: addressOfHash(seeded(32)),
    commitment: identityCommitment(salt, identity, sha256),
    issued: TIME,
  };
  const signature = await signer.sign(attestationMessage(statement));
  const attestation = encodeAttestation({ ...statement, signature });
  const leaves: LogLeaf[] = [
    { commitment: statement.commitment, attestationHash: sha256(attestation) },
    { commitment: seeded(32), attestationHash: seeded(32) },
    { commitment: seeded(32), attestationHash: seeded(32) },
  ];
  const head = leaves.reduce((before, leaf) => nextHead(before, leaf, sha256), EMPTY_LOG);
  const textOf = ({ size, hash }: LogHead) => `${size} ${hex(hash)}`;
  const log = {
    key,
    leaves: leaves.map((leaf) => hex(leaf.commitment) + hex(leaf.attestationHash)).join(' '),
    head: textOf(head),
    signature: hex(await signer.sign(logHeadMessage(head))),
  };
  const [one, ...others] = log.leaves.split(' ');
  const leafInput = { commitment: hex(leaves[0]!.commitment), attestationHash: hex(leaves[0]!.attestationHash) };
  const attested = (id: string, bytes: Bytes): [string, string, Record<string, string>] => [
    id,
    'attestation',
    { key, attestation: hex(bytes) },
  ];
  const rows: [string, string, Record<string, string>][] = [
    ['a commitment', 'commitment', { salt: hex(salt), ...identity }],
    ['the same, decomposed', 'commitment', { salt: hex(salt), ...identity, firstName: 'Zoé'.normalize('NFD') }],
    attested('an attestation', attestation),
    attested('version 0', replace(attestation, 0, Uint8Array.of(0))),
    attested('version 2', replace(attestation, 0, Uint8Array.of(2))),
    attested('an address of version 2', replace(attestation, 1, Uint8Array.of(2))),
    attested('another address', flip(attestation, 20)),
    attested('another commitment', flip(attestation, 40)),
    attested('another time', flip(attestation, 73)),
    attested('another signature', flip(attestation, 80)),
    attested('one byte short', attestation.slice(0, -1)),
    attested('one byte more', concat(attestation, Uint8Array.of(0))),
    ['another key', 'attestation', { key: hex(signingPublicKey(seeded(32))), attestation: hex(attestation) }],
    ['the first head of a log', 'log head', { head: textOf(EMPTY_LOG), ...leafInput }],
    ['a later one', 'log head', { head: textOf(head), ...leafInput }],
    ['a log', 'log', log],
    ['a leaf left out', 'log', { ...log, leaves: others.join(' ') }],
    ['two leaves exchanged', 'log', { ...log, leaves: [others[0], one, others[1]].join(' ') }],
    ['a head of another size', 'log', { ...log, head: log.head.replace('3', '2') }],
  ];
  return Promise.all(
    rows.map(async ([name, rule, given]) => {
      const input = JSON.stringify(given);
      return { id: name, rule, input, output: await statementWords(rule, input) };
    }),
  );
}
