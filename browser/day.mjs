// The costing team's day: a month with planted faults, from its files to a run that two people
// published; then the same site as a board member and as nobody.
import { readFileSync } from 'node:fs';
import { REFERENCE, Site } from './site.mjs';

const [address, folder, trust] = process.argv.slice(2);
const YEAR = '2025-26';
const site = await Site.at(address, `${folder}/screens`);

const rows = (path) => {
  const [head, ...lines] = readFileSync(`${trust}/${path}`, 'latin1').trim().split('\n').map((it) => it.split(','));
  return lines.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]])));
};
const pence = (text) => Math.round(Number(text) * 100);
const pounds = (value) => `£${(value / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })}`;
const sum = (all) => all.reduce((before, it) => before + it, 0);

// What the demonstration says that it planted, in the month as it was sent and in the mended one.
const planted = (month) => {
  const of = rows('month_12/planted.csv').filter((it) => it.FOLDER === `month_12/${month}`);
  return Object.fromEntries(of.map((it) => [it.CODE, { rows: Number(it.ROWS), pence: pence(it.POUNDS) }]));
};
const files = (month) =>
  ['trial_balance', 'control_total', 'devices', 'critical_care'].map((it) => `${trust}/month_12/${month}/${it}.csv`);
// Ledger lines that no rule of the model took before this month.
const before = sum(rows(`${YEAR}/ledger/trial_balance.csv`).filter((it) => it['COST CENTRE'] === '999000').map((it) => pence(it.AMOUNT)));

// Addresses of the walk, to be asked for by those who may not see them.
const walked = new Set();
let load;
let run;
let patient;

// The title with plain spaces.
const title = async (page) => (await page.title()).replaceAll(/\s+/g, ' ');
async function accountant(width) {
  const page = await site.visitor(width);
  page.on('framenavigated', (frame) => walked.add(new URL(frame.url()).pathname));
  await site.signIn(page, 'priya.raman');
  return page;
}
// One session at the desk for the whole day, since each code of a second factor works once.
const page = await accountant(1280);

// Chooses files in the form and waits until they are checked.
async function bring(page, month, label) {
  await page.fill('#label', label);
  await page.setInputFiles('#files', files(month));
  await page.click('text=Load and check the files');
  await site.look(page, `day-load-${month}-under-way`);
  await page.waitForSelector('#decide', { timeout: 120_000 });
  await site.look(page, `day-load-${month}`);
  return new URL(page.url()).pathname;
}

// Starts a costing from the page that is open, watches it to its end and opens its run.
async function cost(page) {
  await page.click('button:has-text("Start the costing")');
  await site.look(page, 'day-costing-under-way');
  await page.waitForSelector('main a.nhsuk-button[href^="/runs/"]', { timeout: 240_000 });
  await site.look(page, 'day-costing-done');
  await page.click('main a.nhsuk-button[href^="/runs/"]');
  return new URL(page.url()).pathname;
}

// The amount of a residual in the table of the run that is open.
const residual = async (page, name) =>
  (await page.innerText(`main tr:has(a[href$="/residuals/${name}"]) td.nhsuk-table__cell--numeric >> nth=0`)).trim();

