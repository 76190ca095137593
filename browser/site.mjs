// A site that is walked: people who sign in, pages that are looked at and kept as pictures.
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Faults, launch } from './browser.mjs';

// Pictures are for people: nothing is checked by them, and a long page takes a second.
const PICTURES = process.env.CONCORD_PICTURES !== 'no';
const PASSWORD = 'for-the-demonstration';
const STEP_SECONDS = 30;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

// References of patients and events, as the dataset writes them.
export const REFERENCE = /\b[0-9a-v]{26}\b/;

// The code of RFC 6238 that an authenticator app shows in a step of 30 seconds.
function codeOf(key, step) {
  const bits = [...key].map((it) => ALPHABET.indexOf(it).toString(2).padStart(5, '0')).join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((it) => parseInt(it, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const place = digest[digest.length - 1] & 15;
  return ((digest.readUInt32BE(place) & 0x7fffffff) % 1_000_000).toString().padStart(6, '0');
}

export class Site {
  static async at(address, shots) {
    const site = new Site();
    site.address = address;
    site.shots = shots;
    site.faults = new Faults();
    site.journeys = 0;
    site.signIns = [];
    // Who signed in before goes on in that session: only a few sign-ins from one address are taken.
    site.sessions = new Map();
    // Keys of second factors by person, and the last step whose code was shown: each works once.
    site.keys = new Map();
    mkdirSync(shots, { recursive: true });
    site.browser = await launch();
    return site;
  }

  expect(holds, name, what) {
    this.faults.expect(holds, name, what);
  }

  async visitor(width, options = {}) {
    const context = await this.browser.newContext({ viewport: { width, height: 900 }, ...options });
    // A machine that does other things too may take long over the picture of a long page.
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    page.on('pageerror', (it) => this.faults.add(page.url(), `script: ${it.message}`));
    page.on('console', (it) => {
      if (it.type() === 'error' && !it.text().includes('status of 4')) this.faults.add(page.url(), `console: ${it.text()}`);
    });
    return page;
  }

  // The site takes fifty sign-ins from one address in five minutes: the walk waits for its turn.
  async turn() {
    const recent = () => this.signIns.filter((it) => Date.now() - it < 305_000);
    while (recent().length >= 45) await new Promise((done) => setTimeout(done, 1000));
    this.signIns.push(Date.now());
  }

  async signIn(page, who) {
    if (await this.goesOn(page, who)) return;
    await this.turn();
    await page.goto(`${this.address}/sign-in`);
    await page.fill('#email', `${who}@ashbourne.example`);
    await page.fill('#password', PASSWORD);
    await page.click('main form button');
    await page.waitForURL((it) => it.pathname !== '/sign-in');
    if (new URL(page.url()).pathname === '/sign-in/code') await this.showCode(page, who);
    this.sessions.set(who, await page.context().cookies());
  }

  // Whether somebody who signed in before is still let in.
  async goesOn(page, who) {
    if (!this.sessions.has(who)) return false;
    await page.context().addCookies(this.sessions.get(who));
    await page.goto(`${this.address}/`);
    return new URL(page.url()).pathname !== '/sign-in';
  }

  // Types what an authenticator app would show, and sets it up where the page asks for that.
  async showCode(page, who) {
    const shown = await page.$('main p strong.concord-code');
    if (shown) {
      await this.faults.look(page, 'set up a second factor');
      this.keys.set(who, { key: (await shown.innerText()).replaceAll(' ', ''), last: 0 });
      await page.fill('#code', '12345');
      await page.click('main form button');
      this.expect(await page.isVisible('.nhsuk-error-summary'), 'second factor', 'takes five digits');
    }
    const factor = this.keys.get(who);
    const now = () => Math.floor(Date.now() / 1000 / STEP_SECONDS);
    const step = Math.max(now(), factor.last + 1);
    // The site takes the code of the next step too, for clocks that differ, but of none later.
    while (step > now() + 1) await page.waitForTimeout(1000);
    factor.last = step;
    await page.fill('#code', codeOf(factor.key, step));
    await page.click('main form button');
    await page.waitForURL((it) => !it.pathname.startsWith('/sign-in'));
  }

  menu(page) {
    return page.$$eval('.nhsuk-header__navigation-link[href]', (all) => all.map((it) => it.getAttribute('href')));
  }

  // Opens a page, looks at it and keeps its picture.
  async see(page, path, name) {
    const response = await page.goto(`${this.address}${path}`);
    await this.look(page, name);
    return response.status();
  }

  // Looks at the page that is open and keeps its picture.
  async look(page, name) {
    const width = page.viewportSize().width;
    await this.faults.look(page, `${name} (${new URL(page.url()).pathname}) at ${width}`);
    if (PICTURES) await page.screenshot({ path: `${this.shots}/${name}-${width}.png`, fullPage: true });
  }

  // Looks at a form that was sent with something wrong: it comes back and says what.
  async refused(page, name) {
    this.expect(await page.isVisible('.nhsuk-error-summary'), name, 'says nothing of what is wrong');
    await this.faults.look(page, name);
  }

  // Whether the main part of the open page says all of these, in this order; spaces count alike.
  async says(page, name, ...texts) {
    const plain = (it) => it.replaceAll(/\s+/g, ' ');
    let rest = plain(await page.innerText('main'));
    for (const text of texts) {
      const place = rest.indexOf(plain(text));
      this.expect(place >= 0, name, `does not say \`${text}\` where it should`);
      if (place >= 0) rest = rest.slice(place + plain(text).length);
    }
  }

  async journey(name, walk) {
    this.journeys += 1;
    try {
      await walk();
    } catch (error) {
      this.faults.add(name, `${error.message.split('\n').slice(0, 3).join(' ')}`);
    }
  }

  async end(sentence) {
    await this.browser.close();
    this.faults.end(sentence);
  }
}
