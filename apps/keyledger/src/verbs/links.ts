/** `keyledger links`: fresh links into the dashboard for the people of a demo that serves. */
import { Command } from 'commander';
import { Complaint } from '../config.ts';
import { demoLinks, linkLines } from '../demo/links.ts';
import { placesIn } from '../demo/places.ts';
import { servingAt } from '../demo/running.ts';
import { type OnFolder, folderOf, runs } from '../verb.ts';

export function linksVerb(): Command {
  return new Command('links')
    .description('print a link into the dashboard for each person of a demo that serves; each is a session of an hour')
    .option('--data <folder>', 'data folder; else KEYLEDGER_DATA, else ./data')
    .action(
      runs(async (options: OnFolder, { environment, terminal }) => {
        const folder = folderOf(options, environment);
        const serving = servingAt(placesIn(folder));
        if (serving === null) throw new Complaint('NOT_SERVING', `Nothing serves ${folder}; npm start does.`);
        const shown = serving.url.replace('127.0.0.1', 'localhost');
        for (const line of linkLines(await demoLinks({ folder, url: serving.url, shown }))) terminal.line(line);
        return 0;
      }),
    );
}
