import { describe, expect, test } from 'vitest';
import { type Circumstances, examine, type FileFacts } from '#src/notify/examine.js';

const root = { uid: 0, gid: 0 };
const nobody = { uid: 65534, gid: 65534 };
const directory = (mode = 0o755, uid = 0, gid = 0): FileFacts => ({
  kind: 'directory',
  uid,
  gid,
  mode,
});
const script = (mode = 0o755, uid = 0, gid = 0): FileFacts => ({ kind: 'file', uid, gid, mode });
const link = (target: string): FileFacts => ({ kind: 'link', target });

const findings = (
  tree: Record<string, FileFacts>,
  name: string,
  { account = root, strict = true, path = [] }: Partial<Omit<Circumstances, 'look'>> = {},
) => {
  const all: Record<string, FileFacts> = { '/': directory(), ...tree };
  return examine(name, { account, strict, path, look: (at) => all[at] });
};
const messages = (...args: Parameters<typeof findings>): string[] =>
  findings(...args).findings.map(
    ({ fatal, message, hint }) => `${fatal ? 'fatal: ' : ''}${message}${hint ? ` (${hint})` : ''}`,
  );

describe('a script', () => {
  test('of root in directories of root is fine', () => {
    expect(messages({ '/opt': directory(), '/opt/x': script() }, '/opt/x')).toEqual([]);
  });

  test.each<[string, Record<string, FileFacts>, string]>([
    ['is missing', { '/opt': directory() }, 'fatal: script /opt/x does not exist'],
    ['lies in no directory', { '/opt': script() }, 'fatal: script /opt/x: /opt is not a directory'],
    [
      'is a directory',
      { '/opt': directory(), '/opt/x': directory() },
      'fatal: script /opt/x is not a regular file',
    ],
    [
      'is not executable',
      { '/opt': directory(), '/opt/x': script(0o644) },
      'fatal: script /opt/x is not executable by user 0 (chmod +x /opt/x)',
    ],
    [
      'is a link in a circle',
      { '/opt': directory(), '/opt/x': link('x') },
      'fatal: script /opt/x: too many symbolic links at /opt/x',
    ],
  ])('that %s can not run', (_, tree, expected) => {
    expect(messages(tree, '/opt/x')).toEqual([expected]);
  });

  test.each<[string, Record<string, FileFacts>, string]>([
    [
      'that others may write to',
      { '/opt': directory(), '/opt/x': script(0o757) },
      'script /opt/x: /opt/x is writable by others (mode 0757); it will not be run (chmod o-w /opt/x)',
    ],
    [
      'of another user',
      { '/opt': directory(), '/opt/x': script(0o755, 1000) },
      'script /opt/x: /opt/x is owned by user 1000; it will not be run (chown root /opt/x)',
    ],
    [
      'that a group may write to',
      { '/opt': directory(), '/opt/x': script(0o775, 0, 20) },
      'script /opt/x: /opt/x is writable by group 20 (mode 0775); it will not be run (chmod g-w /opt/x)',
    ],
    [
      'in a directory that others may write to',
      { '/opt': directory(0o777), '/opt/x': script() },
      'script /opt/x: /opt is writable by others (mode 0777); it will not be run (chmod o-w /opt)',
    ],
    [
      'behind a link into such a directory',
      {
        '/opt': directory(),
        '/opt/x': link('../srv/y'),
        '/srv': directory(0o755, 1000),
        '/srv/y': script(),
      },
      'script /opt/x: /srv is owned by user 1000; it will not be run (chown root /srv)',
    ],
  ])('%s does not run as root with enable_script_security', (_, tree, expected) => {
    expect(messages(tree, '/opt/x')).toEqual([`fatal: ${expected}`]);
    // Without it the weakness is only told.
    const lenient = expected.replace('; it will not be run', '');
    expect(messages(tree, '/opt/x', { strict: false })).toEqual([lenient]);
    // As another user it can't do more than that user.
    expect(messages(tree, '/opt/x', { account: nobody })).toEqual([]);
  });

  test('in a sticky directory or writable by group root is fine', () => {
    const tree = { '/tmp': directory(0o1777), '/tmp/x': script(0o775) };
    expect(messages(tree, '/tmp/x')).toEqual([]);
  });

  test('that is setuid root is examined whoever runs it', () => {
    const tree = { '/opt': directory(0o777), '/opt/x': script(0o4755) };
    expect(findings(tree, '/opt/x', { account: nobody }).findings).toHaveLength(1);
  });

  test('is not reached by a user who may not pass a directory', () => {
    const tree = { '/opt': directory(0o700), '/opt/x': script() };
    expect(messages(tree, '/opt/x', { account: nobody })).toEqual([
      'fatal: script /opt/x: user 65534 may not enter /opt (chmod o+x /opt, or another user)',
    ]);
    expect(messages(tree, '/opt/x')).toEqual([]);
  });

  test('without a path is looked for in PATH, as keepalived does without a word', () => {
    const tree = {
      '/bin': link('usr/bin'),
      '/usr': directory(),
      '/usr/bin': directory(),
      '/usr/bin/x': script(),
      '/sbin': directory(),
      '/sbin/x': script(0o644),
    };
    const found = findings(tree, 'x', { path: ['/sbin', '/bin'] });
    expect(found.path).toBe('/bin/x');
    expect(found.findings).toEqual([]);
    expect(messages(tree, 'y', { path: ['/bin'] })).toEqual([
      'fatal: script y is in no folder of PATH (write its absolute path)',
    ]);
  });

  test('with a relative path is refused: the daemon runs in /', () => {
    expect(messages({}, 'scripts/x')).toEqual([
      'fatal: script scripts/x: its path must be absolute',
    ]);
  });
});