await site.journey('a month with faults is loaded, understood and rejected', async () => {
  await page.goto(address);
  await page.click('main a:has-text("Data loads")');
  await site.look(page, 'day-loads');
  await page.click('text=Load files');
  await page.click('text=Load and check the files');
  site.expect(await page.isVisible('.nhsuk-error-summary'), 'new load', 'is taken without a file');
  await site.look(page, 'day-load-without-files');
  load = await bring(page, 'as_sent', 'Month 12');

  const fault = planted('as_sent');
  const quarantined = pounds(fault.E1.pence + fault.C4.pence);
  site.expect((await title(page)).startsWith('Month 12 cannot be accepted: 2 findings forbid it'), 'load', await title(page));
  for (const what of ['it counts once', 'Mend the date at its source.']) await page.click(`summary:has-text("${what}")`);
  await site.says(
    page, 'the month as it was sent',
    'What to do next',
    'Extract ledger and control total again, at the same moment.', `Stops the load ${pounds(fault.F1.pence)}`,
    `a difference of ${pounds(fault.F1.pence)}`, 'ledger/control_total.csv (F1)',
    'Leave it out of the extract, or name it under `drop`.', 'Stops the load', 'PATIENT NAME', 'feeds/critical_care.csv, line 1',
    'Mend the rows or have a named person accept them.', 'Needs a decision',
    `${fault.E1.rows + fault.C4.rows} of`, 'rows are quarantined', 'feeds/devices.csv', quarantined,
    'Look at these; nothing waits for them',
    'it counts once', pounds(fault.E1.pence), 'The row is there twice', 'feeds/devices.csv, line',
    'Mend the date at its source.', `${fault.C4.rows} rows, ${pounds(fault.C4.pence)}`,
    '2026-02-31` is not in the calendar', 'feeds/devices.csv, line',
    'Files of the year, those that changed first',
  );
  site.expect(!(await page.isVisible('text=Accept: costings use')), 'load', 'can be accepted though findings forbid it');

  await page.click('text=Go to the decision');
  await page.click('text=Save the decision');
  site.expect(await page.isVisible('.nhsuk-error-summary'), 'load', 'is decided on without a reason');
  await site.look(page, 'day-load-without-reason');
  await page.check('text=Reject: costings go on');
  await page.fill('#reason', 'Ledger and control total were taken at different times, and intensive care sent names.');
  await page.click('text=Save the decision');
  site.expect((await title(page)).includes('Month 12 was rejected'), 'load', await title(page));
  await site.look(page, 'day-load-rejected');
  await page.click('text=Load the mended files');
});

await site.journey('the mended month is accepted', async () => {
  await page.goto(`${address}/loads/new`);
  load = await bring(page, 'mended', 'Month 12, mended');
  const fault = planted('mended');
  site.expect((await title(page)).includes('can be accepted, with 3 findings to decide on'), 'load', await title(page));
  await site.says(
    page, 'the mended month', `${fault.E1.rows + fault.C4.rows} of`, 'rows are quarantined',
    pounds(fault.E1.pence + fault.C4.pence), 'Mend the date at its source.', pounds(fault.C4.pence),
  );
  await page.check('text=Accept: costings use');
  await page.fill('#reason', 'Devices are known to be short this month; theatres mend them by the next one.');
  await page.click('text=Save the decision');
  site.expect((await title(page)).includes('was accepted'), 'load', await title(page));
  await site.look(page, 'day-load-accepted');
  await page.click('main a:has-text("Start a costing")');
  await site.look(page, 'day-start');
  run = await cost(page);
  const open = before + fault.F4.pence;
  site.expect((await title(page)).includes('a decision'), run, await title(page));
  await site.says(page, 'run', 'Not mapped by any rule', 'Add a rule to mapping.csv', 'Needs a decision');
  const shown = await residual(page, 'UNMAPPED');
  site.expect(shown === pounds(open), run, `shows ${shown} without a rule, not ${pounds(open)}`);
  await page.click('main a[href$="/residuals/UNMAPPED"]');
  await site.says(page, 'the residual', pounds(open), 'Virtual ward');
  await site.look(page, 'day-residual');
  await page.click('main a:has-text("Add a rule for them")');
});

await site.journey('a new cost centre is mapped', async () => {
  site.expect((await title(page)).startsWith('3 places in the ledger have no mapping rule'), 'mapping', await title(page));
  await site.says(page, 'mapping', 'Without a rule', '389900 Virtual ward', '£38,400.00', '£2,150.00');
  await site.look(page, 'day-mapping');
  await page.click('a:has-text("Add a rule for 389900, account 521000")');
  await page.fill('#sequence', '2005');
  await page.fill('#cost_centre', '3899*');
  await page.fill('#account', '*');
  await page.fill('#cost_line-1', 'NUR-W05');
  await page.fill('#percentage-1', '60');
  await page.fill('#cost_line-2', 'NUR-W06');
  await page.fill('#percentage-2', '30');
  await page.fill('#effective_from', '2025-04-01');
  await page.selectOption('#source', 'x-demo');
  await page.click('text=Save as a new version');
  site.expect(await page.isVisible('.nhsuk-error-summary'), 'rule', 'is saved without a reason and with 90 percent');
  await site.says(page, 'rule', 'There is a problem', '90', 'Say why the rule is changed');
  await site.look(page, 'day-rule-with-errors');
  site.expect((await page.inputValue('#cost_line-2')) === 'NUR-W06', 'rule', 'forgets what was typed');
  await page.fill('#percentage-2', '40');
  await page.fill('#reason', 'The virtual ward is staffed by elderly medicine north and south.');
  await page.check('text=Keep it as a draft');
  await page.click('text=Save as a new version');
  await site.look(page, 'day-versions');
  await site.says(page, 'versions', 'Draft', 'The virtual ward is staffed by elderly medicine', 'Priya Raman');
  await page.click('main table tbody tr:first-child a');
  await site.says(page, 'version', 'Priya Raman', 'The virtual ward', 'NUR-W05', 'NUR-W06');
  await site.look(page, 'day-version');
  await page.click('button:has-text("in force")');
  await site.look(page, 'day-version-in-force');
  await page.goto(`${address}/mapping`);
  await site.says(page, 'mapping', 'Rule 2005 takes it');
  await site.look(page, 'day-mapping-mapped');
});

