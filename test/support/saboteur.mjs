/**
 * Preloaded into the daemon by tests (NODE_OPTIONS=--import), and so into each of its workers:
 * kills the thread it runs in for real, by filling its heap, when a file appears that says so.
 *
 * SABOTAGE is a folder. `die-vrrp` or `die-check` in it is taken by that worker: it holds the
 * thread up for as many milliseconds as the file says, then allocates until V8 ends the thread.
 * `stillborn-vrrp` or `stillborn-check` stays, and every such worker dies as soon as it starts.
 */
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, workerData } from 'node:worker_threads';

const folder = process.env.SABOTAGE;

function exhaust() {
  const hoard = [];
  for (;;) hoard.push(new Array(1 << 17).fill(hoard.length));
}

if (folder !== undefined && !isMainThread) {
  const part = workerData;
  if (existsSync(join(folder, `stillborn-${part}`))) exhaust();
  const order = join(folder, `die-${part}`);
  setInterval(() => {
    if (!existsSync(order)) return;
    const delay = Number(readFileSync(order, 'utf8'));
    unlinkSync(order);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay);
    exhaust();
  }, 20).unref();
}
