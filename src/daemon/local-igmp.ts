import { readFileSync, writeFileSync } from 'node:fs';

/** Whether the kernel reports memberships of 224.0.0.0/24, in the network of this thread (ip-sysctl). */
const REPORTS = '/proc/sys/net/ipv4/igmp_link_local_mcast_reports';

/** `disable_local_igmp`: no reports of link-local groups while we run, and afterwards as before. */
export class LocalIgmp {
  private readonly file: string;
  private former: string | undefined;

  constructor(file = REPORTS) {
    this.file = file;
  }

  /** Throws where the file is not there (before Linux 4.3) or not ours to write. */
  silence(): void {
    const former = readFileSync(this.file, 'utf8').trim();
    if (former === '0') return;
    writeFileSync(this.file, '0');
    this.former = former;
  }

  restore(): void {
    if (this.former !== undefined) writeFileSync(this.file, this.former);
    this.former = undefined;
  }
}
