import type { IpFamily } from '@keepalived-ts/base/ip.js';
import { Payload } from '../attributes.js';
import { NLM_F_APPEND, NLM_F_CREATE } from '../constants.js';
import type { Request } from '../message.js';
import type { Expression } from './expressions.js';

/** Subsystem and messages of <linux/netfilter/nfnetlink.h> and <linux/netfilter/nf_tables.h>. */
export const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_NEWTABLE = 0;
const NFT_MSG_DELTABLE = 2;
const NFT_MSG_NEWCHAIN = 3;
const NFT_MSG_NEWRULE = 6;
const NFT_MSG_NEWSET = 9;
const NFT_MSG_NEWSETELEM = 12;
const NFT_MSG_DELSETELEM = 14;

const NFTA_LIST_ELEM = 1;
const NFTA_TABLE_NAME = 1;
const NFTA_CHAIN_TABLE = 1;
const NFTA_CHAIN_NAME = 3;
const NFTA_CHAIN_HOOK = 4;
const NFTA_CHAIN_TYPE = 7;
const NFTA_HOOK_HOOKNUM = 1;
const NFTA_HOOK_PRIORITY = 2;
const NFTA_RULE_TABLE = 1;
const NFTA_RULE_CHAIN = 2;
const NFTA_RULE_EXPRESSIONS = 4;
const NFTA_SET_TABLE = 1;
const NFTA_SET_NAME = 2;
const NFTA_SET_FLAGS = 3;
const NFTA_SET_KEY_TYPE = 4;
const NFTA_SET_KEY_LEN = 5;
const NFTA_SET_DATA_TYPE = 6;
const NFTA_SET_DATA_LEN = 7;
const NFTA_SET_ID = 10;
const NFTA_SET_USERDATA = 13;
const NFTA_SET_ELEM_LIST_TABLE = 1;
const NFTA_SET_ELEM_LIST_SET = 2;
const NFTA_SET_ELEM_LIST_ELEMENTS = 3;
const NFTA_SET_ELEM_KEY = 1;
const NFTA_SET_ELEM_DATA = 2;
const NFTA_DATA_VALUE = 1;
const NFT_SET_MAP = 0x8;

/** enum nf_inet_hooks of <linux/netfilter.h>. */
const hooks = { input: 1, output: 3 } as const;
/** NFPROTO_IPV4 and NFPROTO_IPV6 of <linux/netfilter.h>. */
const protocols = { 4: 2, 6: 10 } as const;
/**
 * Elements of a request: their list is one attribute, of 64 KiB at most, and the kernel is to be
 * done with it within a millisecond.
 */
const MOST_ELEMENTS = 100;

/** A table by family and name; what belongs to it is named inside it. */
export interface Table {
  readonly family: IpFamily;
  readonly name: string;
}

/** Where a chain hears packets, among other chains there in the order of priorities. */
export interface Hook {
  readonly hook: keyof typeof hooks;
  readonly priority: number;
}

/** What is in a set. How nft(8) shows it the kernel does not mind: the type, and the byte order. */
interface Kind {
  readonly type: number;
  readonly length: number;
  /** As the machine has numbers, and names to nft(8); else as the network has them. */
  readonly isHostOrder?: boolean;
}

/** A set of keys of one size; with data it is a map. */
export interface KeySet extends Kind {
  readonly name: string;
  readonly data?: Kind;
}

/** A key of a set, and what a map has for it. */
export interface SetElement {
  readonly key: Uint8Array;
  readonly data?: Uint8Array | undefined;
}

const words = ({ family, name }: Table): string => `${family === 4 ? 'ip' : 'ip6'} ${name}`;

/**
 *     offset  size  field (struct nfgenmsg)
 *     0       1     family of addresses
 *     1       1     version: 0
 *     2       2     resource, in network byte order: 0 but for the ends of a transaction
 */
export const header = (family: number, resource = 0): Payload =>
  new Payload(4, (view) => {
    view.setUint8(0, family);
    view.setUint16(2, resource);
  });

function request(
  operation: string,
  message: number,
  { family }: Table,
  flags: number,
  fill: (payload: Payload) => void,
): Request {
  const payload = header(protocols[family]);
  fill(payload);
  const type = (NFNL_SUBSYS_NFTABLES << 8) | message;
  return { operation, type, flags, payload: payload.finish() };
}

/** Adds a table, unless there is one of this name. */
export const newTable = (table: Table): Request =>
  request(`add table ${words(table)}`, NFT_MSG_NEWTABLE, table, NLM_F_CREATE, (payload) =>
    payload.text(NFTA_TABLE_NAME, table.name),
  );

/** Removes a table with all that is in it. */
export const delTable = (table: Table): Request =>
  request(`delete table ${words(table)}`, NFT_MSG_DELTABLE, table, 0, (payload) =>
    payload.text(NFTA_TABLE_NAME, table.name),
  );

