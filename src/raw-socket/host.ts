import { arch, endianness } from 'node:os';

/** The byte order in which the kernel reads and writes integers of C structures. */
export const littleEndian = endianness() === 'LE';

/** sizeof(size_t), to which control messages are aligned. */
export const wordSize = ['arm', 'ia32', 'mips', 'mipsel'].includes(arch()) ? 4 : 8;
