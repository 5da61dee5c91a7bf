import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

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
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts', 'relay/**/*.test.ts', 'tests/**/*.test.ts'],
          setupFiles: [
            'tests/helpers/tools/print-seeds.ts',
            'tests/helpers/tools/byte-equality.ts',
            'tests/helpers/tools/derivation.ts',
          ],
          // A worker's modules are new for each file all the same; what is not is Node, and what node_modules holds.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

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
