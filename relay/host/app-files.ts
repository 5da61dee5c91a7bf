/**
 * The built app, as files. What has a hash in its name is kept for ever; everything else is asked for again each time and
 * answered 304 while it is the same. An address that is no file is a page of the app, which the fallback page draws.
 */
import { readFile, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Hono } from 'hono';
import { appPolicy, inlineScriptHashes } from './headers.ts';

export interface AppFileOptions {
  readonly folder: string;
  /** With whom the app may speak, given the host it is asked under. */
  readonly originsOf: (request: Request) => readonly string[];
}

const FALLBACK = '200.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

const NOT_BUILT = 'The app is not built yet: run `npm run build`.\n';

export function createAppFiles({ folder, originsOf }: AppFileOptions): Hono {
  const app = new Hono();
  app.get('*', async (context) => {
    const { path } = context.req;
    const file = (await fileAt(folder, path)) ?? (isPage(path) ? await fileAt(folder, `/${FALLBACK}`) : null);
    if (!file) {
      if (!isPage(path)) return context.text('Not found\n', 404);
      return context.text(NOT_BUILT, 503);
    }
    context.header('etag', file.etag);
    context.header('cache-control', isImmutable(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    // A browser puts the headers of a 304 over those it kept: without its own policy the page would not start again.
    const bytes = await readFile(file.path);
    const isHtml = extname(file.path) === '.html';
    const hashes = isHtml ? inlineScriptHashes(bytes.toString('utf8')) : [];
    context.header('content-security-policy', appPolicy(hashes, originsOf(context.req.raw)));
    if (context.req.header('if-none-match') === file.etag) return context.body(null, 304);
    context.header('content-type', TYPES[extname(file.path)] ?? 'application/octet-stream');
    return context.body(bytes);
  });
  return app;
}

function isImmutable(path: string): boolean {
  return path.startsWith('/_app/immutable/');
}

/** Pages have no extension; a missing file is a missing file. */
function isPage(path: string): boolean {
  return extname(path) === '' || extname(path) === '.html';
}

async function fileAt(folder: string, path: string): Promise<{ path: string; etag: string } | null> {
  const found = join(folder, decoded(path), path.endsWith('/') ? 'index.html' : '');
  if (!found.startsWith(folder + sep)) return null;
  const stats = await stat(found).catch(() => null);
  if (!stats?.isFile()) return null;
  return { path: found, etag: `"${stats.size.toString(36)}-${Math.floor(stats.mtimeMs).toString(36)}"` };
}

function decoded(path: string): string {
  try {
    const name = decodeURIComponent(path);
    return name.includes('\0') ? '' : name;
  } catch {
    return '';
  }
}
