// Writes src/api/definitions.json: what the API's document says each statistic is. Part of npm run types.
import { readFile, writeFile } from 'node:fs/promises';

const at = name => new URL(`../${name}`, import.meta.url);
const { components } = JSON.parse(await readFile(at('api/query.json'), 'utf8'));
const statistics = Object.entries(components.schemas.BatchStatistics.properties);
const definitions = Object.fromEntries(statistics.map(([name, { description, oneOf }]) => [name, description ?? oneOf?.find(one => one.description)?.description ?? '']));
await writeFile(at('src/api/definitions.json'), JSON.stringify(definitions, null, 1) + '\n');
