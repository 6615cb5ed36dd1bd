import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** This package as it would be published, in a file of `folder`. */
export async function packPackage(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  return join(folder, stdout.trim());
}

/** An npm registry on a socket that holds one package: its document ("packument") and its tarball. */
export async function serveNpm(options: {
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
  /** Programs of the package by name, for `npx`. */
  readonly bin?: Readonly<Record<string, string>>;
}): Promise<{ readonly url: string; close(): void }> {
  const { name, version, tarball, bin } = options;
  const bytes = await readFile(tarball);
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (request.url === `/${name}`) {
      const dist = {
        tarball: `http://127.0.0.1:${port}/${name}.tgz`,
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
        shasum: createHash('sha1').update(bytes).digest('hex'),
      };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name,
          'dist-tags': { latest: version },
          versions: { [version]: { name, version, dist, bin } },
        }),
      );
    } else if (request.url === `/${name}.tgz`) response.end(bytes);
    else response.writeHead(404).end('{"error":"not found"}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}