await site.journey('it is costed again and reconciled', async () => {
  await page.goto(`${address}/mapping`);
  await page.click('main a:has-text("Start a costing")');
  const first = run;
  run = await cost(page);
  site.expect(run !== first, run, 'is the run of before');
  await site.look(page, 'day-run');
  await site.says(page, 'run', 'Difference: £0.00', 'From expenditure to patients', 'What did not reach a patient, and what to do', 'Checks that closed');
  const shown = await residual(page, 'UNMAPPED');
  site.expect(shown === pounds(before), run, `shows ${shown} without a rule, not ${pounds(before)}`);
  const links = await page.$$eval('main a[href*="/residuals/"]', (all) => all.map((it) => it.getAttribute('href')));
  for (const link of links) {
    await page.goto(`${address}${link}`);
    await site.faults.look(page, link);
  }
  await page.goto(`${address}/runs/compare?from=${first.split('/').pop()}&to=${run.split('/').pop()}`);
  await site.says(page, 'comparison', 'What went in differs');
  await site.look(page, 'day-compare');
  await page.goto(`${address}${run}`);
  await page.click('main a:has-text("what did not match")');
  await site.look(page, 'day-data-quality');
});

await site.journey('a patient is explained down to the ledger', async () => {
  await page.goto(`${address}${run}`);
  await page.click('main a:has-text("what the care of a single patient cost")');
  await site.look(page, 'day-patients');
  await page.selectOption('#line', { label: 'Trauma and orthopaedics' });
  await page.selectOption('#order', 'dearest');
  await page.click('button:has-text("Show")');
  await site.look(page, 'day-patients-of-a-line');
  await page.click('main table tbody tr:first-child a');
  patient = new URL(page.url()).pathname;
  site.expect(patient.startsWith(`/patients/${run.split('/').pop()}/`), patient, 'is of another run');
  await site.look(page, 'day-patient');
  await site.says(page, 'patient', '1. What happened', 'Total cost', '2. Inside', 'Resources that make', '3. Inside', 'Ledger accounts that make', 'Adds up both ways, to the penny.');
  await page.click('section[aria-labelledby=two] tbody a');
  await site.look(page, 'day-patient-resource');
  const column = async (id) => {
    const cells = await page.$$eval(`section[aria-labelledby=${id}] tbody tr td:last-child`, (all) => all.map((it) => it.innerText));
    return cells.map((it) => Math.round(Number(it.replace('−', '-').replaceAll(/[£,]/g, '')) * 100));
  };
  for (const id of ['two', 'three']) {
    const cells = await column(id);
    const total = cells.pop();
    site.expect(sum(cells) === total && total !== 0, patient, `table ${id} has ${sum(cells)} pence in its lines and ${total} below`);
  }
});

