// The pages over the fake vault, for looking at them: `npm run looks` takes their pictures. To walk through them by hand:
// `npx vite dev --config tests/helpers/looks/vite.looks.config.ts`. Nothing of it is ever built.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { defineConfig, loadConfigFromFile, mergeConfig, type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '../../..');

export default defineConfig(async (env) => {
  const own = await loadConfigFromFile(env, join(ROOT, 'vite.config.ts'));
  return mergeConfig(own?.config ?? {}, { root: ROOT, plugins: [fakeVault(), papers()] });
});

function fakeVault(): Plugin {
  return {
    name: 'fake-vault',
    enforce: 'pre',
    apply: 'serve',
    resolveId: (source) =>
      source.endsWith('app/session/start.ts') ? join(import.meta.dirname, 'fake-vault.ts') : undefined,
  };
}

/** The documents that the fake vault has: a picture that stands in the repository, and a page with a few words. */
function papers(): Plugin {
  return {
    name: 'papers',
    configureServer(server) {
      server.middlewares.use('/looks/photo.jpg', (_, response) => {
        response.setHeader('content-type', 'image/png');
        response.end(readFileSync(join(ROOT, 'docs/pictures/accueil.png')));
      });
      server.middlewares.use('/looks/document.pdf', (_, response, next) => {
        onePage().then((pdf) => response.end(pdf), next);
      });
    },
  };
}

async function onePage(): Promise<Buffer> {
  const document = await PDFDocument.create();
  document.addPage([595, 842]).drawText('Bilan sanguin complet', { x: 60, y: 760, size: 24 });
  return Buffer.from(await document.save());
}
