import { readFile, writeFile } from 'node:fs/promises';

/** Settings of the kernel under /proc/sys/net; the files follow us into a network namespace. */
export interface Sysctl {
  /** Undefined where the kernel has no such setting. */
  read(name: string): Promise<number | undefined>;
  /** False where it can't be set. */
  write(name: string, value: number): Promise<boolean>;
}

const pathOf = (name: string): string => `/proc/sys/net/${name}`;

/** Reads and writes beside the thread, which waits for no file. */
export const sysctl: Sysctl = {
  async read(name) {
    try {
      return Number.parseInt(await readFile(pathOf(name), 'latin1'), 10);
    } catch {
      return undefined;
    }
  },
  async write(name, value) {
    try {
      await writeFile(pathOf(name), `${value}\n`);
      return true;
    } catch {
      return false;
    }
  },
};
