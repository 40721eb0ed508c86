import type { IpvsClient } from '@keepalived-ts/ipvs-netlink/client.js';
import type { IpvsCommand } from '@keepalived-ts/ipvs-netlink/command.js';
import type { Timeouts } from '@keepalived-ts/ipvs-netlink/settings.js';
import type { IpvsPlan } from '#lvs/core/ipvs-plan.js';
import type { Heirloom } from '#src/ipc/heirloom.js';

/** What is needed of an `IpvsClient` for settings of the table as a whole. */
export type IpvsSettings = Pick<IpvsClient, 'batch' | 'timeouts'>;

/**
 * The settings of IPVS that are no service's: emptying it, and how long connections are remembered.
 *
 * The kernel's timeouts are noted before they are changed and put back at the end, by a thread that
 * was started again as well: it is told what its predecessor noted.
 */
export class WholeTable {
  readonly #ipvs: IpvsSettings;
  readonly #heirloom: Heirloom<Timeouts>;
  #former: Timeouts | undefined;

  constructor(ipvs: IpvsSettings, heirloom: Heirloom<Timeouts>) {
    this.#ipvs = ipvs;
    this.#former = heirloom.found;
    this.#heirloom = heirloom;
  }

  /** Before anything is put in. What the kernel refused is returned in words. */
  async begin({ flush, timeouts }: IpvsPlan): Promise<string[]> {
    const refused = flush ? await this.#send({ do: 'flush' }) : [];
    return [...refused, ...(await this.follow({ timeouts }))];
  }

  /** At a reload: other timeouts, or none any more. */
  async follow({ timeouts }: Pick<IpvsPlan, 'timeouts'>): Promise<string[]> {
    if (timeouts === undefined && this.#former === undefined) return [];
    if (!this.#former) {
      this.#former = await this.#ipvs.timeouts();
      this.#heirloom.leave(this.#former);
    }
    const { tcp, tcpFin, udp } = this.#former;
    return this.#send({
      do: 'set-timeouts',
      timeouts: {
        tcp: timeouts?.tcp ?? tcp,
        tcpFin: timeouts?.tcpFin ?? tcpFin,
        udp: timeouts?.udp ?? udp,
      },
    });
  }

  /** After our services have gone. */
  async end({ flushAtStop }: IpvsPlan): Promise<string[]> {
    const refused = flushAtStop ? await this.#send({ do: 'flush' }) : [];
    return [...refused, ...(await this.follow({ timeouts: undefined }))];
  }

  async #send(command: IpvsCommand): Promise<string[]> {
    const [outcome] = await this.#ipvs.batch([command]);
    return outcome && !outcome.ok ? [outcome.error.message] : [];
  }
}
