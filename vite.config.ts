import { readdirSync, readFileSync } from 'node:fs';
import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const TESTS = ['src', 'relay', 'tests'];

/** Starting anew for each file costs more than most files do. One that changes modules or globals needs it. */
const ALONE = TESTS.flatMap((folder) => testsIn(folder)).filter((path) =>
  /\bvi\.(mock|unmock|doMock|resetModules|stubGlobal)\(/.test(readFileSync(path, 'utf8')),
);

const UNIT = {
  environment: 'node',
  include: TESTS.map((folder) => `${folder}/**/*.test.ts`),
  setupFiles: ['once', 'print-seeds', 'derivation'].map((name) => `tests/helpers/tools/${name}.ts`),
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // By itself Vitest leaves a core to others: half of two.
  maxWorkers: 2,
} satisfies TestProjectInlineConfiguration['test'];

const relay = `127.0.0.1:${process.env['DEV_RELAY_PORT'] ?? '8081'}`;

export default defineConfig({
  plugins: [announcerWithoutInlineStyle(), sveltekit()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // The first screen would carry the list of every script of every page; they come from the service worker's cache anyway.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, needed) => needed.filter((path) => path.endsWith('.css')),
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/relay': { target: `http://${relay}`, ws: true },
      '/authority': { target: `http://${relay}` },
      '/config.json': { target: `http://${relay}` },
    },
    watch: { ignored: ['**/data/**', '**/build/**', '**/.reports/**', '**/test-results/**'] },
  },
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/unit.json' },
    projects: [
      { extends: true, test: { ...UNIT, name: 'unit', exclude: ALONE, isolate: false } },
      { extends: true, test: { ...UNIT, name: 'alone', include: ALONE } },
    ],
  },
});

function testsIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => path.endsWith('.test.ts')).map((path) => `${folder}/${path}`);
}

/**
 * SvelteKit's root component hides its live region by a style attribute, which our policy refuses: the region would
 * then show. The same declarations in a stylesheet are allowed.
 */
function announcerWithoutInlineStyle(): Plugin {
  return {
    name: 'announcer-without-inline-style',
    enforce: 'pre',
    transform: {
      filter: { id: /\/generated\/root\.svelte$/ },
      handler(code) {
        const style = /id="svelte-announcer"[^>]*? style="([^"]*)"/.exec(code)?.[1];
        if (style === undefined) return undefined;
        return `${code.replace(` style="${style}"`, '')}\n<style>#svelte-announcer { ${style} }</style>\n`;
      },
    },
  };
}
