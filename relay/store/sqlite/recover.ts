/** What happens between opening the files and the first request. */
import type { DatabaseSync } from 'node:sqlite';
import type { Journal } from './journal.ts';
import { nameOfFrame, type PackedFrame, type Packs } from './packs.ts';
import { numberOf } from './schema.ts';

const CURSORS_PER_SECOND = 2 ** 20;

/**
 * Takes what the journal holds into the database.
 * @returns the cursor above which this run counts: above all that an earlier run can have given, also one whose data
 *          folder was since replaced by a backup.
 */
export function recover(db: DatabaseSync, journal: Journal | null, packs: Packs, now: number): number {
  const read = db.prepare('SELECT value FROM meta WHERE name = ?');
  const write = db.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const start = Math.max(Math.floor(now / 1000), numberOf(read.get('start')?.['value']) + 1);
  const taken = numberOf(read.get('journal pass')?.['value']);

  db.exec('BEGIN IMMEDIATE');
  if (journal) {
    takeIn(db, journal, packs, taken);
    write.run('journal pass', journal.pass);
  }
  write.run('start', start);
  db.exec('COMMIT');
  journal?.begin(journal.pass + 1);
  return start * CURSORS_PER_SECOND;
}

function takeIn(db: DatabaseSync, journal: Journal, packs: Packs, taken: number): void {
  const exists = db.prepare('SELECT 1 FROM topic WHERE n = ?');
  const count = db.prepare(
    'UPDATE topic SET last = max(last, ?), frames = frames + ?, frame_bytes = frame_bytes + ? WHERE n = ?',
  );
  for (const [topic, frames] of framesByTopic(journal, taken)) {
    const highest = packs.highest(topic);
    const added = frames.filter(({ cursor }) => cursor > highest);
    const last = added.at(-1);
    if (!last || !exists.get(topic)) continue;
    packs.append(topic, added);
    const bytes = added.reduce((sum, { frame }) => sum + frame.length, 0);
    count.run(last.cursor, added.length, bytes, topic);
  }
}

function framesByTopic(journal: Journal, taken: number): Map<number, PackedFrame[]> {
  const frames = new Map<number, PackedFrame[]>();
  for (const { topic, cursor, at, frame } of journal.replay(taken)) {
    const packed = { cursor, at, name: nameOfFrame(frame), frame };
    const before = frames.get(topic);
    if (before) before.push(packed);
    else frames.set(topic, [packed]);
  }
  return frames;
}
