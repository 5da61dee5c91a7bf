import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import ts from 'typescript';
import { concat, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { openBlob, sealBlob } from '#lib/crypto/blob.ts';
import { openCommitting, sealCommitting } from '#lib/crypto/committing.ts';
import { FRAME_KINDS, frameKey, openFrame, sealFrame } from '#lib/crypto/frame.ts';
import { localKey, openLocal, sealLocal } from '#lib/crypto/local.ts';
import { generateSealingKeys, openBox, sealBox } from '#lib/crypto/sealing.ts';
import { createSigner, verify } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import { seededRandom } from '../helpers/random.ts';

// A signature or a ciphertext made for one purpose is presented for another. Even where one key served them all, which
// no key does, each of the n² pairs but the honest ones must be refused.

const ROOT = join(import.meta.dirname, '../..');
const random = seededRandom('A06');

/** Said by two sides that import nothing of each other, on purpose: both hash a genesis to its address. */
const SHARED = ['carnet/address/v1'];

describe('A06: Mallory presents what was made for one purpose as if it were for another', () => {
  const declared = declaredLabels();

  test('no two labels are equal, in the whole source', () => {
    const several = [...declared].filter(([label, files]) => files.length > 1 && !SHARED.includes(label));
    expect(several).toEqual([]);
    expect(declared.size).toBeGreaterThanOrEqual(Object.keys(LABELS).length);
    expect(new Set(Object.values(LABELS)).size).toBe(Object.keys(LABELS).length);
  });

  test('no label is the beginning of another, so that label and content read in one way only', () => {
    const labels = [...declared.keys()];
    for (const one of labels) {
      expect(labels.filter((other) => other !== one && other.startsWith(one))).toEqual([]);
    }
  });

  test('a signature under one label is none under any other', async () => {
    const alice = await createSigner(random(32));
    const content = random(80);
    const labels = [...declared.keys()];
    const messages = labels.map((label) => concat(utf8(label), content));
    for (const [i, message] of messages.entries()) {
      const signature = await alice.sign(message);
      const verdicts = await Promise.all(messages.map((each) => verify(alice.publicKey, each, signature)));
      expect(labels.filter((_, j) => verdicts[j])).toEqual([labels[i]]);
    }
  });

  test('a ciphertext of one type is none of any other, though all share one key', async () => {
    const types = await messageTypes(random(32));
    expect(types.length).toBeGreaterThan(40);
    for (const { name, sealed } of types) {
      const presented = [sealed, sealed.slice(1), concat(Uint8Array.of(1), sealed)];
      const accepted = new Set<string>();
      for (const bytes of presented) {
        for (const type of types) if (await type.opens(bytes)) accepted.add(type.name);
      }
      expect([...accepted]).toEqual([name]);
    }
  }, 60_000);
});

interface MessageType {
  readonly name: string;
  readonly sealed: Bytes;
  readonly opens: (bytes: Bytes) => boolean | Promise<boolean>;
}

/** Everything that is ever sealed, made with one and the same secret. */
async function messageTypes(secret: Bytes): Promise<MessageType[]> {
  return [
    ...frameTypes(secret),
    ...Object.values(LABELS).map((label) => committingType(secret, label)),
    ...(await boxTypes(secret)),
    ...(await localTypes(secret)),
    await blobType(secret),
  ];
}

function frameTypes(secret: Bytes): MessageType[] {
  const key = frameKey(secret, 1, secret);
  return FRAME_KINDS.map((kind) => ({
    name: `frame ${kind}`,
    sealed: sealFrame(key, kind, random(40), random),
    opens: (bytes) => openFrame([key], bytes)?.aad.kind === kind,
  }));
}

function committingType(secret: Bytes, label: Label): MessageType {
  const aad = utf8('a place');
  const sealed = sealCommitting(secret, label, aad, random(40), random);
  const opens = (bytes: Bytes): boolean => openCommitting(secret, label, aad, bytes) !== null;
  return { name: `committing ${label}`, sealed, opens };
}

async function boxTypes(secret: Bytes): Promise<MessageType[]> {
  const keys = await generateSealingKeys(secret);
  const signer = await createSigner(secret);
  const common = { recipientId: secret, sender: secret };
  return Promise.all(
    ['epoch', 'epoch/2', 'message'].map(async (purpose) => ({
      name: `box ${purpose}`,
      sealed: await sealBox({
        ...common,
        purpose,
        recipient: keys.publicKey,
        expiry: 1,
        body: random(40),
        signer,
        random,
      }),
      opens: async (bytes: Bytes) =>
        (await openBox({
          ...common,
          purpose,
          secret,
          now: 1,
          sealed: bytes,
          verifySender: () => signer.publicKey,
        })) !== null,
    })),
  );
}

async function localTypes(secret: Bytes): Promise<MessageType[]> {
  const places = [LABELS.local, LABELS.localSlot].flatMap((label) =>
    ['state', 'tail'].map((context) => ({ label, context, key: localKey(secret, label) })),
  );
  return Promise.all(
    places.map(async ({ label, context, key }) => ({
      name: `local ${label} ${context}`,
      sealed: await sealLocal(key, context, random(40), random),
      opens: async (bytes: Bytes) => (await openLocal(key, context, bytes)) !== null,
    })),
  );
}

async function blobType(secret: Bytes): Promise<MessageType> {
  const { chunks, root, length } = await sealBlob(secret, random(40), random);
  const opens = async (bytes: Bytes): Promise<boolean> =>
    (await openBlob(secret, { root, chunks: 1, length }, async () => bytes)) !== null;
  return { name: 'blob', sealed: chunks[0]!, opens };
}

/** Label → files that write it as a string. */
function declaredLabels(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const folder of ['src', 'relay']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const file = join(folder, name);
      for (const label of labelsIn(readFileSync(join(ROOT, file), 'utf8'))) {
        found.set(label, [...(found.get(label) ?? []), file]);
      }
    }
  }
  return found;
}

function labelsIn(source: string): string[] {
  const labels: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && /^carnet\/.*\/v\d+/.test(node.text)) labels.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return labels;
}
