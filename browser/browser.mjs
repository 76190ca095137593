// What all scripts share: Chromium, axe, and what must hold on every page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A desktop, a phone, and the narrowest page of WCAG 1.4.10.
export const NARROWEST = 320;
export const WIDTHS = [1280, 375, NARROWEST];

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });

export class Faults {
  constructor() {
    this.all = [];
    this.pages = 0;
    this.axe = 0;
  }

  // Everything that must hold on a page: nothing for axe, no sideways scrolling, one first heading.
  // Where a page is looked at once more, only narrower, axe has said all that it knows.
  async look(page, name, asksAxe = true) {
    this.pages += 1;
    // The header folds its menu once its script has run.
    await page.waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, null, { timeout: 2000 }).catch(() => {});
    const found = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      headings: document.querySelectorAll('h1').length,
      targets: [...document.querySelectorAll('main button, main input[type=radio] + label')]
        .map((it) => it.getBoundingClientRect())
        .filter((it) => it.width > 0 && it.height < 24).length,
    }));
    if (found.wide > 0) this.add(name, `is ${found.wide} pixels too wide`);
    if (found.headings !== 1) this.add(name, `has ${found.headings} first headings`);
    if (found.targets > 0) this.add(name, `${found.targets} targets are lower than 24 pixels`);
    if (asksAxe) await this.accessible(page, name);
  }

  async accessible(page, name) {
    // Run apart from the page, whose content security policy lets no other script in.
    const session = await page.context().newCDPSession(page);
    const world = await session.send('Page.createIsolatedWorld', {
      frameId: (await session.send('Page.getFrameTree')).frameTree.frame.id,
      worldName: 'axe',
    });
    const evaluate = async (expression, awaitPromise) => {
      const answer = await session.send('Runtime.evaluate', {
        expression, awaitPromise, returnByValue: true, contextId: world.executionContextId,
      });
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
      return answer.result.value;
    };
    await evaluate(`${axe};0`, false);
    const rules = `{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }`;
    const found = await evaluate(`axe.run(document, ${rules}).then((it) => it.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)) })))`, true);
    this.axe += 1;
    for (const it of found) this.add(name, `axe ${it.id}: ${it.help}\n      ${it.nodes.join('\n      ')}`);
    await session.detach();
  }

  add(name, what) {
    this.all.push(`${name}: ${what}`);
  }

  expect(holds, name, what) {
    if (!holds) this.add(name, what);
  }

  end(sentence) {
    for (const it of this.all) console.error(it);
    if (this.all.length > 0) {
      console.error(`${this.all.length} faults`);
      process.exit(1);
    }
    console.log(sentence);
  }
}
