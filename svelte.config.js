import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { withShell } from './scripts/shell.mjs';
import { foreignOrigins, sourceHash } from './scripts/source-hash.mjs';

const dev = process.argv.includes('dev');

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
  kit: {
    adapter: withShell(
      adapter({ pages: 'build', assets: 'build', fallback: '200.html', strict: true }),
      'build',
    ),
    // workbox-window registers it, so that the person chooses when an update is taken.
    serviceWorker: { register: false },
    version: { name: sourceHash(import.meta.dirname) },
    csp: {
      mode: 'hash',
      // The wall inside the page itself; the server sends the same as a header, with what a meta tag cannot say.
      directives: {
        'default-src': ['none'],
        // WebAssembly is Argon2id.
        'script-src': ['self', 'wasm-unsafe-eval'],
        'style-src': ['self'],
        'img-src': ['self', 'blob:', 'data:'],
        'font-src': ['self'],
        'connect-src': ['self', .../** @type {any[]} */ (foreignOrigins())],
        'worker-src': ['self'],
        'manifest-src': ['self'],
        'base-uri': ['none'],
        'form-action': ['none'],
        // `svelte-trusted-html` is Svelte's own policy; `carnet` is ours, for worker and service worker addresses.
        // Vite's development client needs neither and works with neither.
        ...(dev
          ? {}
          : {
              'require-trusted-types-for': ['script'],
              'trusted-types': ['svelte-trusted-html', 'carnet'],
            }),
      },
    },
    // Which records there are, and what stands in them, is known on the device alone: their pages are drawn from the fallback.
    prerender: { handleUnseenRoutes: 'ignore' },
    typescript: {
      config: (config) => {
        config.include.push(
          '../relay/**/*.ts',
          '../scripts/**/*.mjs',
          '../scripts/**/*.ts',
          '../*.config.ts',
          '../*.config.js',
        );
      },
    },
  },
};
