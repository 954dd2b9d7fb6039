/** What stays away: an order taken and not spent by its report time is overdue. Only a device reports failure. */
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { personalizationDecider, personalizationStream } from '#libs/domain/personalization/personalization.ts';
import { type Seconds, rfc3339Of } from '#libs/kernel/clock.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import type { Consequence } from './reaction.ts';

/** A serial that a unit took under an order and has not spent. */
export interface Owed {
  readonly order: string;
  readonly serial: string;
  readonly reportBy: Seconds;
}

/** Both streams say it, once; the ids derive from order and serial. */
export function overdueOf(owed: readonly Owed[], now: Seconds): readonly Consequence[] {
  return owed
    .filter((one) => now > one.reportBy)
    .flatMap(({ order, serial }) => {
      const common = { actor: 'reaction:overdue', operation: 'mark-overdue', occurredAt: rfc3339Of(now) };
      const id = (stream: string) => derivedId('overdue', order, serial, stream);
      const [ofOrder, ofRun] = [orderStream(order), personalizationStream(order, serial)];
      return [
        {
          ...common,
          stream: ofOrder,
          commandId: id(ofOrder),
          give: (to) => to(orderDecider, { do: 'MarkOverdue', serial, now }),
        },
        {
          ...common,
          stream: ofRun,
          commandId: id(ofRun),
          give: (to) => to(personalizationDecider, { do: 'MarkOverdue', at: rfc3339Of(now) }),
        },
      ] satisfies Consequence[];
    });
}
