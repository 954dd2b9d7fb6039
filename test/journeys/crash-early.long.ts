import { survivesEveryCrash } from './crash-every-step.ts';

survivesEveryCrash({ from: 1, to: 17 });
