// Makes a worker thread of a daemon die of heap exhaustion, through Node's inspector:
// `node exhaust-worker.mjs PORT NAME`. The daemon was started with NODE_OPTIONS=--inspect=PORT.
import { WebSocket } from 'undici';

const [port, name] = process.argv.slice(2);
const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
let id = 0;
const send = (method, params) => socket.send(JSON.stringify({ id: ++id, method, params }));
const expression = 'const heap = []; for (;;) heap.push(new Array(10_000).fill(1));';

socket.addEventListener('open', () => send('NodeWorker.enable', { waitForDebuggerOnStart: false }));
socket.addEventListener('message', ({ data }) => {
  const { method, params } = JSON.parse(data);
  if (method === 'NodeWorker.attachedToWorker' && params.workerInfo.title.includes(name)) {
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    send('NodeWorker.sendMessageToWorker', { sessionId: params.sessionId, message });
  }
  if (method === 'NodeWorker.detachedFromWorker') {
    process.stdout.write('died\n');
    socket.close();
  }
});
