import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** As whom a program runs. */
export interface Account {
  uid: number;
  gid: number;
}

/** The account that keepalived uses for scripts when it exists and no other is named. */
const CUSTOMARY = 'keepalived_script';

/** How a line of /etc/passwd or /etc/group begins, whichever source it came from. */
type Lookup = (database: 'passwd' | 'group', name: string) => string | undefined;

/**
 * Users and groups by name. Node can't ask the C library, so the files are read, and for names
 * that are elsewhere (LDAP, sssd) getent(1) is asked, once a name.
 */
export class Accounts {
  private readonly known = new Map<string, string[] | undefined>();
  private readonly lookup: Lookup;
  private readonly scriptUser: readonly string[] | undefined;
  private readonly self: Account;

  /** `scriptUser` and its group: the words of `script_user`. */
  constructor(scriptUser: readonly string[] | undefined, self: Account, lookup = lookupIn('/etc')) {
    this.lookup = lookup;
    this.self = self;
    this.scriptUser = scriptUser;
  }

  /**
   * Who runs programs that name nobody. Looked up only when there is such a program: most
   * machines have no `keepalived_script`, and to learn that costs a process.
   */
  private get fallback(): string | undefined {
    const [user] = this.scriptUser ?? [];
    return user ?? (this.entry('passwd', CUSTOMARY) && CUSTOMARY);
  }

  /** True when neither script_user nor the customary account decides: programs run as we do. */
  get isOwn(): boolean {
    return this.fallback === undefined;
  }

  /** The account of a program, or in words why there is none. */
  resolve(user: string | undefined, group: string | undefined): Account | string {
    const name = user ?? this.fallback;
    if (name === undefined) return this.self;
    const entry = this.entry('passwd', name);
    if (!entry) return `unknown user ${name}`;
    const groupName = group ?? (user === undefined ? this.scriptUser?.[1] : undefined);
    const groupEntry = groupName === undefined ? undefined : this.entry('group', groupName);
    if (groupName !== undefined && !groupEntry) return `unknown group ${groupName}`;
    return { uid: Number(entry[2]), gid: Number(groupEntry ? groupEntry[2] : entry[3]) };
  }

  private entry(database: 'passwd' | 'group', name: string): string[] | undefined {
    const key = `${database}:${name}`;
    if (!this.known.has(key)) this.known.set(key, this.lookup(database, name)?.split(':'));
    return this.known.get(key);
  }
}

/**
 * Finds the line of a name in the databases of a folder (passwd(5), group(5)), and beyond them by
 * getent(1). Containers may have neither file.
 */
export const lookupIn =
  (folder: string): Lookup =>
  (database, name) => {
    const mine = (line: string): boolean => line.startsWith(`${name}:`);
    const file = `${folder}/${database}`;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const local = text.split('\n').find(mine);
    if (local !== undefined) return local;
    const asked = spawnSync('getent', [database, '--', name], { encoding: 'utf8', timeout: 5000 });
    return asked.stdout?.split('\n').find(mine);
  };
