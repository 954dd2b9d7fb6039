import { survivesEveryCrash } from './crash-every-step.ts';

survivesEveryCrash({ from: 18, to: 32 });
