/**
 * Config-tests each file named in a list (or on stdin) with keepalived and with us, in this process's network
 * namespace; a line of JSON for each. Ours runs here, as built, since a process for each is slow.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const built = (module) => import(new URL(`../../dist/src/${module}`, import.meta.url).href);
const { prepare } = await built('daemon/configuration.js');
const { unknownMailServer } = await built('daemon/mail-server.js');
const { exitCode } = await built('config/exit-code.js');
const { renderAll } = await built('config/render.js');
const { inOrder } = await built('config/in-order.js');

const ID = 'test';
const PATIENCE_MS = 60_000;
const parts = { vrrp: true, check: true, always: false };
const settings = { configFile: undefined, configId: ID, checksIncludes: false, parts };

const theirs = (file) =>
  new Promise((ended) => {
    const child = spawn('keepalived', ['-i', ID, '-t', '-f', file], { timeout: PATIENCE_MS });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (c) => chunks.push(c));
    child.on('close', (code, signal) => {
      ended({ code: code ?? signal, text: Buffer.concat(chunks).toString() });
    });
  });

async function ours(file) {
  const { diagnostics, texts, compared } = await prepare(file, settings);
  const all = [...diagnostics];
  await unknownMailServer(compared.config, (d) => all.push(d));
  const found = inOrder(all, texts);
  return { code: exitCode(found), text: renderAll(found, { texts }) };
}

/** The lines of a file that are complained about, as either program words it. */
function linesOf(text, file) {
  const lines = new Set();
  for (const [, one, n, other, m] of text.matchAll(
    /\((?:([^()]*?): )?Line (\d+)\)|^([^\s:|]*):(\d+):/gm,
  )) {
    const name = one ?? other;
    if (!name || basename(name) === basename(file)) lines.add(Number(n ?? m));
  }
  return [...lines].sort((a, b) => a - b);
}

async function compare(file) {
  const [them, us] = [await theirs(file), await ours(file)];
  const shown = ({ code, text }) => ({ code, lines: linesOf(text, file), text });
  return { file, theirs: shown(them), ours: shown(us) };
}

const [, , list = 0] = process.argv;
const files = readFileSync(list, 'utf8').split('\n').filter(Boolean);
let next = 0;
const work = async () => {
  for (let file = files[next++]; file; file = files[next++]) {
    console.log(JSON.stringify(await compare(file)));
  }
};
await Promise.all([work(), work()]);
