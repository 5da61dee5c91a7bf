import { defineConfig, globalIgnores } from 'eslint/config';
import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default defineConfig(
  globalIgnores([
    'build/',
    '.svelte-kit/',
    '.reports/',
    '.looks/',
    'test-results/',
    'playwright-report/',
    'data/',
    'static/',
  ]),
  js.configs.recommended,
  ...ts.configs.strict,
  ...ts.configs.recommendedTypeCheckedOnly,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      // TypeScript knows better what is defined, the Svelte compiler included.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Bytes are indexed everywhere under noUncheckedIndexedAccess, where `!` says "in range by construction".
      '@typescript-eslint/no-non-null-assertion': 'off',
      // One backend of an interface may have nothing to await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**', 'relay/**'],
    // A log line is a place where health data could leak; the relay has its own logger.
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/service-worker.ts'],
    languageOptions: { parserOptions: { projectService: false, project: './tsconfig.service-worker.json' } },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts', 'src/routes/**'],
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': 'error',
      // Props that are bound and props that are not stand in one pattern.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      // Carnet is served from the root of its origin, always: plain addresses are right and readable.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    // A template's expressions reach the linter without their types.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Tests hand over wrong things on purpose.
    files: ['**/*.test.ts', 'tests/**'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
);
