import { createRequire } from 'node:module';

declare const handleBrand: unique symbol;
/** A socket as the addon knows it; collecting it closes the descriptor. */
export type Handle = { readonly [handleBrand]: true };

/**
 * The functions of native/*.c. Where a number comes back, it is what the system call returned, or
 * -errno.
 */
export interface Native {
  open(domain: number, type: number, protocol: number): Handle | number;
  /** -1 once closed; or `another` one of the same socket, to be closed by whoever gets it. */
  descriptor(socket: Handle, another: boolean): number;
  close(socket: Handle): number;
  bind(socket: Handle, address: Uint8Array): number;
  connect(socket: Handle, address: Uint8Array): number;
  localAddress(socket: Handle, room: Uint8Array): number;
  setOption(socket: Handle, level: number, name: number, value: Uint8Array): number;
  getOption(socket: Handle, level: number, name: number, room: Uint8Array): number;
  attachFilter(socket: Handle, program: Uint8Array): number;
  /** The array holds data, address and control of each message in turn. */
  send(socket: Handle, messages: readonly Uint8Array[], first: number): number;
  /** Of a stream: how many bytes were taken. */
  write(socket: Handle, bytes: Uint8Array): number;
  /** Of a stream: how many bytes came, 0 at its end. */
  read(socket: Handle, room: Uint8Array): number;
  /** The slab is cut into slots of name, control and data; `lengths` gets four cells a message. */
  receive(
    socket: Handle,
    flags: number,
    slab: Uint8Array,
    lengths: Int32Array,
    nameRoom: number,
    controlRoom: number,
    dataRoom: number,
  ): number;
  /** Calls back with the events that came, or 0 for an error; watching 0 events stops. */
  watch(socket: Handle, events: number, callback: (ready: number) => void): number;
  background(socket: Handle, yes: boolean): number;
  setns(fd: number, type: number): number;
  setScheduler(tid: number, policy: number, priority: number): number;
  setNice(tid: number, nice: number): number;
  setAffinity(tid: number, mask: Uint8Array): number;
  setName(name: Uint8Array): number;
  lockMemory(flags: number): number;
  limitRealTime(microseconds: number): number;
  lockFile(fd: number): number;
  /** `relayed` is 0 or 1: ignored, or told as SIGIO (an even number) or SIGPWR (an odd one). */
  handleSignal(number: number, relayed: number): number;
  endProcess(status: number): never;
  threadId(): number;
  errorText(errno: number): string;
}

/** By the package's own name, which holds in the sources, in dist/ and in a bundle elsewhere. */
function load(): Native {
  try {
    return createRequire(import.meta.url)(
      '@keepalived-ts/raw-socket/build/raw_socket.node',
    ) as Native;
  } catch (cause) {
    const advice = 'run `npm rebuild @keepalived-ts/raw-socket` (needs a C compiler)';
    throw new Error(`the raw-socket addon cannot be loaded: ${advice}`, { cause });
  }
}

export const native: Native = load();
