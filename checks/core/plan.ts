import type { Report } from '@keepalived-ts/base/diagnostics.js';
import type { IpAddress } from '@keepalived-ts/base/ip.js';
import type { Secret } from '@keepalived-ts/base/secret.js';
import { type Duration, seconds, times } from '@keepalived-ts/base/time.js';
import type { IpvsPlan } from '#lvs/core/ipvs-plan.js';
import {
  eachService,
  type RealServerPlan,
  type ServicePlan,
  type ServicesConfig,
  type SettledService,
} from '#lvs/core/plan.js';
import { bufferOf } from '#src/config/global-defs/buffers.js';
import type { GlobalDefsConfig } from '#src/config/global-defs.js';
import type { Filling } from '#src/config/schema.js';
import type { CommonConfig } from './common-keywords.js';
import type { Checker, Checkers, OptionsOf, Surroundings, TrackFile } from './define-checker.js';
import { fileOf, lacksFile, remark, sourceOf } from './plan-mistakes.js';
import { mailRules, settled } from './plan-notifiers.js';
import { type Questions, questions } from './plan-question.js';
import { type Share, sharing } from './sharing.js';

type CheckGlobals = Partial<
  Pick<
    GlobalDefsConfig,
    | 'checker_log_all_failures'
    | 'rs_init_notifies'
    | 'lvs_flush'
    | 'lvs_flush_on_stop'
    | 'lvs_netlink_cmd_rcv_bufs'
    | 'lvs_netlink_cmd_rcv_bufs_force'
    | 'lvs_timeouts'
    | 'smtp_alert'
    | 'smtp_alert_checker'
    | 'smtp_server'
    | 'notification_email'
    | 'no_checker_emails'
  >
>;

/** The slice of the configuration that becomes the check thread's plan. */
export interface CheckConfig extends ServicesConfig {
  track_file?: readonly TrackFile[];
  net_namespace_ipvs?: string | undefined;
  /** The `SSL` block, with its files read. */
  tls?: TlsCredentials | undefined;
  global_defs?: CheckGlobals | undefined;
}

/**
 * What the check thread lives by: plain data, so that it can be posted to the thread.
 *
 * It is copied on the way, so the blocks in it keep only what is still wanted of them: notifiers.
 */
export interface CheckPlan {
  services: readonly SettledService[];
  checks: readonly CheckerPlan[];
  tls: TlsCredentials | undefined;
  /** rs_init_notifies: servers that are put into the table at start are told of as up. */
  tellAtStart: boolean;
  /** Mail whenever a checker changes its mind, not only when its server changes. */
  mailsEachWord: boolean;
  ipvs: IpvsPlan;
}

/** Our side of TLS in checks: the contents of the files that the `SSL` block names. */
export interface TlsCredentials {
  certificate: string | undefined;
  key: Secret | undefined;
  ca: string | undefined;
  password: Secret | undefined;
}

/**
 * A checker of one real server, with nothing inherited any more.
 *
 * Most of 10,000 checkers ask alike, so what they have in common is one object that they share.
 * That survives the copy, which is the costliest part of starting the thread.
 */
export interface CheckerPlan {
  /** Keys of the service and, within it, of the real server. */
  service: string;
  server: string;
  keyword: string;
  question: Readonly<Question>;
  connect: Readonly<Connect>;
  rules: Readonly<Rules>;
}

/** What is asked. */
export interface Question {
  options: Options;
  surroundings: Surroundings;
  /** For checkers that ask several questions; see `Checker.questions`. */
  round: Round | undefined;
  /** Equal where the same is asked: a reload keeps the state of such a checker. */
  identity: string;
}

export interface Round {
  questions: number;
  /** No pause between questions while the server comes up. */
  fast: boolean;
}

/** How to connect, where that is not simply to the real server. */
export interface Connect {
  address: IpAddress | undefined;
  port: number | undefined;
  bindTo: IpAddress | undefined;
  bindPort: number | undefined;
  bindIf: string | undefined;
  mark: number;
}

/** How often and how patiently to ask. */
export interface Rules {
  retry: number;
  delayBeforeRetry: Duration;
  delayLoop: Duration;
  warmup: Duration;
  connectTimeout: Duration;
  /** How long one probe may take. */
  deadline: Duration;
  /** See `Checker.paced`. */
  fromStart: boolean;
  /** See `Checker.retriesWhenDown`. */
  retriesWhenDown: boolean;
  /** Counts as failed until its first success. */
  alpha: boolean;
  logAllFailures: boolean;
}

type Options = OptionsOf<Record<never, never>>;

const DELAY_LOOP = seconds(60);
const CONNECT_TIMEOUT = seconds(5);
const RETRY = 1;
const DELAY_BEFORE_RETRY = seconds(1);

/** A checker of a real server, before anything of it is settled. */
interface Placed {
  checker: Checker;
  filling: Filling;
  server: RealServerPlan;
}

/** The checkers of a service that can be asked, those that others stand for among them. */
function* checkersOf(
  service: ServicePlan,
  { track_file: files = [] }: CheckConfig,
  report: Report,
  checkers: Checkers,
): Generator<Placed> {
  for (const server of service.realServers) {
    for (const filling of server.config.checkers as readonly Filling[]) {
      const checker = checkers.get(filling.keyword);
      if (!checker || lacksFile(filling, files, report)) continue;
      yield { checker, filling, server };
      for (const other of others(checker, filling)) yield { checker, filling: other, server };
    }
  }
}

