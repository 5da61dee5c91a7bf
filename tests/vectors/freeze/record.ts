/** Frozen bodies, frames and snapshots of a record, grants, and what the authority states. */
import { concat, fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { fallbackEngine } from '#lib/crypto/signature-engine.ts';
import { createSigner, signingPublicKey } from '#lib/crypto/signature.ts';
import { addressOfHash } from '#lib/keys/address.ts';
import { deriveEpoch, encodeEpochSecrets, generateEpoch, withId } from '#lib/keys/epoch.ts';
import { secretsFor } from '#lib/keys/roles.ts';
import { signInner } from '#lib/keys/inner.ts';
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
import { encodeBody, encodeFrontier, encodeHeads, type Head } from '#lib/replica/bodies.ts';
import { RecordDocument } from '#lib/replica/document.ts';
import { makeFrame, ZERO_ID, type Draft } from '#lib/replica/frames.ts';
import { appendLeaf, type Peaks } from '#lib/replica/merkle.ts';
import { encodeSnapshot, type CoveredChain } from '#lib/replica/snapshot.ts';
import { encodeGrant } from '#lib/vault/grant.ts';
import {
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
const [PHONE, LAPTOP] = [3, 2 ** 52 + 12_345];
const TIME = 1_795_000_000_000;

/** Two devices that wrote apart and met: replaced values, a deleted entry, both alphabets, every type of value. */
function written() {
  const [phone, laptop] = [new RecordDocument(), new RecordDocument()];
  const [latex, pollen] = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBA'];
  const put = (entry: string, fields: Record<string, string | number | boolean | null | readonly string[]>) =>
    ({ type: 'put', section: 'allergies', id: entry, fields }) as const;
  const first = phone.edit(PHONE, [put(latex, { name: 'Latex', comment: 'Éruption \u{1f600}' })], TIME);
  laptop.apply([first]);
  const second = laptop.edit(
    LAPTOP,
    [put(latex, { comment: null }), put(pollen, { name: 'Pollen', severity: 2 })],
    TIME + 1,
  );
  const third = phone.edit(PHONE, [put(latex, { comment: 'Urticaire', tags: ['peau', ''] })], TIME + 2);
  phone.apply([second]);
  const fourth = phone.edit(PHONE, [{ type: 'delete', section: 'allergies', id: pollen }], TIME + 3);
  return { document: phone, updates: [first, second, third, fourth] };
}

function frontier(): Head[] {
  const [alice, bob] = [id(), id()];
  return [
    { author: alice, lane: 'control', seq: 2, id: id(), clock: 0 },
    { author: alice, lane: 'data', seq: 300, id: id(), clock: 70_000 },
    { author: bob, lane: 'data', seq: 1, id: id(), clock: 0 },
  ];
}

function grants(): [string, Bytes][] {
  const epoch = withId(generateEpoch(seeded, 2), seeded(32));
  const grant = {
    chain: { write: seeded(32) },
    account: { space: seeded(32), epochs: [generateEpoch(seeded, 0), secretsFor('reader', epoch)] },
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
  const deps = [1, 300].map((seq) => ({ author: id(), seq, id: id() }));
  const rules = [{ author: id(), seq: 7, id: id() }];
  const ids = deps
    .map((dep) => dep.id)
    .sort()
    .join(' ');
  const heads = { frontier: frontier(), others: new Map([[id(), encodeFrontier(frontier())]]) };
  const good: [Spelled, string, string, Bytes][] = [
    ['body', 'the first of its author', '', encodeBody({ before: ZERO_ID, deps: [], rules: [] }, seeded(9))],
    ['body', 'with dependencies and rules', ids, encodeBody({ before: id(), deps, rules }, seeded(40))],
    ['heads', 'of two spaces', '', encodeHeads(heads)],
    ['heads', 'of nothing', '', encodeHeads({ frontier: [], others: new Map() })],
    ['frontier', 'of two devices', '', encodeFrontier(frontier())],
    ['folded', 'two devices that met', '', written().document.state()],
    ['folded', 'nothing', '', new RecordDocument().state()],
    ...grants().map(([name, bytes]): [Spelled, string, string, Bytes] => ['grant', name, '', bytes]),
  ];
  return [...good.map((row) => goodRow(...row)), ...good.flatMap((row) => badRows(...row)), ...oddRows()];
}

function goodRow(format: Spelled, name: string, ids: string, bytes: Bytes): Row {
  const read = SPELLINGS[format].read(bytes, ids === '' ? [] : ids.split(' ').map(fromHex));
  if (!read) throw new Error(`${format}: ${name} is not good`);
  const row = { id: `${format}: ${name}`, format, ids, bytes: hex(bytes) };
  return { ...row, reading: wordsOf(read.said), verdict: 'V' };
}

function badRow(format: Spelled, name: string, ids: string, bytes: Bytes): Row {
  return { id: `${format}: ${name}`, format, ids, bytes: hex(bytes), reading: '', verdict: 'X' };
}

/** The ways of being wrong that each format has. Of a body the content has no end of its own. */
function badRows(format: Spelled, name: string, ids: string, bytes: Bytes): Row[] {
  const row = (how: string, changed: Bytes) => badRow(format, `${name}, ${how}`, ids, changed);
  const versions = ['heads', 'frontier'].includes(format)
    ? []
    : [
        row('first byte 0', replace(bytes, 0, Uint8Array.of(0))),
        row('first byte 2', replace(bytes, 0, Uint8Array.of(2))),
      ];
  const ends = [row('empty', new Uint8Array(0))];
  if (format !== 'body') ends.push(row('one byte more', concat(bytes, Uint8Array.of(0))));
  if (format !== 'body') ends.push(row('one byte short', bytes.slice(0, -1)));
  else ends.push(row('cut in the saying before', bytes.slice(0, 32)));
  return [...versions, ...ends];
}

function oddRows(): Row[] {
  const [first, , third] = frontier();
  const one = (head: Head) => encodeFrontier([head]).subarray(1);
  const list = (...heads: Head[]) => concat(Uint8Array.of(heads.length), ...heads.map(one));
  const [low, high] = [first!, third!].sort((a, b) => (a.author < b.author ? -1 : 1));
  const dep = { author: id(), seq: 1, id: id() };
  const body = encodeBody({ before: id(), deps: [dep], rules: [] }, seeded(3));
  return [
    badRow('frontier', 'out of order', '', list(high!, low!)),
    badRow('frontier', 'one place twice', '', list(first!, first!)),
    badRow('frontier', 'a lane that is none', '', replace(list(third!), 33, Uint8Array.of(2))),
    badRow('frontier', 'a number 0', '', list({ ...third!, seq: 0 })),
    badRow('frontier', 'fewer than said', '', replace(list(third!), 0, Uint8Array.of(2))),
    badRow('body', 'a dependency with number 0', dep.id, replace(body, 65, Uint8Array.of(0))),
    badRow('body', 'more rules than bytes', dep.id, replace(body, 66, Uint8Array.of(9))),
    badRow('grant', 'a name that is not UTF-8', '', grants()[0]![1].map((byte) => (byte === 0xc3 ? 0xff : byte))),
  ];
}

export async function recordFrames(): Promise<Row[]> {
  const [space, seed] = [seeded(32), seeded(32)];
  const secrets = withId(generateEpoch(seeded, 4), seeded(32));
  const [keys, signer] = [await deriveEpoch(space, secrets), await createSigner(seed, fallbackEngine)];
  const base = { author: id(), clock: { time: TIME, counter: 2 }, deps: [], rules: [] };
  const dep = { author: id(), seq: 12, id: id() };
  const [update] = written().updates;
  const first: Draft = { ...base, kind: 'update', seq: 1, before: ZERO_ID, prev: ZERO_ID, content: update! };
  const said = await makeFrame(first, keys, signer, seeded);
  const next = { ...base, seq: 2, before: said.saying, prev: said.id, deps: [dep], rules: [{ ...dep, id: id() }] };
  const drafts: [string, Draft][] = [
    ['a first update', first],
    ['the same, sealed again', first],
    ['an update that builds on others', { ...next, kind: 'update', content: update! }],
    ['the same as heads', { ...next, kind: 'heads', content: encodeHeads({ frontier: frontier(), others: new Map() }) }],
    ['a first one that follows another', { ...first, before: said.saying }],
    ['a second one that follows none', { ...next, kind: 'update', content: update!, before: ZERO_ID }],
  ];
  const frames: [string, Bytes][] = [];
  for (const [name, draft] of drafts) frames.push([name, await sealed(draft)]);
  const body = encodeBody(first, update!);
  frames.push(['a body of version 2', await sealed(first, replace(body, 0, Uint8Array.of(2)))]);
  frames.push(['a damaged frame', flip(frames[0]![1], 100)]);
  const at = { space: hex(space), secrets: hex(encodeEpochSecrets(secrets)) };
  return Promise.all(
    frames.map(async ([name, frame]) => {
      const reading = await frameWords(space, encodeEpochSecrets(secrets), frame);
      return { id: name, ...at, frame: hex(frame), reading };
    }),
  );

  async function sealed({ kind, deps, ...draft }: Draft, body?: Bytes): Promise<Bytes> {
    const inner = {
      author: fromHex(draft.author),
      seq: draft.seq,
      prev: fromHex(draft.prev),
      deps: deps.map((one) => fromHex(one.id)),
      clock: draft.clock,
      body: body ?? encodeBody({ ...draft, deps }, draft.content),
    };
    const signed = await signInner({ space, epoch: keys.epoch, kind }, inner, signer);
    return sealFrame(keys.frameKey, kind, signed, seeded);
  }
}

function covered(seq: number, clock: number): CoveredChain {
  let peaks: Peaks = [];
  let saying = '';
  for (let count = 0; count < seq; count++) {
    saying = id();
    peaks = appendLeaf(peaks, count, fromHex(saying));
  }
  return { seq, id: saying, frame: saying, clock, peaks };
}

export async function snapshots(): Promise<Row[]> {
  const { document } = written();
  const [phone, laptop, silent] = [id(), id(), id()];
  const clocks = document.clocks();
  const chains = new Map([
    [phone, covered(11, clocks.get(PHONE)!)],
    [laptop, covered(4, clocks.get(LAPTOP)!)],
    [silent, covered(1, 0)],
  ]);
  const clients: [string, number][] = [
    [phone, PHONE],
    [laptop, LAPTOP],
  ];
  const [content] = (await encodeSnapshot({ frontier: chains, state: document.state() }))!;
  const shifted = new Map(chains).set(phone, { ...chains.get(phone)!, clock: 1 });
  const [claiming] = (await encodeSnapshot({ frontier: shifted, state: document.state() }))!;
  const [empty] = (await encodeSnapshot({ frontier: new Map(), state: new RecordDocument().state() }))!;
  const cut = content!.length >> 1;
  const [front, back] = [content!.subarray(2, cut), content!.subarray(cut)];
  const halves = [concat(Uint8Array.of(0, 2), front), concat(Uint8Array.of(1, 2), back)];
  const rows: [string, readonly Bytes[], [string, number][]][] = [
    ['two devices that met, and one that set nothing', [content!], clients],
    ['the same in two parts', halves, clients],
    ['of nothing', [empty!], []],
    ['the parts exchanged', [...halves].reverse(), clients],
    ['a part missing', halves.slice(0, 1), clients],
    ['another root', [flip(content!, 5)], clients],
    ['another saying, of which only the frames can tell', [flip(content!, 80)], clients],
    ['a peak changed', [flip(content!, 110)], clients],
    ['another clock than the state has', [claiming!], clients],
    ['the values of a device that may not write', [content!], clients.slice(1)],
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
