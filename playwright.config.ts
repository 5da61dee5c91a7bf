import { defineConfig } from '@playwright/test';
import { systemChromium } from './scripts/chromium.mjs';

const executablePath = systemChromium();

// No web server here: each test starts the real one, on a port and a data folder of its own.
export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/e2e/built.ts',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  // Whole files side by side; the tests of one follow each other.
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  // Long enough for a machine that is busy with something else; what holds is found at once.
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: '.reports/e2e.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: { args: ['--no-sandbox'], ...(executablePath ? { executablePath } : {}) },
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    serviceWorkers: 'allow',
    // What never comes fails by its own name, not by the time of the whole test.
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    // A film of what failed, and every step; `-- --trace on` takes the page at each step too, for half as long again.
    trace: { mode: 'retain-on-failure', screenshots: true, snapshots: false, sources: false },
  },
});
