/** What happens between opening the files and the first request. */
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Frames } from './frames.ts';
import type { Journal } from './journal.ts';
import { numberOf } from './schema.ts';

const CURSORS_PER_SECOND = 2 ** 20;

/**
 * Takes what the journal holds into the database.
 * @returns the cursor above which this run counts: above all that an earlier run can have given, also one whose data
 *          folder was since replaced by a backup.
 */
export function recover(db: DatabaseSync, journal: Journal | null, frames: Frames, now: number): number {
  const read = db.prepare('SELECT value FROM meta WHERE name = ?');
  const write = db.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const start = Math.max(Math.floor(now / 1000), numberOf(read.get('start')?.['value']) + 1);
  const taken = numberOf(read.get('journal pass')?.['value']);

  db.exec('BEGIN IMMEDIATE');
  if (journal) {
    takeIn(db, journal, frames, taken);
    write.run('journal pass', journal.pass);
  }
  write.run('start', start);
  db.exec('COMMIT');
  journal?.begin(journal.pass + 1);
  return start * CURSORS_PER_SECOND;
}

function takeIn(db: DatabaseSync, journal: Journal, frames: Frames, taken: number): void {
  const exists = db.prepare('SELECT 1 FROM topic WHERE n = ?');
  const count = db.prepare(
    'UPDATE topic SET last = max(last, ?), frames = frames + 1, frame_bytes = frame_bytes + ? WHERE n = ?',
  );
  for (const { topic, cursor, at, frame } of journal.replay(taken)) {
    if (!exists.get(topic)) continue;
    const id = hash('sha256', frame, 'buffer');
    if (frames.insert(topic, cursor, new Uint8Array(id), at, frame)) count.run(cursor, frame.length, topic);
  }
}
