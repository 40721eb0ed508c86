// Runs the vrrp worker alone, as built: `node vrrp-host.mjs FILE`. Every message of the worker
// is a line of JSON on stdout; SIGTERM stops it as the daemon would.
const built = (path) => import(new URL(`../../dist/${path}`, import.meta.url));
const { prepare } = await built('src/daemon/configuration.js');
const { entries, workerThread } = await built('src/daemon/thread.js');
const { PROTOCOL_VERSION: protocol } = await built('src/ipc/messages.js');

const settings = { parts: { vrrp: true, check: false, always: false } };
const { plans, diagnostics } = await prepare(process.argv[2], settings);
if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(diagnostics);

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const worker = workerThread('vrrp', entries.vrrp)(
  { protocol, plan: plans.vrrp, detail: true, keepAtStop: false, restarted: false },
  {
    message: say,
    output: (text) => say({ type: 'output', text }),
    failed: (error) => say({ type: 'failed', reason: String(error.stack) }),
    ended: () => process.exit(),
  },
);
process.on('SIGTERM', () => worker.post({ type: 'stop' }));
