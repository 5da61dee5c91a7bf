/**
 * The frozen vectors of what a record is made of: what was said so once must say so for ever, in one spelling.
 */
import { equal } from '#lib/bytes/bytes.ts';
import type { Case, VectorSet } from './case.ts';
import authority from './frozen/authority.json' with { type: 'json' };
import calls from './frozen/authority-calls.json' with { type: 'json' };
import bodies from './frozen/record-bodies.json' with { type: 'json' };
import frames from './frozen/record-frames.json' with { type: 'json' };
import snapshots from './frozen/record-snapshots.json' with { type: 'json' };
import {
  frameWords,
  listOf,
  snapshotWords,
  SPELLINGS,
  statementWords,
  wordsOf,
  type Spelled,
} from './record-readings.ts';

export const RECORD: readonly VectorSet[] = [
  { name: 'bodies of a record', file: bodies, agrees: bodyAgrees },
  { name: 'frames of a record', file: frames, agrees: frameAgrees },
  { name: 'snapshots of a record', file: snapshots, agrees: snapshotAgrees },
  { name: "the authority's statements", file: authority, agrees: statementAgrees },
  { name: 'calls of the authority', file: calls, agrees: statementAgrees },
];

function bodyAgrees(vector: Case): boolean {
  const bytes = vector.bytes('bytes');
  const read = SPELLINGS[vector.text('format') as Spelled].read(bytes);
  if (vector.text('verdict') === 'X') return read === null;
  return read !== null && wordsOf(read.said) === vector.text('reading') && equal(read.again, bytes);
}

async function frameAgrees(vector: Case): Promise<boolean> {
  const words = await frameWords(vector.bytes('space'), vector.bytes('secrets'), vector.bytes('frame'));
  return words === vector.text('reading');
}

async function snapshotAgrees(vector: Case): Promise<boolean> {
  const words = await snapshotWords(listOf(vector.text('contents')), vector.text('clients'));
  return words === vector.text('reading');
}

async function statementAgrees(vector: Case): Promise<boolean> {
  return (await statementWords(vector.text('rule'), vector.text('input'))) === vector.text('output');
}
