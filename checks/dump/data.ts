import { toSeconds } from '@keepalived-ts/base/time.js';
import { shownCommand } from '../mib/forwarding.js';
import type { CheckView, ServerView, ServiceView } from '../mib/view.js';

/*
 * The data dump of the check part, SIGUSR1: sections and field names are those of keepalived.
 */

const optional = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${name} = ${value}`];
const enabled = (value: boolean): string => (value ? 'ON' : 'OFF');

function serverLines(server: ServerView): string[] {
  const { plan, config, status } = server;
  const { destination } = plan;
  const own =
    server.kind === 'sorry'
      ? []
      : [
          `alive = ${server.isUp ? 'yes' : 'no'}`,
          `weight = ${server.weight}`,
          `inhibit on failure = ${plan.inhibit}`,
          `alpha = ${enabled(server.alpha)}`,
          `failed checkers = ${status?.failed ?? 0}`,
          `checkers not run = ${status?.notRun ?? 0}`,
          ...optional('notify up', shownCommand(config?.notify_up)),
          ...optional('notify down', shownCommand(config?.notify_down)),
        ];
  const head = server.kind === 'sorry' ? 'Sorry server' : 'RIP';
  const lines = [
    `forwarding = ${destination.forwarding.method}`,
    `upper threshold = ${destination.upperThreshold}`,
    `lower threshold = ${destination.lowerThreshold}`,
    ...own,
  ];
  return [`   ${head} = ${plan.name}`, ...lines.map((line) => `     ${line}`)];
}

function serviceLines(service: ServiceView): string[] {
  const { plan, status, servers } = service;
  const { config } = plan;
  const [first] = plan.services;
  const lines = [
    `VirtualHost = ${config.virtualhost ?? ''}`,
    `alpha = ${enabled(config.alpha)}`,
    `omega = ${enabled(plan.omega)}`,
    ...optional('lvs_sched', first?.scheduler),
    ...optional('persistence timeout', first && first.timeout > 0 ? first.timeout : undefined),
    ...(plan.awaits.length > 0 ? ['Using HA suspend'] : []),
    ...optional('delay_loop', config.delay_loop && toSeconds(config.delay_loop)),
    `quorum = ${plan.quorum}, hysteresis = ${plan.hysteresis}`,
    `quorum met = ${status?.quorumUp ? 'yes' : 'no'}`,
    `weight of live servers = ${status?.weight ?? 0}`,
    ...optional('quorum up', shownCommand(config.quorum_up)),
    ...optional('quorum down', shownCommand(config.quorum_down)),
    `smtp alert = ${service.sendsMail ? 'yes' : 'no'}`,
  ];
  return [
    ` VIP = ${plan.name}`,
    ...lines.map((line) => `   ${line}`),
    ...servers.flatMap(serverLines),
  ];
}

const checkerLines = (view: CheckView): string[] =>
  view.services.flatMap(({ plan, servers }) =>
    servers.flatMap((server) =>
      (server.config?.checkers ?? []).map(
        ({ keyword }) => ` ${server.plan.name} of ${plan.name}: ${keyword}`,
      ),
    ),
  );

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `------< ${title} >------\n${lines.map((line) => `${line}\n`).join('')}`;

/** Everything of the check part, but for the global definitions. */
export const checkText = (view: CheckView): string =>
  section('LVS Topology', view.services.flatMap(serviceLines)) +
  section('Health checkers', checkerLines(view));
