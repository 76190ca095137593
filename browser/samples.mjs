// Looks at every template with its sample values, at every width.
import { createServer } from 'node:http';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Faults, NARROWEST, WIDTHS, launch } from './browser.mjs';

const folder = process.argv[2];
const KINDS = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml', html: 'text/html; charset=utf-8' };
const server = createServer((request, response) => {
  const path = join(folder, decodeURIComponent(new URL(request.url, 'http://x').pathname));
  if (!existsSync(path)) { response.writeHead(404).end(); return; }
  response.writeHead(200, { 'content-type': KINDS[path.split('.').pop()] ?? 'application/octet-stream' });
  response.end(readFileSync(path));
}).listen(0);
const address = `http://127.0.0.1:${server.address().port}`;

const faults = new Faults();
const browser = await launch();
const names = readdirSync(folder).filter((it) => it.endsWith('.html')).sort();
const page = await (await browser.newContext()).newPage();
for (const name of names) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    // From 375 pixels down a page is laid out alike: it is only made narrower, and only its width is
    // still in question.
    if (width !== NARROWEST) await page.goto(`${address}/${name}`);
    await faults.look(page, `${name} at ${width}`, width !== NARROWEST);
  }
}
await browser.close();
server.close();
faults.end(`${names.length} sample pages seen at ${WIDTHS.length} widths, axe found nothing`);
