// Runs the vrrp worker alone, as built: `node vrrp-host.mjs FILE`. Every message of the worker
// is a line of JSON on stdout; SIGTERM stops it as the daemon would.
import { Worker } from 'node:worker_threads';

const built = (path) => new URL(`../../dist/${path}`, import.meta.url);
const { prepare } = await import(built('src/daemon/configuration.js'));
const { PROTOCOL_VERSION } = await import(built('src/ipc/messages.js'));

const settings = { parts: { vrrp: true, check: false, always: false } };
const { plans, diagnostics } = await prepare(process.argv[2], settings);
if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(diagnostics);

const worker = new Worker(built('vrrp/shell/worker.js'), {
  workerData: {
    protocol: PROTOCOL_VERSION,
    plan: plans.vrrp,
    detail: true,
    keepAtStop: false,
    restarted: false,
  },
});
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
worker.on('message', say);
worker.on('error', (error) => say({ type: 'died', reason: String(error.stack) }));
worker.on('exit', () => process.exit());
process.on('SIGTERM', () => worker.postMessage({ type: 'stop' }));
