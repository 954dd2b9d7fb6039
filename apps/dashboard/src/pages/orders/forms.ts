/** The table of forms: the type asks for one row for every kind of order that this page has words for. */
import type { Kind } from '../../words/order-words.ts';
import { DEVICE_FORMS } from './device-forms.ts';
import type { OrderForm } from './form.ts';
import { PEOPLE_FORMS } from './people-forms.ts';

export const FORMS: { readonly [K in Kind]: OrderForm } = { ...DEVICE_FORMS, ...PEOPLE_FORMS };

/** In the order of the table. */
export const KINDS = Object.keys(FORMS) as readonly Kind[];