/** All that is to be said of the checks, without a plan; gives the number of services. */
export function examineChecks(config: CheckConfig, report: Report, checkers: Checkers): number {
  let services = 0;
  for (const service of eachService(config, report)) {
    services++;
    for (const placed of checkersOf(service, config, report, checkers)) connectOf(placed, report);
  }
  return services;
}

/** The check thread's plan from the virtual servers; remarks on what had to be settled. */
export function planChecks(config: CheckConfig, report: Report, checkers: Checkers): CheckPlan {
  const services: SettledService[] = [];
  const checks: CheckerPlan[] = [];
  const mails = mailRules(config.global_defs ?? {});
  const logAll = config.global_defs?.checker_log_all_failures ?? false;
  const share = sharing();
  const rules = { files: config.track_file ?? [], logAll, share, ask: questions(share) };
  for (const service of eachService(config, report)) {
    services.push(settled(service, mails));
    for (const placed of checkersOf(service, config, report, checkers)) {
      const check = planChecker(placed, service, connectOf(placed, report), rules);
      if (check.question.round?.questions !== 0) checks.push(check);
    }
  }
  const { rs_init_notifies, lvs_flush, lvs_flush_on_stop, lvs_timeouts } = config.global_defs ?? {};
  const { lvs_netlink_cmd_rcv_bufs: bytes, lvs_netlink_cmd_rcv_bufs_force: force } =
    config.global_defs ?? {};
  return {
    services,
    checks,
    tls: config.tls,
    tellAtStart: rs_init_notifies ?? false,
    mailsEachWord: !config.global_defs?.no_checker_emails,
    ipvs: {
      namespace: config.net_namespace_ipvs,
      buffer: bufferOf(bytes, force),
      flush: lvs_flush ?? false,
      flushAtStop: lvs_flush_on_stop === 'all',
      timeouts: lvs_timeouts && {
        tcp: lvs_timeouts.tcp,
        tcpFin: lvs_timeouts.tcpfin,
        udp: lvs_timeouts.udp,
      },
    },
  };
}

/** The further checkers that one stands for: with its own rows, and common ones of theirs. */
function others(checker: Checker, { keyword, config }: Filling): Filling[] {
  if (!checker.also) return [];
  const own = Object.keys(checker.keywords).map((name) => [name, config[name]]);
  return checker.also(config as Options).map((common) => ({
    keyword,
    config: { ...common, ...Object.fromEntries(own), at: config.at },
  }));
}

/** How to connect; remarks on what can't work. */
function connectOf({ checker, filling, server }: Placed, report: Report): Connect {
  const own = filling.config as CommonConfig;
  const connect: Connect = {
    address: own.connect_ip,
    port: own.connect_port,
    bindTo: sourceOf(own, server, filling, report),
    bindPort: own.bind_port,
    bindIf: own.bind_if,
    mark: own.fwmark ?? 0,
  };
  if (checker.common === undefined) remark(checker, connect, server, filling, report);
  return connect;
}

/** What is the same for all checkers of a plan. */
interface CheckRules {
  files: readonly TrackFile[];
  logAll: boolean;
  share: Share;
  ask: Questions;
}

/**
 * Settles one checker: what it says itself, else its real server, else its virtual server, else
 * the checker's own default (reference §2).
 */
function planChecker(
  { checker, filling, server }: Placed,
  service: ServicePlan,
  connect: Connect,
  { files, logAll, share, ask }: CheckRules,
): CheckerPlan {
  const own = filling.config as CommonConfig;
  const rs = server.config;
  const vs = service.config;
  const { keyword, defaults } = checker;
  const delayLoop = own.delay_loop ?? rs.delay_loop ?? vs.delay_loop ?? DELAY_LOOP;
  const connectTimeout =
    own.connect_timeout ?? rs.connect_timeout ?? vs.connect_timeout ?? CONNECT_TIMEOUT;
  const delayBeforeRetry =
    own.delay_before_retry ??
    rs.delay_before_retry ??
    vs.delay_before_retry ??
    (defaults?.delayBeforeRetry === 'delay_loop' ? delayLoop : defaults?.delayBeforeRetry) ??
    DELAY_BEFORE_RETRY;
  const question = ask(checker, filling, {
    virtualhost: rs.virtualhost ?? vs.virtualhost,
    serviceHost: vs.virtualhost,
    serviceDelay: vs.delay_loop ?? DELAY_LOOP,
    trackFile: fileOf(filling, files),
  });
  const rules: Rules = {
    retry: own.retry ?? rs.retry ?? vs.retry ?? defaults?.retry ?? RETRY,
    delayBeforeRetry,
    delayLoop,
    warmup: own.warmup ?? rs.warmup ?? vs.warmup ?? delayLoop,
    connectTimeout,
    deadline:
      checker.deadline?.(question.options, question.surroundings) ??
      times(connectTimeout, checker.patience ?? 1),
    fromStart: checker.paced === 'from-start',
    retriesWhenDown: checker.retriesWhenDown ?? false,
    alpha: own.alpha ?? server.alpha,
    logAllFailures: own.log_all_failures ?? logAll,
  };
  return {
    service: service.key,
    server: server.key,
    keyword,
    question,
    connect: share(connect),
    rules: share(checker.pace ? { ...rules, ...checker.pace } : rules),
  };
}
