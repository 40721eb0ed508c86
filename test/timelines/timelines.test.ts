import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Timeline } from '#test/support/timeline.js';
import { cells } from '#vrrp/core/machine.js';

const { visited } = vi.hoisted(() => ({ visited: new Set<string>() }));

// Notes which cells of the table of states and inputs are visited; changes nothing.
vi.mock('#vrrp/core/machine.js', async (original) => {
  const real = await original<typeof import('#vrrp/core/machine.js')>();
  const step: typeof real.step = (vr, input, now) => {
    visited.add(`${vr.state} ${input.kind}`);
    return real.step(vr, input, now);
  };
  return { ...real, step };
});

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));

/** Cells that the world never asks for; they are there because every state answers every input. */
const UNREACHABLE = [
  'INIT deadline', // has no deadline
  'INIT advert', // `receive` is silent in INIT and FAULT
  'INIT address-lost', // only a MASTER can lose one, here and below
  'INIT recover', // starts in the turn that made it, here and in the next two
  'INIT reload',
  'INIT stop',
  'INIT lead', // a group that has not started does not order, here and below
  'INIT yield',
  'INIT suspend',
  'INIT reannounce',
  'BACKUP start',
  'BACKUP recover', // has no faults
  'BACKUP address-lost',
  'BACKUP reannounce', // a claim is heard by a master, and then all are
  'MASTER lead',
  'MASTER start',
  'MASTER recover',
  'FAULT reannounce',
  'FAULT start',
  'FAULT deadline',
  'FAULT advert',
  'FAULT address-lost',
];

describe('timelines', () => {
  it.each(files)('%s', async (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    await expect(new Timeline().play(text)).toMatchFileSnapshot(join(folder, file));
  });

  it('visit every cell of the table that can be reached', () => {
    const missed = cells.filter((cell) => !visited.has(cell));
    expect(missed.toSorted()).toEqual(UNREACHABLE.toSorted());
  });
});
