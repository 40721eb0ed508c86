import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noKeepalived, startKeepalived, startOurs } from '../support/daemons.js';
import { Lan, type NetNode, noNamespaces } from '../support/netns.js';
import { instance } from '../support/vrrp-conf.js';
import { until } from '../support/wait.js';

const sink = join(import.meta.dirname, '../support/mail-sink.mjs');
const PORT = 2525;

const config = (vrid: number): string =>
  [
    'global_defs {',
    '  router_id LB1',
    '  notification_email {',
    '    ops@example.com',
    '    night@example.com',
    '  }',
    '  notification_email_from lb1@example.com',
    `  smtp_server 127.0.0.1 ${PORT}`,
    '  smtp_helo_name lb1.example.com',
    '  smtp_alert_vrrp',
    '}',
    instance({ name: 'VI_0', vrid, priority: 120, vips: ['10.77.0.101'] }),
    instance({
      name: 'VI_1',
      vrid: vrid + 1,
      vips: ['10.77.0.102'],
      lines: ['smtp_alert off'],
    }),
  ].join('\n');

/** A mail without what is of its moment: its folded lines are one, and the id is ours alone. */
const lasting = (data: string): string =>
  data
    .replace(/,\r\n /g, ', ')
    .replace(/^Date: \w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/m, 'Date: D')
    .replace(/^Message-ID: .*\r\n/m, '');

interface Mail {
  from: string;
  to: string[];
  data: string;
}

describe.skipIf(noNamespaces ?? noKeepalived)('mail', () => {
  let lan: Lan;
  afterAll(() => lan?.remove());

  it("is in every change what Debian's keepalived sends, and tells of the stop", async () => {
    lan = await Lan.create({ nodes: ['ours', 'theirs'] });
    const nodes = [lan.node('ours'), lan.node('theirs')] as const;
    const sinks = nodes.map((node) => {
      return { node, output: node.spawn([process.execPath, sink, `${PORT}`]) };
    });
    const mails = (node: NetNode): Mail[] => {
      const output = sinks.find((one) => one.node === node)?.output.output ?? '';
      return output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Mail);
    };
    const both = (what: string, count: number): Promise<unknown> =>
      until(what, () => nodes.every((node) => mails(node).length >= count));
    await until('the mail servers listen', () =>
      sinks.every(({ output }) => output.output.includes('listening')),
    );
    const daemons = await Promise.all([
      startOurs(nodes[0], config(10)),
      startKeepalived(nodes[1], config(20)),
    ]);
    await both('BACKUP and MASTER', 2);
    for (const node of nodes) await node.link('down');
    await both('FAULT', 3);
    for (const node of nodes) await node.link('up');
    await both('BACKUP and MASTER again', 5);
    const [ours, theirs] = nodes.map((node) =>
      mails(node)
        .map((mail) => ({ ...mail, data: lasting(mail.data) }))
        .slice(0, 5),
    );
    expect(ours).toEqual(theirs);
    expect(ours?.[0]?.data).toBe(
      [
        'Date: D',
        'From: lb1@example.com',
        'Subject: [LB1] VRRP Instance VI_0 - Entering BACKUP state',
        'X-Mailer: Keepalived',
        'To: ops@example.com, night@example.com',
        '',
        '=> VRRP Instance is no longer owning VRRP VIPs <=',
        '',
        '',
      ].join('\r\n'),
    );
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    // keepalived ends before its last mail is sent.
    await until('the mail of the stop', () => mails(nodes[0]).length >= 6);
    expect(mails(nodes[0])[5]?.data).toContain('VRRP Instance VI_0 - Stopping\r\n');
  });
});
