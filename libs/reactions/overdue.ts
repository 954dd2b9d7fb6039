/** What stays away: an order taken and not spent by its report time, a review that no officer made. Only a device reports failure. */
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { personalizationDecider, personalizationStream } from '#libs/domain/personalization/personalization.ts';
import { type Seconds, rfc3339Of } from '#libs/kernel/clock.ts';
import { derivedId } from '#libs/kernel/ids.ts';
import { type Alarm, divergenceKey } from '#libs/domain/chip-card/card-log.ts';
import { chipCardDecider, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
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

/** A review that officers owe of a card, and have not said to be overdue: of a suspension or of an alarm. */
export interface OwedReview {
  readonly card: string;
  readonly cardKey: string;
  /** The order that suspended the key. */
  readonly order: string;
  readonly alarm: Alarm | null;
  readonly due: Seconds;
}

/** Each is said once; the id derives from what is owed. */
export function reviewsOverdue(owed: readonly OwedReview[], now: Seconds): readonly Consequence[] {
  return owed
    .filter((one) => now > one.due)
    .map(({ card, cardKey, order, alarm }) => {
      const stream = chipCardStream(card);
      const commandId = derivedId('review-overdue', stream, alarm === null ? order : divergenceKey(alarm));
      const common = { actor: 'reaction:review-overdue', operation: 'mark-overdue', occurredAt: rfc3339Of(now) };
      return {
        ...common,
        stream,
        commandId,
        give: (to) =>
          alarm === null
            ? to(chipCardDecider, { do: 'MarkSuspensionOverdue', cardKey, order })
            : to(chipCardDecider, { do: 'MarkDivergenceOverdue', alarm }),
      };
    });
}
