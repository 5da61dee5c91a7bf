/** Hocuspocus with its SQLite extension, both as they come, on a file under DATA_DIR. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { serveControl } from '../../harness/control.ts';
import { requirePeer } from '../../harness/peers.ts';

interface Server {
  listen(): Promise<unknown>;
  readonly address: { readonly port: number };
}
type Made<T> = new (configuration: object) => T;

const file = join(process.env['DATA_DIR']!, 'hocuspocus.sqlite');
const { Server } = requirePeer('@hocuspocus/server') as { Server: Made<Server> };
const server = new Server({
  port: 0,
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  extensions: [sqlite()],
});
await server.listen();
serveControl(server.address.port);

function sqlite(): object {
  const { SQLite } = requirePeer('@hocuspocus/extension-sqlite') as { SQLite: Made<object> };
  try {
    const BetterSqlite3 = requirePeer('better-sqlite3') as Made<object>;
    new BetterSqlite3(':memory:' as unknown as object);
    return new SQLite({ database: file });
  } catch {
    return overNodeSqlite();
  }
}

/** Where no compiler stands: its Database extension, which is what its SQLite one is made of, over Node's own SQLite. */
function overNodeSqlite(): object {
  console.error(
    'better-sqlite3 could not be built here: Hocuspocus stores through its Database extension and node:sqlite.',
  );
  const { schema, selectQuery, upsertQuery } = requirePeer('@hocuspocus/extension-sqlite') as Record<
    string,
    string
  >;
  const { Database } = requirePeer('@hocuspocus/extension-database') as { Database: Made<object> };
  const db = new DatabaseSync(file);
  db.exec(schema!);
  return new Database({
    fetch: async ({ documentName }: { documentName: string }) =>
      (db.prepare(selectQuery!).get({ name: documentName })?.['data'] as Uint8Array | undefined) ?? null,
    store: async ({ documentName, state }: { documentName: string; state: Uint8Array }) => {
      db.prepare(upsertQuery!).run({ name: documentName, data: state });
    },
  });
}
