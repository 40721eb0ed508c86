import { describe, expect, it } from 'vitest';
import { TableKeeper } from '#checks/shell/table-keeper.js';
import type { Table } from '#lvs/core/table.js';
import type { Refusal } from '#lvs/shell/director.js';

/** A director whose kernel takes until `answer` is called. */
class SlowDirector {
  readonly applied: Table[] = [];
  private answers: ((refusals: Refusal[]) => void)[] = [];

  apply(table: Table): Promise<Refusal[]> {
    this.applied.push(table);
    return new Promise((resolve) => this.answers.push(resolve));
  }

  async answer(refusals: Refusal[] = []): Promise<void> {
    this.answers.shift()?.(refusals);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the keeper of the table', () => {
  it('sends once what a turn changes, and once what changes while the kernel works', async () => {
    const director = new SlowDirector();
    let tables = 0;
    const keeper = new TableKeeper(
      director,
      () => {
        tables++;
        return new Map();
      },
      () => {},
    );
    void keeper.update();
    void keeper.update();
    await turn();
    expect(director.applied).toHaveLength(1);
    const last = keeper.update();
    void keeper.update();
    await turn();
    expect(director.applied).toHaveLength(1);
    await director.answer();
    expect(director.applied).toHaveLength(2);
    await director.answer();
    await last;
    await keeper.idle();
    expect(tables).toBe(2);
  });

  it('sends nothing more once it is closed, whatever was waiting', async () => {
    const director = new SlowDirector();
    const keeper = new TableKeeper(
      director,
      () => new Map(),
      () => {},
    );
    void keeper.update();
    await turn();
    void keeper.update();
    const closed = keeper.close();
    await director.answer();
    await closed;
    void keeper.update();
    await turn();
    expect(director.applied).toHaveLength(1);
  });

  it('passes on what the kernel refused', async () => {
    const director = new SlowDirector();
    const heard: Refusal[] = [];
    const keeper = new TableKeeper(
      director,
      () => new Map(),
      (r) => heard.push(...r),
    );
    const done = keeper.update();
    await turn();
    const refusal = { service: 'TCP 10.0.0.1:80', words: 'no', error: new Error('no') as never };
    await director.answer([refusal]);
    await done;
    expect(heard).toEqual([refusal]);
  });
});
