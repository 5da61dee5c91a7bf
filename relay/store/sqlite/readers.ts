/** Reader keys that owners admitted to their topics. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { numberOf } from './schema.ts';
import type { TopicState } from './topics.ts';

export class Readers {
  readonly #has: StatementSync;
  readonly #count: StatementSync;
  readonly #insert: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: DatabaseSync) {
    this.#has = db.prepare('SELECT 1 FROM reader WHERE topic = ? AND key = ?');
    this.#count = db.prepare('SELECT count(*) AS count FROM reader WHERE topic = ?');
    this.#insert = db.prepare('INSERT INTO reader (topic, key) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#erase = db.prepare('DELETE FROM reader WHERE topic = ? AND key = ?');
  }

  has(topic: TopicState, key: Bytes): boolean {
    return this.#has.get(topic.n, key) !== undefined;
  }

  count(topic: TopicState): number {
    return numberOf(this.#count.get(topic.n)?.['count']);
  }

  insert(topic: TopicState, key: Bytes): void {
    this.#insert.run(topic.n, key);
  }

  erase(topic: TopicState, key: Bytes): void {
    this.#erase.run(topic.n, key);
  }
}
