import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Before a run: tests of processes and threads run the current sources, never an old build,
 * unless KEEP_BUILD says so (while half of the sources are being edited).
 */
export default function build(): void {
  if (process.env.KEEP_BUILD) return;
  const script = fileURLToPath(new URL('../../packaging/build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
}
