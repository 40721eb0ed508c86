import { named, optionLine } from '../option-line.js';
import { keyword } from '../schema.js';
import type { ParseContext, ValueType, Word } from '../value-type.js';
import { integer, interfaceName, multicast, word } from '../values.js';

const SYNC_ID = integer(0, 255);

const OPTIONS = {
  inst: keyword(
    word,
    'VRRP instance whose state tells the role: announcing as master, else listening.',
  )
    .onlyOnce()
    .unless('both roles at once'),
  id: keyword(SYNC_ID, 'Sync id; directors hear only those of the same id.').unless(
    'the virtual_router_id of the instance, or 0 without one',
  ),
  maxlen: keyword(integer(1, 65507), 'Longest packet to send.')
    .counting('bytes')
    .unless('what the MTU allows'),
  port: keyword(integer(1, 65535), 'UDP port of the packets.').unless('8848'),
  ttl: keyword(integer(1, 255), 'How many routers a packet may pass.').unless('1'),
  group: keyword(multicast(), 'Multicast group of the packets.').unless('224.0.0.81'),
};

/** The words before the first option: three at most. */
const withoutName = (words: readonly Word[]): Word[] => {
  const end = words.findIndex(({ text }, i) => i === 3 || (i > 0 && Object.hasOwn(OPTIONS, text)));
  return words.slice(0, end < 0 ? words.length : end);
};

/** The interface; formerly the instance and the sync id stood behind it without their names. */
const beginning: ValueType<{ interface: string; inst?: string; id?: number }> = {
  ...named('interface', interfaceName),
  usage: `${interfaceName.usage} [WORD [${SYNC_ID.usage}]]`,
  takes: (words) => withoutName(words).length,
  parse(words, context) {
    const [first, instance, syncId] = withoutName(words);
    const name = interfaceName.parse(first ? [first] : [], context);
    if (name === undefined) return undefined;
    const id = syncId && formerId(syncId, context);
    return {
      interface: name,
      ...(instance && { inst: instance.text }),
      ...(id !== undefined && { id }),
    };
  },
};

function formerId(syncId: Word, context: ParseContext): number | undefined {
  const id = SYNC_ID.parse([syncId], context);
  if (id === undefined) return undefined;
  const message = 'Please use keyword "id" before lvs_sync_daemon SYNCID';
  context.report({ severity: 'warning', class: 'general', message, hint: `id ${id}` });
  return id;
}

/** The kernel's daemon that tells other directors of connections (ip_vs_sync.c). */
export const syncDaemon = optionLine({
  leading: keyword(
    beginning,
    'Interface that connections are announced on and heard from; formerly with inst and id.',
  ),
  options: OPTIONS,
});
export type SyncDaemonConfig = typeof syncDaemon extends ValueType<infer T> ? T : never;
