import { laterBlock } from '#src/config/later.js';
import { keyword } from '#src/config/schema.js';
import { boolean, flag, word } from '#src/config/values.js';

const MAIL = 'mail comes with a later version';
const SNMP = 'SNMP comes with a later version';

/** The rows of `virtual_server` that are read and checked, and not acted upon yet. */
export const laterService = {
  ha_suspend: keyword(flag, 'Suspend checks while the address is not ours.').refused(
    'it comes with a later version; the checks go on',
  ),
  smtp_alert: keyword(boolean, 'Mail on changes of the quorum.').refused(MAIL),
  snmp_name: keyword(word, 'Label in SNMP.').replacedWithError().refused(SNMP),
};

const checker = (name: string, what: string) =>
  laterBlock(
    name,
    what,
    'it comes with a later version; without another checker the server counts as up',
  );

/**
 * The rows of `real_server` that are read and checked, and not acted upon yet.
 *
 * A checker of the same name in checks/checkers/ takes the place of its row here.
 */
export const laterServer = {
  smtp_alert: keyword(boolean, 'Mail on changes of the server.').refused(MAIL),
  snmp_name: keyword(word, 'Label in SNMP.').replacedWithError().refused(SNMP),
  FILE_CHECK: checker('FILE_CHECK', 'Takes the number in a file.'),
  BFD_CHECK: checker('BFD_CHECK', 'Follows a BFD session.'),
};
