import type { FileReader } from '#src/config/sources.js';

/** Files in memory; a pattern names the files that begin with what stands before its `*`. */
export const filesOf = (files: Readonly<Record<string, string>>): FileReader => ({
  match: (pattern) => {
    const found = Object.keys(files).filter((name) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
    return {
      files: found,
      missing: found.length > 0 ? [] : [pattern],
      lacks: found.length === 0 && !pattern.endsWith('*'),
    };
  },
  read: (file, most) => {
    const text = files[file] ?? '';
    const refusal = `it has ${text.length} bytes`;
    return text.length > most ? { refusal, reason: 'too-large' } : { text, latin1: false };
  },
  folder: () => '/etc/keepalived',
});