await site.journey('two people publish', async () => {
  await page.goto(`${address}${run}`);
  await page.click('main a:has-text("Decide on")');
  for (let left = 30; left > 0; left -= 1) {
    const reason = await page.$('main section form textarea');
    if (!reason) break;
    await reason.fill('Checked with theatres and the ledger team; to be mended next month.');
    await page.click('main section form button');
    await page.waitForSelector('.nhsuk-notification-banner');
  }
  await page.goto(`${address}${run}`);
  await page.check('text=Ravi Sethi');
  await page.click('text=Ask a second person to publish');
  await page.waitForSelector('.nhsuk-notification-banner');
  site.expect(!(await page.isVisible('button:has-text("Publish this run")')), run, 'lets the first person publish');
  await site.look(page, 'day-run-asked');

  const second = await site.visitor(375);
  await site.signIn(second, 'ravi.sethi');
  await site.see(second, run, 'day-run-second');
  await second.click('button:has-text("Publish this run")');
  await second.waitForSelector('.nhsuk-notification-banner');
  site.expect((await title(second)).includes('is published'), run, 'is not published');
  await site.look(second, 'day-run-published');
  await second.context().close();
});

await site.journey('the same on a phone', async () => {
  await page.context().close();
  const phone = await accountant(375);
  const pages = { load, mapping: '/mapping', rule: '/mapping/add', start: '/runs/start', work: '/jobs', run, findings: `${run}/findings`, patients: `/patients?run=${run.split('/').pop()}`, patient };
  for (const [name, path] of Object.entries(pages)) {
    site.expect((await site.see(phone, path, `day-${name}`)) === 200, path, 'is not shown on a phone');
  }
  await phone.context().close();
});

await site.journey('a board member sees services, no patient and no small number', async () => {
  let hidden = 0;
  for (const width of [1280, 375]) {
    const page = await site.visitor(width);
    await site.signIn(page, 'owen.clarke');
    site.expect((await site.see(page, '/services', 'day-services')) === 200, '/services', 'is not shown to the board');
    const units = await page.$$eval('main table tbody a', (all) => all.map((it) => it.getAttribute('href')));
    site.expect(units.length > 5, '/services', `has ${units.length} service lines`);
    for (const path of ['/services', ...units]) {
      await page.goto(`${address}${path}`);
      if (path === units[0]) await site.look(page, 'day-service');
      const found = await page.evaluate(() => ({
        patients: document.querySelectorAll('a[href^="/patients"]').length,
        text: document.documentElement.outerHTML,
        events: [...document.querySelectorAll('main table')].flatMap((table) => {
          const at = [...table.querySelectorAll('thead th')].findIndex((it) => it.textContent.trim() === 'Events');
          return at < 0 ? [] : [...table.querySelectorAll('tbody tr')].map((row) => row.children[at]?.textContent.trim() ?? '');
        }),
      }));
      site.expect(found.patients === 0, path, 'links to patients');
      site.expect(!REFERENCE.test(found.text), path, 'shows a reference of a patient');
      const small = found.events.filter((it) => /^\d+$/.test(it) && Number(it) > 0 && Number(it) < 8);
      site.expect(small.length === 0, path, `shows the small counts ${small.join(', ')}`);
      hidden += found.events.filter((it) => it === '*').length;
    }
    for (const path of [patient, `/patients?run=${run.split('/').pop()}`, run, load, '/mapping', '/jobs']) {
      const response = await page.goto(`${address}${path}`);
      site.expect(response.status() === 404, path, `answers ${response.status()} to the board`);
    }
    await page.context().close();
  }
  site.expect(hidden > 0, '/services', 'hides no count, so that nothing was tried');
});

await site.journey('an outsider gets nothing at all', async () => {
  const context = await site.browser.newContext();
  site.expect(walked.size > 25, 'outsider', `asks for ${walked.size} addresses only`);
  for (const path of walked) {
    if (path.startsWith('/sign-in')) continue;
    for (const method of ['GET', 'POST']) {
      const response = await context.request.fetch(`${address}${path}`, { method, maxRedirects: 0 });
      const to = response.headers().location ?? '';
      const isSignIn = response.status() === 303 && to.startsWith('/sign-in');
      site.expect(isSignIn || [403, 404, 405].includes(response.status()), path, `answers ${response.status()} to nobody's ${method}`);
      const text = await response.text();
      site.expect(!text.includes('£') && !REFERENCE.test(text), path, `tells nobody something`);
    }
  }
  await context.close();
});

await site.end(`the costing team's day walked in ${site.journeys} journeys over ${site.faults.pages} pages, axe found nothing`);
