import type { Payload } from '../attributes.js';

/**
 * A step of a rule: it loads a part of the packet into a register, compares a register, or decides.
 * Steps are taken in order, and the first comparison that fails ends the rule. Written as nft(8)
 * does it (`nft --debug=netlink list ruleset` shows them).
 */
export type Expression = (payload: Payload) => void;

/** Registers of 16 bytes (enum nft_registers); what is longer goes on in the next one. */
export type Register = 1 | 2 | 3 | 4;

/** Attributes and values of <linux/netfilter/nf_tables.h>. */
const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;
const NFTA_DATA_VALUE = 1;
const NFTA_DATA_VERDICT = 2;
const NFTA_VERDICT_CODE = 1;
const NFTA_VERDICT_CHAIN = 2;
const NFTA_PAYLOAD_DREG = 1;
const NFTA_PAYLOAD_BASE = 2;
const NFTA_PAYLOAD_OFFSET = 3;
const NFTA_PAYLOAD_LEN = 4;
const NFTA_META_DREG = 1;
const NFTA_META_KEY = 2;
const NFTA_CMP_SREG = 1;
const NFTA_CMP_OP = 2;
const NFTA_CMP_DATA = 3;
const NFTA_BITWISE_SREG = 1;
const NFTA_BITWISE_DREG = 2;
const NFTA_BITWISE_LEN = 3;
const NFTA_BITWISE_MASK = 4;
const NFTA_BITWISE_XOR = 5;
const NFTA_LOOKUP_SET = 1;
const NFTA_LOOKUP_SREG = 2;
const NFTA_LOOKUP_DREG = 3;
const NFTA_DUP_SREG_ADDR = 1;
const NFTA_DUP_SREG_DEV = 2;
const NFTA_IMMEDIATE_DREG = 1;
const NFTA_IMMEDIATE_DATA = 2;
const NFT_REG_VERDICT = 0;
const NFT_CMP_EQ = 0;

/** enum nft_payload_bases: where an offset counts from. */
const bases = { network: 1, transport: 2 } as const;
/** enum nft_meta_keys: what is known of a packet without looking into it. */
const metas = { iif: 4, oif: 5, iifname: 6, oifname: 7, l4proto: 16 } as const;
/** NF_DROP and NF_ACCEPT of <linux/netfilter.h>, NFT_GOTO of enum nft_verdicts. */
const verdicts = { drop: 0, accept: 1, goto: -4 >>> 0 } as const;

const expression =
  (name: string, fill: (data: Payload) => void): Expression =>
  (payload) =>
    payload.text(NFTA_EXPR_NAME, name).nest(NFTA_EXPR_DATA, fill);

/** Loads `length` bytes of the packet. */
export const load = (
  base: keyof typeof bases,
  offset: number,
  length: number,
  into: Register = 1,
): Expression =>
  expression('payload', (data) =>
    data
      .be32(NFTA_PAYLOAD_DREG, into)
      .be32(NFTA_PAYLOAD_BASE, bases[base])
      .be32(NFTA_PAYLOAD_OFFSET, offset)
      .be32(NFTA_PAYLOAD_LEN, length),
  );

/** Loads something about the packet: an interface by number or name, the protocol. */
export const meta = (key: keyof typeof metas, into: Register = 1): Expression =>
  expression('meta', (data) => data.be32(NFTA_META_DREG, into).be32(NFTA_META_KEY, metas[key]));

/** Goes on where a register holds these bytes. */
export const equals = (value: Uint8Array, from: Register = 1): Expression =>
  expression('cmp', (data) =>
    data
      .be32(NFTA_CMP_SREG, from)
      .be32(NFTA_CMP_OP, NFT_CMP_EQ)
      .nest(NFTA_CMP_DATA, (to) => to.bytes(NFTA_DATA_VALUE, value)),
  );

/** Leaves of a register what is set in the mask. */
export const mask = (bits: Uint8Array, register: Register = 1): Expression =>
  expression('bitwise', (data) =>
    data
      .be32(NFTA_BITWISE_SREG, register)
      .be32(NFTA_BITWISE_DREG, register)
      .be32(NFTA_BITWISE_LEN, bits.length)
      .nest(NFTA_BITWISE_MASK, (to) => to.bytes(NFTA_DATA_VALUE, bits))
      .nest(NFTA_BITWISE_XOR, (to) => to.bytes(NFTA_DATA_VALUE, new Uint8Array(bits.length))),
  );

/** Goes on where a set has the key that begins in this register. */
export const isIn = (set: string, from: Register = 1): Expression =>
  expression('lookup', (data) => data.text(NFTA_LOOKUP_SET, set).be32(NFTA_LOOKUP_SREG, from));

/** The same for a map, which gives the data of the key. */
export const find = (map: string, from: Register, into: Register): Expression =>
  expression('lookup', (data) =>
    data.text(NFTA_LOOKUP_SET, map).be32(NFTA_LOOKUP_SREG, from).be32(NFTA_LOOKUP_DREG, into),
  );

/** Sends a copy of the packet to an address by an interface, both in registers. */
export const duplicate = (address: Register, device: Register): Expression =>
  expression('dup', (data) =>
    data.be32(NFTA_DUP_SREG_ADDR, address).be32(NFTA_DUP_SREG_DEV, device),
  );

/** Counts packets and bytes that come this far. */
export const counter: Expression = expression('counter', () => {});

const verdict = (code: keyof typeof verdicts, chain?: string): Expression =>
  expression('immediate', (data) =>
    data.be32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT).nest(NFTA_IMMEDIATE_DATA, (value) =>
      value.nest(NFTA_DATA_VERDICT, (to) => {
        to.be32(NFTA_VERDICT_CODE, verdicts[code]);
        if (chain !== undefined) to.text(NFTA_VERDICT_CHAIN, chain);
      }),
    ),
  );

export const drop: Expression = verdict('drop');
/** Ends this table's say; others may still drop the packet. */
export const accept: Expression = verdict('accept');
/** Goes on in another chain, and not behind this rule any more. */
export const goto = (chain: string): Expression => verdict('goto', chain);
