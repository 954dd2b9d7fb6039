/** Whoever owns server, database, dashboard, unit and laptop: thousands of attempts, no signature of the card. */
import { expect, test } from '@jest/globals';
import { attack } from '#apps/keyledger/src/verbs/attack.ts';
import { fourEyes } from '#module-emulator/adversary/four-eyes.ts';
import { heard } from '#test/journeys/story-record.ts';

const COUNT = process.env.KEYLEDGER_SCALE === 'full' ? 100_000 : 2000;

test(
  `S31b ${COUNT} attempts without two persons get no signature of a card, and what is meant to fall was announced`,
  async () => {
    const { terminal, data } = heard(true);
    expect(await attack({ name: 'four-eyes', count: COUNT, json: true }, terminal)).toBe(0);
    expect(data.at(-1)).toMatchObject({ attackers: fourEyes.length, obtained: 0, signatures: 0 });
    const tried = data.flatMap((one) => ('obtained' in one && 'attempts' in one ? [Number(one.attempts)] : []));
    expect(tried.at(-1)).toBeGreaterThanOrEqual(COUNT);
    for (const one of data) if ('falls' in one) expect(one).toMatchObject({ falls: true });
  },
  30 * COUNT + 60_000,
);
