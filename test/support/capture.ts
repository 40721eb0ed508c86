import { setTimeout as sleep } from 'node:timers/promises';
import { viewOf } from '@keepalived-ts/base/bytes.js';
import type { NetNode } from './netns.js';
import type { Running } from './process.js';
import { until } from './wait.js';

/** An Ethernet frame and when the kernel saw it, in milliseconds since the epoch. */
export interface Frame {
  at: number;
  bytes: Buffer;
}

/** An advert in a captured frame, taken apart without the help of the code under test. */
export interface SeenAdvert {
  at: number;
  source: string;
  vrid: number;
  priority: number;
}

const HEADER = 24;
const RECORD = 16;

/**
 * Whole frames of Ethernet, and room for 8,000 of them: in immediate mode each takes as much as the
 * longest may, and of tcpdump's own (256 KiB) a burst fills what there is at once.
 */
const ROOM = ['-s', '2048', '-B', '16384'] as const;

/** Frames seen on an interface, by tcpdump's own timestamps (pcap-savefile(5)). */
export class Capture {
  readonly frames: Frame[] = [];
  private readonly child: Running;
  private pending = Buffer.alloc(0);
  private headerRead = false;

  private constructor(node: NetNode, filter: string, device: string) {
    const argv = ['tcpdump', '-i', device, '--immediate-mode', '-U', ...ROOM, '-w', '-', filter];
    this.child = node.spawn(argv, {}, (chunk) => this.read(chunk));
  }

  /** Begins to listen on the node's interface; resolves when nothing is missed any more. */
  static async begin(
    node: NetNode,
    filter = 'ip proto 112 or arp',
    device = 'eth0',
  ): Promise<Capture> {
    const capture = new Capture(node, filter, device);
    await until('tcpdump listens', () => capture.child.output.includes('listening on'));
    return capture;
  }

  private read(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    if (!this.headerRead && this.pending.length >= HEADER) {
      if (this.pending.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not a pcap file');
      this.pending = this.pending.subarray(HEADER);
      this.headerRead = true;
    }
    while (this.headerRead && this.pending.length >= RECORD) {
      const length = this.pending.readUInt32LE(8);
      if (this.pending.length < RECORD + length) return;
      const at = this.pending.readUInt32LE(0) * 1000 + this.pending.readUInt32LE(4) / 1000;
      this.frames.push({ at, bytes: Buffer.from(this.pending.subarray(RECORD, RECORD + length)) });
      this.pending = this.pending.subarray(RECORD + length);
    }
  }

  /** The adverts seen so far, in order. */
  adverts(): SeenAdvert[] {
    return this.frames
      .filter((frame) => isAdvert(frame.bytes))
      .map(({ at, bytes }) => {
        const body = isIpv6(bytes) ? 54 : 34;
        return {
          at,
          source: sourceOf(bytes),
          vrid: bytes.readUInt8(body + 1),
          priority: bytes.readUInt8(body + 2),
        };
      });
  }

  /** Frames with gratuitous ARP: target and sender address are the same. */
  gratuitousArps(): (Frame & { address: string })[] {
    return this.frames
      .filter(({ bytes }) => bytes.readUInt16BE(12) === 0x0806)
      .filter(({ bytes }) => bytes.subarray(28, 32).equals(bytes.subarray(38, 42)))
      .map((frame) => ({ ...frame, address: frame.bytes.subarray(28, 32).join('.') }));
  }

  /** Neighbour advertisements to all nodes; some hosts send others when asked. */
  neighbourAdvertisements(): Buffer[] {
    return this.frames
      .map(({ bytes }) => bytes)
      .filter((bytes) => bytes.readUInt16BE(12) === 0x86dd && bytes.readUInt8(20) === 58)
      .filter((bytes) => bytes.readUInt8(54) === 136 && bytes.readUInt8(0) === 0x33);
  }

  advertFrames(): Frame[] {
    return this.frames.filter((frame) => isAdvert(frame.bytes));
  }

  /** Waits for an advert that fits. */
  advert(
    what: string,
    fits: (advert: SeenAdvert) => boolean,
    within = 30_000,
  ): Promise<SeenAdvert> {
    return until(what, () => this.adverts().find(fits), { within });
  }

  /** Lets tcpdump deliver what is under way, then ends it. */
  async end(): Promise<this> {
    await sleep(100);
    await this.child.stop('SIGINT');
    return this;
  }
}

const isIpv6 = (bytes: Buffer): boolean => bytes.readUInt16BE(12) === 0x86dd;

const isAdvert = (bytes: Buffer): boolean =>
  isIpv6(bytes)
    ? bytes.readUInt8(20) === 112
    : bytes.readUInt16BE(12) === 0x0800 && bytes.readUInt8(23) === 112;

/** As text for IPv4, as hexadecimal digits for IPv6. */
const sourceOf = (bytes: Buffer): string =>
  isIpv6(bytes) ? bytes.toString('hex', 22, 38) : bytes.subarray(26, 30).join('.');

/** The frame with what must differ between two senders set to zero. */
export function withoutSource(frame: Buffer): Buffer {
  const copy = Buffer.from(frame);
  copy.fill(0, 6, 12);
  if (copy.readUInt16BE(12) === 0x0806) {
    copy.fill(0, 22, 28);
    return copy;
  }
  const view = viewOf(copy);
  if (isIpv6(copy)) {
    if (copy.readUInt8(20) === 112) {
      view.setUint16(16, 0); // flow label, chosen by the kernel
      view.setUint8(15, copy.readUInt8(15) & 0xf0);
      copy.fill(0, 22, 38);
      view.setUint16(60, 0); // checksum, over the source
      return copy;
    }
    view.setUint16(56, 0); // checksum, over the hardware address too
    copy.fill(0, 80, 86);
    return copy;
  }
  view.setUint16(18, 0); // identification: a counter of the sender
  view.setUint16(24, 0); // header checksum, over source and identification
  copy.fill(0, 26, 30);
  return copy;
}
