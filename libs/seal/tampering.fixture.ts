/** What an intruder does to the event table by hand, as SQL. */

/** Moves the rows from a position on up, or those behind it down by one: makes room, or closes a gap. */
export const SHIFT = (from: number, by: number) =>
  by > 0
    ? [
        `UPDATE events SET position = -position - ${by} WHERE position >= ${from}`,
        'UPDATE events SET position = -position WHERE position < 0',
      ]
    : [`UPDATE events SET position = position - 1 WHERE position > ${from}`];

/** Lets two rows change places. */
export const SWAP = (a: number, b: number) => [
  `UPDATE events SET position = 99 WHERE position = ${a}`,
  `UPDATE events SET position = ${a} WHERE position = ${b}`,
  `UPDATE events SET position = ${b} WHERE position = 99`,
];

/** Puts a copy of a row at another position, with other stream, revision and id. */
export const COPY = (from: number, to: number, columns: string) =>
  `INSERT INTO events SELECT ${to}, ${columns}, type, schema_version, occurred_at, recorded_at, salt, data, metadata, entry FROM events WHERE position = ${from}`;
