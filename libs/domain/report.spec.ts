import { describe, expect, test } from '@jest/globals';
import { type Fact, fold } from '#libs/kernel/decider.ts';
import { never, refuse } from '#libs/kernel/refusal.ts';
import { type Report, judged, reporting } from './report.ts';

type Door = Fact<'DoorOpened', { readonly by: string }> | Fact<'DoorLocked', Record<string, never>>;
type Opened = Extract<Door, { type: 'DoorOpened' }>;

const door = reporting<readonly string[], Report<Opened>, Door>(['DoorOpened'], {
  initial: [],
  decide: ({ fact, contest }) => judged(fact, contest),
  evolve: (state, event) => {
    switch (event.type) {
      case 'DoorOpened':
        return [...state, event.data.by];
      case 'DoorLocked':
        return [...state, 'locked'];
      default:
        return never(event);
    }
  },
});
const opened: Opened = { type: 'DoorOpened', data: { by: 'ana' } };

describe('a report', () => {
  test('is recorded and accepted', () => {
    expect(door.decide({ do: 'Report', fact: opened, contest: null }, door.initial)).toEqual([
      opened,
      { type: 'ReportAccepted', data: { fact: 'DoorOpened' } },
    ]);
  });

  test('is recorded although it is contested', () => {
    const contest = refuse('BAD_SIGNATURE', 'The signature does not hold.');
    expect(door.decide({ do: 'Report', fact: opened, contest }, door.initial)).toEqual([
      opened,
      {
        type: 'ReportContested',
        data: { fact: 'DoorOpened', code: 'BAD_SIGNATURE', message: 'The signature does not hold.' },
      },
    ]);
  });

  test('moves its room only by the judgement that accepts it', () => {
    expect(fold(door, [opened]).room).toEqual([]);
    expect(fold(door, judged(opened, null))).toEqual({ room: ['ana'], unjudged: null, contested: 0 });
    expect(fold(door, judged(opened, refuse('NO', 'No.')))).toEqual({ room: [], unjudged: null, contested: 1 });
  });

  test('leaves facts that nobody reports as they are', () => {
    expect(fold(door, [{ type: 'DoorLocked', data: {} }]).room).toEqual(['locked']);
  });

  test('a judgement without a fact is a defect', () => {
    expect(() => fold(door, [{ type: 'ReportAccepted', data: { fact: 'DoorOpened' } }])).toThrow('without the fact');
  });
});
