/** Under which trace each order was approved last, so that the unit's work goes on in it. Never in the record: a trace proves nothing. */
import { orderStream } from '#libs/domain/order/order.ts';

/** Forgotten beyond that, oldest first; work on those begins a trace of its own. */
const ORDERS_MAX = 10_000;

export class OrderTraces {
  readonly #traces = new Map<string, string>();

  remember(stream: string, traceparent: string | null): void {
    if (traceparent === null) return;
    this.#traces.delete(stream);
    this.#traces.set(stream, traceparent);
    const [oldest] = this.#traces.keys();
    if (this.#traces.size > ORDERS_MAX && oldest !== undefined) this.#traces.delete(oldest);
  }

  /** W3C traceparent; null where none is known. */
  of(order: string): string | null {
    return this.#traces.get(orderStream(order)) ?? null;
  }
}
