/** What is driven is built from the sources as they stand: an older build would be tested in their place. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export default function setUp(): void {
  const setup = join(import.meta.dirname, '../../scripts/setup.mjs');
  const { status } = spawnSync(process.execPath, [setup], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the app could not be made ready: the reason stands above');
}
