// Prints each SNMP notification that comes in at a UDP port as a line of JSON.
import { createReceiver, ObjectType } from 'net-snmp';

const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0';
const TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0';

const text = (value) => (Buffer.isBuffer(value) ? value.toString('hex') : value);

createReceiver({ port: Number(process.argv[2]), disableAuthorization: true }, (error, seen) => {
  if (error) throw error;
  const binds = seen.pdu.varbinds;
  const trap = binds.find(({ oid }) => oid === TRAP_OID)?.value;
  const variables = binds
    .filter(({ oid }) => oid !== TRAP_OID && oid !== SYS_UP_TIME)
    .map(({ oid, type, value }) => ({ oid, type: ObjectType[type], value: text(value) }));
  process.stdout.write(`${JSON.stringify({ trap, variables })}\n`);
});
process.stdout.write('listening\n');
