import type { Group } from '#lvs/core/groups.js';
import {
  planServices,
  type RealServerPlan,
  type ServicePlan,
  type ServicesConfig,
} from '#lvs/core/plan.js';
import type { RealServerConfig } from '#lvs/keywords/real-server.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { CheckStatus, ServerStatus, ServiceStatus } from '#src/ipc/status.js';

/** The configuration of the check part, as far as it can be looked at from outside. */
export interface ShownConfig extends ServicesConfig {
  global_defs: GlobalDefsConfig;
  virtual_server_group: readonly Group[];
}

/** A virtual server: how it is configured, how that was settled, and how it stands. */
export interface ServiceView {
  plan: ServicePlan;
  status: ServiceStatus | undefined;
  servers: readonly ServerView[];
  sendsMail: boolean;
}

/** A real server, or the sorry server of a service, which has no block and no checks. */
export interface ServerView {
  service: ServiceView;
  kind: 'regular' | 'sorry';
  plan: Omit<RealServerPlan, 'alpha' | 'weight' | 'config'>;
  config: RealServerConfig | undefined;
  weight: number;
  alpha: boolean;
  isUp: boolean;
  status: ServerStatus | undefined;
  sendsMail: boolean;
}

/** The check part as MIBs and dumps show it, at one moment. */
export interface CheckView {
  config: ShownConfig;
  services: readonly ServiceView[];
}

/** Settled once for a configuration; what is wrong with it was told when it was read. */
const plans = new WeakMap<ShownConfig, readonly ServicePlan[]>();

/** Joins what is configured and what is so. */
export function checkView(config: ShownConfig, status: CheckStatus | undefined): CheckView {
  const settled = plans.get(config) ?? planServices(config, () => undefined);
  plans.set(config, settled);
  const byName = new Map(status?.services.map((service) => [service.name, service]));
  const { smtp_alert_checker: checker, smtp_alert: all } = config.global_defs;
  const mails = (own: boolean | undefined, otherwise: boolean): boolean =>
    own ?? checker ?? all ?? otherwise;
  const services = settled.map((plan) =>
    serviceView(plan, byName.get(plan.name), {
      service: mails(plan.config.smtp_alert, false),
      server: (own) => mails(own, true),
    }),
  );
  return { config, services };
}

interface Mails {
  service: boolean;
  server: (own: boolean | undefined) => boolean;
}

function serviceView(
  plan: ServicePlan,
  status: ServiceStatus | undefined,
  mails: Mails,
): ServiceView {
  const servers: ServerView[] = [];
  const service: ServiceView = { plan, status, servers, sendsMail: mails.service };
  const statuses = new Map(status?.servers.map((server) => [server.name, server]));
  const { sorryServer } = plan;
  for (const server of plan.realServers) {
    const found = statuses.get(server.name);
    servers.push({
      service,
      kind: 'regular',
      plan: server,
      config: server.config,
      weight: found?.weight ?? server.weight,
      alpha: server.alpha,
      isUp: found?.alive ?? !server.alpha,
      status: found,
      sendsMail: mails.server(server.config.smtp_alert),
    });
  }
  if (sorryServer) {
    servers.push({
      service,
      kind: 'sorry',
      plan: sorryServer,
      config: undefined,
      weight: sorryServer.destination.weight,
      alpha: false,
      isUp: status ? !status.quorumUp : false,
      status: undefined,
      sendsMail: false,
    });
  }
  return service;
}

/** How many of a service's real servers count. */
export const serversUp = ({ servers }: ServiceView): number =>
  servers.filter(({ kind, isUp }) => kind === 'regular' && isUp).length;
