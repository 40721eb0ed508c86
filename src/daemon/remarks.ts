import type { Explanation } from '#src/config/traps.js';

/**
 * What is told in passing, while lines are read or plans are made, and has a code as traps have.
 *
 * keepalived tells of some of these too; then they count for the exit code.
 */
export const remarks: Readonly<Record<string, Explanation>> = {
  'not-acted-upon': {
    why: 'The keyword is known and checked, but this program does not do what it asks for; the line says what happens instead.',
    remedy: 'take it out where that is all the same to you',
  },
  'list-without-brace': {
    why: 'The lines of a list stand between braces; without the opening one keepalived reads on and takes whatever follows for items.',
    remedy: 'put a { behind the keyword',
  },
  'escaped-comment': {
    why: 'keepalived strips comments twice, and the second time the # or ! is no longer escaped: the rest of the line is lost.',
    remedy: 'put double quotes around the word',
  },
  'expansion-too-long': {
    why: 'A definition is not replaced where the line would grow beyond what keepalived can hold.',
    remedy: 'split the definition',
  },
  'nothing-included': {
    why: 'A plain include that finds nothing is passed over, and whatever it should have brought is missing.',
    remedy: 'correct the path, or use includer, which makes it an error',
  },
  'prefix-cut-off': {
    why: 'Where an address stands alone its prefix length is cut off.',
    remedy: 'write the address alone',
  },
  'password-too-long': {
    why: 'VRRPv2 has room for 8 bytes of password; the rest is cut off, so that two passwords with the same beginning are one.',
    remedy: 'a password of at most 8 characters',
  },
  'no-program': {
    why: 'An empty command runs nothing.',
    remedy: 'name a program, or take the line out',
  },
  'algorithm-too-long': {
    why: 'The kernel knows no congestion control algorithm with so long a name, so the route will be refused.',
    remedy: 'see net.ipv4.tcp_available_congestion_control',
  },
  'script-untracked': {
    why: 'A vrrp_script that no instance tracks never runs, so what it should have watched is not watched.',
    remedy: 'name it in track_script of an instance or sync group',
  },
  'script-without-user': {
    why: 'There is no such user or group, so the script cannot run as it should and does not run at all.',
    remedy:
      'correct the name, or set script_user; arguments stand within the quotes, with the command',
  },
  'script-missing': {
    why: 'A notify script that is not there when it is wanted does nothing, and nobody misses it until then.',
    remedy: 'correct the path, or make the file executable',
  },
  'script-without-shell': {
    why: 'Programs are run without a shell: a pipe, a redirection or a second command is handed to the first program as an argument, which mostly fails for it, or, worse, succeeds.',
    remedy: 'put it into a file, or give it to a shell: "/bin/sh -c \'...\'"',
  },
  'script-needs-bash': {
    why: 'Only Bash takes /dev/tcp/HOST/PORT for a connection; another /bin/sh, as that of Debian and Alpine, looks for a file and fails, so that the check never succeeds.',
    remedy: 'ask Bash: script "bash -c \'</dev/tcp/127.0.0.1/80\'"',
  },
  'vrid-twice': {
    why: 'Two routers with one VRID on one interface take each other for the same one: both would be master, or none.',
    remedy: 'give each instance of an interface a virtual_router_id of its own',
  },
  'nopreempt-cleared': {
    why: 'A router that starts as MASTER or owns the addresses takes over at once, so nopreempt is dropped.',
    remedy: 'state BACKUP on all nodes that have nopreempt',
  },
  'preempt-delay-cleared': {
    why: 'A router that starts as MASTER or never preempts has nothing to delay, so preempt_delay is dropped.',
    remedy: 'state BACKUP and no nopreempt where preempt_delay is wanted',
  },
  'no-virtual-address': {
    why: 'An instance without virtual addresses elects a master of nothing.',
    remedy: 'a virtual_ipaddress block; no_virtual_ipaddress if that is meant',
  },
  'first-address-not-link-local': {
    why: 'Hosts take routers by link-local addresses, and an IPv6 advert names that of the virtual router first (RFC 9568 §5.2.9); peers of another make may not take adverts without.',
    remedy: 'a link-local address as the first virtual address, the same on all nodes',
  },
  'sync-group-of-one': {
    why: 'A group exists to make several instances change together; with one it only hides who owns the notify scripts.',
    remedy: 'add the other instances, or take the group out',
  },
  'service-twice': {
    why: 'Two virtual_server blocks for one service are one service to the kernel: it has the real servers of both, and the scheduler of the first.',
    remedy: 'put all real servers into one block',
  },
  'group-twice': {
    why: 'A virtual_server finds the first virtual_server_group of its name; the entries of another are never served.',
    remedy: 'put all entries into one block, or give each block a name of its own',
  },
  'group-unknown': {
    why: 'Without its virtual_server_group a virtual_server has no address, so it is left out as a whole.',
    remedy: 'correct the name, or add the virtual_server_group',
  },
  'mark-zero': {
    why: 'Mark 0 is what packets have that nobody has marked; the kernel makes no service of it.',
    remedy: 'a mark of 1 or more, set by the firewall',
  },
  'range-too-large': {
    why: 'Each address of a range is an IPVS service of its own, and a virtual_server may have 65536 of them.',
    remedy: 'let the firewall mark the packets, and use fwmark',
  },
  'entries-of-other-family': {
    why: 'IPVS forwards packets to servers of another family by tunnels only, so the server is left out of those services.',
    remedy: 'a group for each family, or lvs_method TUN',
  },
  'real-server-twice': {
    why: 'A destination is in the IPVS table once; the second block, with its weight and checkers, is dropped.',
    remedy: 'take one of the blocks out',
  },
  'port-of-direct-server': {
    why: 'DR and TUN pass packets on unchanged, so they arrive at the port of the virtual server whatever real_server says.',
    remedy: 'the same port in both, or lvs_method NAT',
  },
  'port-zero': {
    why: 'A service for all ports has to send a client to one server, so it becomes persistent for 360 s.',
    remedy: 'write the port, or persistence_timeout if all ports are meant',
  },
  'ops-without-udp': {
    why: 'Only datagrams can be sent to a server one by one; ops is dropped.',
    remedy: 'protocol UDP, or no ops',
  },
  'quorum-above-weights': {
    why: 'A quorum that all servers together cannot reach is cut down to their sum, so that the loss of any server is the loss of the quorum.',
    remedy: 'a quorum of at most the sum of the weights',
  },
  'hysteresis-above-quorum': {
    why: 'With a hysteresis as large as the quorum it could never be lost; it is cut down to quorum - 1.',
    remedy: 'a hysteresis below quorum',
  },
  'flag-of-another-scheduler': {
    why: 'The flags of sh mean nothing to mh and the other way round; the flag is dropped.',
    remedy: 'the flag that begins with the name of lvs_sched',
  },
  'granularity-of-other-family': {
    why: 'A netmask says nothing of IPv6 clients and a prefix length nothing of IPv4 ones, so each client counts for itself.',
    remedy: 'a netmask for IPv4, a prefix length for IPv6',
  },
  'check-without-port': {
    why: 'The service is for all ports and the check has none to connect to: the server never comes up.',
    remedy: 'connect_port in the checker',
  },
  'regex-not-used': {
    why: 'The pattern is not searched, and the page counts as good whatever its body says.',
    remedy: 'correct the pattern or its options as the message says',
  },
  'smtp-host': {
    why: 'A host block is a checker of its own beside the one that it stands in, which checks the real server all the same.',
    remedy: 'an SMTP_CHECK with connect_ip for each host',
  },
  'certificate-not-used': {
    why: 'SSL_GET shows no certificate, so servers that ask for one refuse it. keepalived would end.',
    remedy: 'readable PEM files, the key being that of the certificate',
  },
  'mail-file-not-used': {
    why: 'Alert mail goes out without the login, or without an authority to believe, until a reload finds the file in order; the server may then not take it, and it waits.',
    remedy: 'a file that is there, and for a password mode 600 and owner root',
  },
};
