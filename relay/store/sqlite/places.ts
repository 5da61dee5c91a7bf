/**
 * In which pack a frame lies: one small row for each, by the first 48 bits of its id, so that a frame is found, or found to
 * be absent, without a look into any pack. Two ids that begin alike stand under the same bits; the pack's index tells.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberOf } from './schema.ts';

/** One statement for so many rows costs half of what as many statements do. */
const ROWS = 16;

export class Places {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertMany: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteSome: StatementSync;

  constructor(db: DatabaseSync) {
    const insert = (rows: number) =>
      db.prepare(
        `INSERT INTO place (topic, prefix, pack) VALUES ${Array(rows).fill('(?, ?, ?)').join(', ')}`,
      );
    this.#find = db.prepare('SELECT pack FROM place WHERE topic = ? AND prefix = ?');
    this.#insert = insert(1);
    this.#insertMany = insert(ROWS);
    this.#delete = db.prepare('DELETE FROM place WHERE topic = ? AND prefix = ? AND pack = ?');
    this.#deleteSome = db.prepare(
      `DELETE FROM place WHERE (topic, prefix, pack) IN
         (SELECT topic, prefix, pack FROM place WHERE topic = ? LIMIT ?)`,
    );
  }

  /** The packs that may hold it. */
  find(topic: number, name: string): number[] {
    return this.#find.all(topic, prefixOf(name)).map((row) => numberOf(row['pack']));
  }

  insert(topic: number, pack: number, names: readonly string[]): void {
    // Neighbours in the tree one after another.
    const prefixes = names.map(prefixOf).sort((a, b) => a - b);
    const distinct = prefixes.filter((prefix, i) => prefix !== prefixes[i - 1]);
    let at = 0;
    for (; at + ROWS <= distinct.length; at += ROWS) {
      const rows = distinct.slice(at, at + ROWS);
      this.#insertMany.run(...rows.flatMap((prefix) => [topic, prefix, pack]));
    }
    for (const prefix of distinct.slice(at)) this.#insert.run(topic, prefix, pack);
  }

  delete(topic: number, pack: number, names: readonly string[]): void {
    for (const name of names) this.#delete.run(topic, prefixOf(name), pack);
  }

  /** Deletes as many rows of a topic as `limit` says; answers how many it were. */
  deleteSome(topic: number, limit: number): number {
    return Number(this.#deleteSome.run(topic, limit).changes);
  }
}

function prefixOf(name: string): number {
  let prefix = 0;
  for (let i = 0; i < 6; i++) prefix = prefix * 256 + name.charCodeAt(i);
  return prefix;
}
