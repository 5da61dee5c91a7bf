/** What devices sign that call the authority, and what it states about the records of children. */
import { concat, hex, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { fallbackEngine } from '#lib/crypto/signature-engine.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import { addressOfHash } from '#lib/keys/address.ts';
import { identityCommitment } from '#lib/protocol/attestation.ts';
import { childRecordMessage, encodeChildRecord } from '#lib/protocol/child-record.ts';
import { statementWords } from '../record-readings.ts';
import { flip, replace, seedOf, type Row } from './tools.ts';

const seeded = seedOf('calls');

async function row(id: string, rule: string, input: Record<string, string>): Promise<Row> {
  const json = JSON.stringify(input);
  return { id, rule, input: json, output: await statementWords(rule, json) };
}

export async function calls(): Promise<Row[]> {
  return [...(await callers()), ...(await childRecords())];
}

async function callers(): Promise<Row[]> {
  const call = {
    challenge: hex(seeded(32)),
    origin: 'autorite.example',
    path: '/authority/children',
    address: addressOfHash(seeded(32)),
    ask: '{}',
  };
  const changed: [string, Partial<typeof call>][] = [
    ['a call', {}],
    ['the same, its address in capitals', { address: call.address.toUpperCase() }],
    ['another challenge', { challenge: hex(seeded(32)) }],
    ['another port', { origin: 'autorite.example:8443' }],
    ['a host that ends where a path begins', { origin: 'autorite.example/authority', path: '/children' }],
    ['another path', { path: '/authority/child-record' }],
    ['another address', { address: addressOfHash(seeded(32)) }],
    ['the same asked with a space', { ask: '{ }' }],
    ['a text beyond ASCII', { ask: '{"name":"Zoé"}' }],
    ['an address that is none', { address: call.address.replace(/.$/, 'b') }],
  ];
  return Promise.all(changed.map(([id, change]) => row(id, 'caller', { ...call, ...change })));
}

async function childRecords(): Promise<Row[]> {
  const signer = await createSigner(toOwned(seeded(32)), fallbackEngine);
  const child = { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' };
  const identitySalt = seeded(32);
  const said = {
    space: seeded(32),
    address: addressOfHash(seeded(32)),
    commitment: identityCommitment(identitySalt, child, sha256),
    issued: 1_795_000_000_000,
  };
  const signature = await signer.sign(childRecordMessage(said));
  const statement = encodeChildRecord({ ...said, signature });
  const expected = {
    key: hex(signer.publicKey),
    space: hex(said.space),
    address: said.address,
    salt: hex(identitySalt),
    ...child,
  };
  const of = (bytes: Bytes) => ({ ...expected, statement: hex(bytes) });
  const unlabelled = await signer.sign(statement.slice(0, -64));
  const foreign = await signer.sign(concat(utf8('carnet/attestation/v1'), statement.slice(0, -64)));
  const rows: [string, Record<string, string>][] = [
    ['a statement', of(statement)],
    ['of any guardian', { ...of(statement), address: '' }],
    ['version 0', of(replace(statement, 0, Uint8Array.of(0)))],
    ['version 2', of(replace(statement, 0, Uint8Array.of(2)))],
    ['an address of version 2', of(replace(statement, 33, Uint8Array.of(2)))],
    ['another space in it', of(flip(statement, 1))],
    ['another guardian in it', of(flip(statement, 40))],
    ['another commitment in it', of(flip(statement, 70))],
    ['another time in it', of(flip(statement, 105))],
    ['another signature', of(flip(statement, -1))],
    ['signed without its label', of(concat(statement.slice(0, -64), unlabelled))],
    ['signed under the label of attestations', of(concat(statement.slice(0, -64), foreign))],
    ['one byte short', of(statement.slice(0, -1))],
    ['one byte more', of(concat(statement, Uint8Array.of(0)))],
    ['another space expected', { ...of(statement), space: hex(seeded(32)) }],
    ['another guardian expected', { ...of(statement), address: addressOfHash(seeded(32)) }],
    ['another child expected', { ...of(statement), firstName: 'Malo' }],
    ['another salt', { ...of(statement), salt: hex(seeded(32)) }],
    ['another key', { ...of(statement), key: hex((await createSigner(toOwned(seeded(32)), fallbackEngine)).publicKey) }],
  ];
  return Promise.all(rows.map(([id, input]) => row(id, 'child record', input)));
}
