/** Every view there is. */
import { certificateView } from './certificate/certificate.ts';
import { chipCardView } from './chip-card/chip-card.ts';
import { enforcementView } from './numbers/enforcement.ts';
import { tallyView } from './numbers/tally.ts';
import { personalizationView } from './personalization/personalization.ts';
import { eventView } from './event/event.ts';
import { keyView } from './key/key.ts';
import { operatorView } from './operator/operator.ts';
import { orderView } from './order/order.ts';
import { securityModuleView } from './security-module/security-module.ts';
import { sessionView } from './session/session.ts';
import { stationView } from './station/station.ts';
import { trustListView } from './trust-list/trust-list.ts';
import { unitView } from './unit/unit.ts';
import type { View } from './view.ts';

export const VIEWS: readonly View[] = [
  eventView,
  orderView,
  operatorView,
  unitView,
  chipCardView,
  keyView,
  securityModuleView,
  certificateView,
  stationView,
  trustListView,
  sessionView,
  personalizationView,
  enforcementView,
  tallyView,
];