/** Adds a chain that rules go to, or, with a hook, one that packets go through and pass. */
export const newChain = (table: Table, name: string, base?: Hook): Request =>
  request(`add chain ${words(table)} ${name}`, NFT_MSG_NEWCHAIN, table, NLM_F_CREATE, (payload) => {
    payload.text(NFTA_CHAIN_TABLE, table.name).text(NFTA_CHAIN_NAME, name);
    if (base === undefined) return;
    payload.nest(NFTA_CHAIN_HOOK, (hook) =>
      hook.be32(NFTA_HOOK_HOOKNUM, hooks[base.hook]).be32(NFTA_HOOK_PRIORITY, base.priority >>> 0),
    );
    payload.text(NFTA_CHAIN_TYPE, 'filter');
  });

/** Adds a rule behind those that the chain has. */
export const newRule = (table: Table, chain: string, expressions: readonly Expression[]): Request =>
  request(
    `add rule to ${words(table)} ${chain}`,
    NFT_MSG_NEWRULE,
    table,
    NLM_F_CREATE | NLM_F_APPEND,
    (payload) =>
      payload
        .text(NFTA_RULE_TABLE, table.name)
        .text(NFTA_RULE_CHAIN, chain)
        .nest(NFTA_RULE_EXPRESSIONS, (list) => {
          for (const expression of expressions) list.nest(NFTA_LIST_ELEM, expression);
        }),
  );

/** Adds an empty set. `id`: a number of its own within the transaction, which the kernel asks for. */
export const newSet = (table: Table, set: KeySet, id: number): Request =>
  request(`add set ${words(table)} ${set.name}`, NFT_MSG_NEWSET, table, NLM_F_CREATE, (payload) => {
    payload
      .text(NFTA_SET_TABLE, table.name)
      .text(NFTA_SET_NAME, set.name)
      .be32(NFTA_SET_FLAGS, set.data ? NFT_SET_MAP : 0)
      .be32(NFTA_SET_KEY_TYPE, set.type)
      .be32(NFTA_SET_KEY_LEN, set.length)
      .be32(NFTA_SET_ID, id);
    if (set.data) {
      payload.be32(NFTA_SET_DATA_TYPE, set.data.type).be32(NFTA_SET_DATA_LEN, set.data.length);
    }
    payload.bytes(NFTA_SET_USERDATA, Uint8Array.of(...orderOf(0, set), ...orderOf(1, set.data)));
  });

/**
 * A remark for nft(8) that the kernel keeps: the byte order of keys (0) or of data (1), as libnftnl
 * writes it (enum nftnl_udata_set_types of its udata.h; enum byteorder of nft's datatype.h).
 *
 *     offset  size  field
 *     0       1     type
 *     1       1     length: 4
 *     2       4     1: that of the machine, 2: that of the network
 */
const orderOf = (type: number, kind: Kind | undefined): readonly number[] =>
  kind ? [type, 4, ...new Uint8Array(Uint32Array.of(kind.isHostOrder ? 1 : 2).buffer)] : [];

/** Adds to a set; what is there stays. */
export const addElements = (table: Table, set: string, some: readonly SetElement[]): Request[] =>
  elements(`add elements to ${words(table)} ${set}`, NFT_MSG_NEWSETELEM, table, set, some);

/** Takes out of a set; ENOENT if it does not have them all. */
export const delElements = (table: Table, set: string, some: readonly SetElement[]): Request[] =>
  elements(`delete elements of ${words(table)} ${set}`, NFT_MSG_DELSETELEM, table, set, some);

function elements(
  operation: string,
  message: number,
  table: Table,
  set: string,
  some: readonly SetElement[],
): Request[] {
  const flags = message === NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0;
  const parts = Math.ceil(some.length / MOST_ELEMENTS);
  return Array.from({ length: parts }, (_, part) =>
    request(operation, message, table, flags, (payload) =>
      payload
        .text(NFTA_SET_ELEM_LIST_TABLE, table.name)
        .text(NFTA_SET_ELEM_LIST_SET, set)
        .nest(NFTA_SET_ELEM_LIST_ELEMENTS, (list) => {
          const from = part * MOST_ELEMENTS;
          for (const { key, data } of some.slice(from, from + MOST_ELEMENTS)) {
            list.nest(NFTA_LIST_ELEM, (element) => {
              element.nest(NFTA_SET_ELEM_KEY, (value) => value.bytes(NFTA_DATA_VALUE, key));
              if (data) {
                element.nest(NFTA_SET_ELEM_DATA, (value) => value.bytes(NFTA_DATA_VALUE, data));
              }
            });
          }
        }),
    ),
  );
}
