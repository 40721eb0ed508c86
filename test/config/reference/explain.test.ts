import { describe, expect, it } from 'vitest';
import { explain } from '#src/config/reference/explain.js';
import { places } from '#test/support/language.js';

const said = (asked: string): string => explain(asked, places).text ?? '';

describe('explain', () => {
  it('tells grammar, meaning, default, unit and effect of a keyword', () => {
    const text = said('advert_int');
    expect(text).toMatch(/^advert_int {3}in vrrp_instance\n {2}advert_int DECIMAL 0\.01\.\.255\n/);
    expect(text).toMatch(/^ {2}default {4}1$/m);
    expect(text).toMatch(/^ {2}unit {7}seconds$/m);
    expect(text).toMatch(/^ {2}effect {5}full$/m);
  });

  it('tells of every block, and once for blocks where it is the same', () => {
    const headings = said('bindto').match(/^bindto .*$/gm) ?? [];
    expect(headings).toHaveLength(1);
    expect(headings[0]).toContain('TCP_CHECK');
    expect(headings[0]).toContain('HTTP_GET');
    expect(said('weight').match(/^weight .*$/gm)?.length).toBeGreaterThan(3);
  });

  it('of a block names its keywords', () => {
    expect(said('vrrp_script')).toMatch(/^ {2}keywords {3}.*\bscript interval\b/m);
    expect(said('virtual_ipaddress')).toMatch(/^ {2}each line {2}IPADDR\[\/PREFIX\], /m);
  });

  it.each(['real_server/weight', 'virtual_server/real_server/weight'])(
    '%s is one place',
    (asked) => {
      expect(said(asked).match(/^weight .*$/gm)).toEqual([
        'weight   in virtual_server/real_server',
      ]);
    },
  );

  it('finds options of lines', () => {
    expect(said('virtual_ipaddress/label')).toMatch(
      /^label {3}in vrrp_instance\/virtual_ipaddress \(line\)$/m,
    );
  });

  it('tells of another spelling what it stands for', () => {
    expect(said('lb_algo')).toMatch(/^ {2}same as {4}lvs_sched$/m);
    expect(said('nb_get_retry')).toMatch(/^ {2}spelled {4}deprecated: use retry$/m);
    expect(said('virtual_server/lvs_sched')).toMatch(/^ {2}also {7}lb_algo$/m);
  });

  it.each([
    ['prioriti', "There is no keyword 'prioriti'; did you mean 'priority'?"],
    ['vrrp_script/prioritie', "There is no keyword 'prioritie'; try: keepalived-ts keywords"],
    [
      'vrrp_script/virtual_router_id',
      'virtual_router_id does not stand in vrrp_script, but in vrrp_instance',
    ],
    ['xyzzy', "There is no keyword 'xyzzy'; try: keepalived-ts keywords"],
    ['', "There is no keyword ''; try: keepalived-ts keywords"],
  ])('has a hint for %s', (asked, hint) => {
    expect(explain(asked, places)).toEqual({ hint });
  });
});
