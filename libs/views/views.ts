/** Every view there is. */
import { eventView } from './event/event.ts';
import { orderView } from './order/order.ts';
import type { View } from './view.ts';

export const VIEWS: readonly View[] = [eventView, orderView];
