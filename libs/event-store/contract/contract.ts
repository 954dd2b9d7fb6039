/** The one suite that every adapter keeps: 44 numbered promises of the port, and a table of which engine shows which. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendPoints } from './append-points.ts';
import { behavesAsTheModel } from './as-the-model.ts';
import { followPoints } from './follow-points.ts';
import type { Harness, Point } from './harness.ts';
import { keepPoints } from './keep-points.ts';
import { readPoints } from './read-points.ts';

const POINTS: readonly Point[] = [...appendPoints, ...readPoints, ...followPoints, ...keepPoints];
const POINTS_MAX = 44;

/** The same on every engine; each makes so many random uses of five to forty steps. */
const SEEDS = [11, 12, 13];
const USES = process.env['KEYLEDGER_SCALE'] === 'full' ? 200 : 8;

type Mark = '+' | '!' | '-' | ' ';

/** Runs the suite against every engine; each test has a new log of its own. The table is printed when all have run. */
export function keepTheContract(engines: Readonly<Record<string, Harness>>): void {
  const marks = new Map<string, Mark[]>();
  test('the contract has 44 points, each once, in their order', () => {
    expect(POINTS.map(({ no }) => no)).toEqual(Array.from({ length: POINTS_MAX }, (_, index) => index + 1));
  });
  for (const [name, harness] of Object.entries(engines)) {
    const mine: Mark[] = [];
    marks.set(name, mine);
    describe(`${name} keeps the contract of the event store`, () => {
      const missing = harness.missing ?? null;
      beforeAll(async () => (missing === null ? harness.begin?.() : undefined), 60_000);
      afterAll(async () => (missing === null ? harness.end?.() : undefined), 60_000);
      for (const point of POINTS) {
        const title = `${point.no} ${point.title}`;
        const reason = missing ?? reasonOf(harness, point);
        mine[point.no] = reason === null ? ' ' : '-';
        if (reason !== null) test.skip(`${title} (${reason})`, () => undefined);
        else
          test(
            title,
            async () => {
              mine[point.no] = '!';
              await held(harness, point);
              mine[point.no] = '+';
            },
            point.timeoutMs,
          );
      }
      for (const seed of SEEDS) {
        const title = `behaves as the memory engine under random use, seed ${seed}`;
        if (missing !== null) test.skip(`${title} (${missing})`, () => undefined);
        else test(title, () => behavesAsTheModel(harness, seed, harness.uses ?? USES), 150_000);
      }
    });
  }
  afterAll(() => {
    process.stderr.write(`${tableOf(marks)}\n${reasonsOf(engines)}\n`);
  });
}

function reasonOf(harness: Harness, point: Point): string | null {
  return point.needs === undefined ? null : (harness.lacks[point.needs] ?? null);
}

async function held(harness: Harness, point: Point): Promise<void> {
  const opened = await harness.open();
  try {
    await point.holds({ ...opened, ...(harness.breaks === undefined ? {} : { breaks: harness.breaks }) });
  } finally {
    await opened.dispose();
  }
}

/** Engines down, points across: `+` held, `!` did not, `-` left out with a reason. */
function tableOf(marks: ReadonlyMap<string, readonly Mark[]>): string {
  const numbers = POINTS.map(({ no }) => String(no).padStart(2));
  const row = (name: string, cells: readonly string[]) => `  ${name.padEnd(11)}${cells.join(' ')}`;
  const rows = [...marks].map(([name, mine]) =>
    row(
      name,
      POINTS.map(({ no }) => ` ${mine[no] ?? '!'}`),
    ),
  );
  return [row('', numbers), ...rows].join('\n');
}

function reasonsOf(engines: Readonly<Record<string, Harness>>): string {
  const lines = Object.entries(engines).flatMap(([name, harness]) => {
    if (harness.missing != null) return [`  ${name} was left out: ${harness.missing}`];
    return Object.entries(harness.lacks).map(([need, reason]) => {
      const points = POINTS.filter((point) => point.needs === need).map(({ no }) => no);
      return `  ${name} - ${points.join(' ')}, which need ${need}: ${reason}`;
    });
  });
  return lines.join('\n');
}
