/** Personalization units: enrolled or withdrawn, and the module that each is attached to. */
import type { UnitEvent } from '#libs/domain/unit/unit.ts';
import { thumbprint } from '#libs/kernel/hash.ts';
import { type Row, begun, behind, viewOf } from '../view.ts';

export interface UnitRow extends Row {
  readonly id: string;
  readonly since: number;
  readonly state: 'enrolled' | 'withdrawn';
  readonly credential: string;
  readonly orderId: string;
  readonly lineOrder: string | null;
  readonly lineSerial: string | null;
  readonly lineLink: string | null;
  readonly technician: string | null;
  /** How often it was attached. */
  readonly lines: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly position: string;
}

const NO_LINE = { lineOrder: null, lineSerial: null, lineLink: null, technician: null } as const;

export const unitView = viewOf<UnitRow, UnitEvent>({
  name: 'unit',
  columns: [
    'id',
    'since',
    'state',
    'credential',
    'orderId',
    'lineOrder',
    'lineSerial',
    'lineLink',
    'technician',
    'lines',
    'firstAt',
    'lastAt',
    'position',
  ],
  types: ['UnitEnrolled', 'UnitWithdrawn', 'LineAttached', 'LineDetached'],
  keysOf: (_fact, { stream }) => [behind('unit-', stream)],
  apply: (row, moved) => {
    const { fact, at } = moved;
    if (fact.type === 'UnitEnrolled') {
      const { credential, order } = fact.data;
      const enrolled = { state: 'enrolled', credential: thumbprint(credential), orderId: order } as const;
      return { ...begun(moved), ...enrolled, ...NO_LINE, lines: 0 };
    }
    if (row === null) return null;
    switch (fact.type) {
      case 'UnitWithdrawn':
        return { ...row, state: 'withdrawn', ...NO_LINE, ...at };
      case 'LineAttached': {
        const { order, serial, link, technician } = fact.data;
        const line = { lineOrder: order, lineSerial: serial, lineLink: link, technician };
        return { ...row, ...line, lines: row.lines + 1, ...at };
      }
      case 'LineDetached':
        return { ...row, ...NO_LINE, ...at };
      default:
        return row;
    }
  },
});
