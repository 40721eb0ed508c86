import type { Tutorial } from './stage.js';
import { nginx } from './stand-ins.js';

const ABOUT_NGINX = ['by_name', 'by_path', 'by_request'];
const ABOUT_THE_FILE = ['by_interpreter', 'by_shell'];

export const scriptForms: Tutorial = {
  name: 'script-forms',
  title: 'What may stand in script "..."',
  directors: ['node'],
  async play(stage) {
    stage.say(`
      keepalived starts the program itself, without a shell: the first word is a program, by path or
      found in the search path, and the others are its arguments as they stand. Operators of the
      shell (\`&&\`, \`||\`, \`>\`) are arguments like any other, so what needs them needs \`sh -c\`, or a
      file of its own.`);
    stage.configurations();
    stage.file('check_down.sh', ['node']);
    stage.machine('node').provide('nginx', nginx);
    await stage.background('node', 'nginx', 80);
    await stage.start('node');
    for (const script of [...ABOUT_NGINX, ...ABOUT_THE_FILE]) {
      await stage.logged('node', `VRRP_Script(${script}) succeeded`);
    }
    stage.say(`
      The last of them, though it is often seen, never succeeds: \`[\` is a program too, and it finds
      nine arguments where it expected three.`);
    await stage.logged('node', 'VRRP_Script(no_shell) failed');
    stage.say('What they look at changes:');
    await stage.type('node', 'killall nginx; touch /etc/keepalived/down');
    for (const script of [...ABOUT_NGINX, ...ABOUT_THE_FILE]) {
      await stage.logged('node', `VRRP_Script(${script}) failed`);
    }
  },
};
