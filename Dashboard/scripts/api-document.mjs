// Writes api/query.json: the document of the Query API as built, from which the page's types are made.
// dotnet build first; neither database nor broker is needed. Usage: npm run api
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// It starts with no secrets that could be guessed, also where they open nothing.
const secret = () => randomBytes(24).toString('hex');

const root = fileURLToPath(new URL('../..', import.meta.url));
const service = spawn('dotnet', [`${root}artifacts/bin/Query.Api/release/Query.Api.dll`], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    ASPNETCORE_URLS: 'http://127.0.0.1:0',
    ASPNETCORE_ENVIRONMENT: 'Production',
    ConnectionStrings__MySql: `mysql://nobody:${secret()}@127.0.0.1:1/nowhere`,
    ConnectionStrings__RabbitMq: `amqp://nobody:${secret()}@127.0.0.1:1/`,
    Access__AdminKeys__0: secret(),
  },
});

const address = new Promise((resolve, reject) => {
  let output = '';
  service.stdout.on('data', chunk => {
    output += chunk;
    const match = /Now listening on: (\S+)/.exec(output);
    if (match) resolve(match[1]);
  });
  service.once('exit', code => reject(new Error(`Query.Api ended (exit code ${code}):\n${output}`)));
});

try {
  const answer = await fetch(`${await address}/openapi/v1.json`);
  if (!answer.ok) throw new Error(`The document was answered with ${answer.status}`);
  await writeFile(`${root}Dashboard/api/query.json`, JSON.stringify(await answer.json(), null, 1) + '\n');
} finally {
  service.kill();
}
