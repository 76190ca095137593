// Walks the main journeys of each role through a site that serves the small demonstration trust.
import { spawnSync } from 'node:child_process';
import { planted } from './planted.mjs';
import { REFERENCE, Site } from './site.mjs';

const [address, folder, whatIf = 'none'] = process.argv.slice(2);
const PASSWORD = 'for-the-demonstration';
const PEOPLE = {
  'priya.raman': 'COSTING_ACCOUNTANT',
  'daniel.osei': 'FINANCE_BUSINESS_PARTNER',
  'amara.okafor': 'CLINICAL_DIRECTOR',
  'tomos.hughes': 'CLINICIAN',
  'grace.whitfield': 'SERVICE_MANAGER',
  'ravi.sethi': 'FINANCE_DIRECTOR',
  'helen.marsh': 'MEDICAL_DIRECTOR',
  'owen.clarke': 'BOARD_MEMBER',
  'ines.duarte': 'AUDITOR',
  'samir.haddad': 'PRIVACY_OFFICER',
  'leah.novak': 'CODING_INFORMATICS',
  'bridget.nolan': 'WARD_MANAGER',
  'piet.jansen': 'COMMISSIONER',
  'ada.bright': 'ADMINISTRATOR',
};
const site = await Site.at(address, `${folder}/screens`);
const { faults } = site;
const visitor = (...all) => site.visitor(...all);
const signIn = (...all) => site.signIn(...all);
const menu = (page) => site.menu(page);
const see = (...all) => site.see(...all);
const journey = (...all) => site.journey(...all);

// The costing accountant decides on what waits, and a second person publishes.
await journey('reconcile and publish', async () => {
  const page = await visitor(1280);
  await signIn(page, 'priya.raman');
  await page.goto(`${address}/runs`);
  // Not the one of what clinicians corrected, which stays a draft.
  await page.click(`main table tbody th a:not([href$="${whatIf.split('/').pop()}"])`);
  const run = new URL(page.url()).pathname;
  await see(page, run, 'run');
  await page.click('main section table tbody a');
  await faults.look(page, 'residual');
  for (const it of ['months', 'one-off', 'residuals/NOT_OWN_PATIENT?reason=X-EDUCATION']) {
    await page.goto(`${address}${run}/${it}`);
    await see(page, `${run}/${it}`, it.replaceAll(/\W+/g, ' '));
  }
  await page.goto(`${address}${run}`);
  await page.click('text=Ask a second person to publish');
  faults.expect((await page.title()).startsWith('Error: '), run, 'asks while findings wait');
  await faults.look(page, 'refused to ask');
  await page.goto(`${address}${run}/findings`);
  await see(page, `${run}/findings`, 'findings');
  await page.click('main section form button');
  faults.expect(await page.isVisible('.nhsuk-error-summary'), 'findings', 'accepts without a reason');
  await faults.look(page, 'findings with an error');
  for (let left = 20; left > 0; left -= 1) {
    const reason = await page.$('main section form textarea');
    if (!reason) break;
    await reason.fill('Checked with the ledger team; to be mended next month.');
    await page.click('main section form button');
    await page.waitForSelector('.nhsuk-notification-banner');
  }
  await page.goto(`${address}${run}`);
  await page.check('text=Ravi Sethi');
  await page.click('text=Ask a second person to publish');
  await page.waitForSelector('.nhsuk-notification-banner');
  faults.expect(!(await page.isVisible('text=Publish this run >> button')), run, 'lets the first person publish');
  await page.context().close();

  const second = await visitor(375);
  await signIn(second, 'ravi.sethi');
  await see(second, run, 'run-to-publish');
  await second.click('button:has-text("Publish this run")');
  await second.waitForSelector('.nhsuk-notification-banner');
  faults.expect((await second.title()).includes('is published'), run, 'is not published');
  await second.context().close();
});

// Everybody: first page, account, and every page of their menu.
const seen = new Set();
for (const [who, role] of Object.entries(PEOPLE)) {
  await journey(`menu of ${role}`, async () => {
    for (const width of [1280, 375]) {
      const page = await visitor(width);
      await signIn(page, who);
      await see(page, '/', `first-page-${role}`);
      const links = await menu(page);
      for (const path of links) {
        if (seen.has(`${path} ${width}`) && !['BOARD_MEMBER', 'CLINICAL_DIRECTOR'].includes(role)) continue;
        seen.add(`${path} ${width}`);
        const status = await see(page, path, `${path.slice(1).replaceAll('/', '-')}-${role}`);
        faults.expect(status === 200, path, `${role} has it in the menu and gets ${status}`);
      }
      await see(page, '/account', `account-${role}`);
      await page.context().close();
    }
  });
}

// A clinical director: from the first page to why hips cost more than they are paid, and to one patient.
const pounds = (text) => Number(text.replaceAll(/[^0-9]/g, ''));
for (const width of [1280, 375]) {
  await journey(`why hips cost more than they are paid, at ${width}`, async () => {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    faults.expect(new URL(page.url()).pathname === '/my-service', 'first page', `is ${page.url()}`);
    await site.look(page, 'my-service');
    await site.says(page, 'my service', 'Care', 'Money', 'Differences to ask about', 'Days in a bed', 'Where the deficits and surpluses sit');
    await page.click('h3:has-text("Days in a bed") + p a');
    await site.look(page, 'kind-of-care');
    await site.says(page, 'kind of care', 'Each stay cost', 'What accounts for the deficit of', 'Income, three ways', 'From income to surplus or deficit',
      'Net surplus', 'What moved since last year', 'What patients got for it', 'Average stay', 'What you can change', 'Look closer');
    const [cost, paid] = (await page.innerText('h1')).match(/£[0-9,]+/g).map(pounds);
    const deficit = pounds((await page.innerText('#gap')).match(/£[0-9,]+/)[0]);
    faults.expect(cost > paid, 'kind of care', `costs ${cost} and is paid ${paid}`);
    faults.expect(Math.abs(cost - paid - deficit) <= 1, 'kind of care', `says a deficit of ${deficit} where ${cost} less ${paid} is left`);
    const walk = await page.$$eval('section[aria-labelledby="moved"] table tbody td', (all) => all.map((it) => it.textContent));
    const signed = walk.slice(1, -1).map((it) => (it.includes('less') ? -1 : 1) * Number(it.replaceAll(/[^0-9]/g, '')));
    const reached = signed.reduce((sum, it) => sum + it, pounds(walk[0]));
    faults.expect(Math.abs(reached - pounds(walk.at(-1))) <= walk.length, 'what moved', `comes to ${reached}, not ${walk.at(-1)}`);
    await page.goto(`${address}/services/TORT`);
    const sheets = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type \/Page\b[^s]/g).length;
    faults.expect(sheets === 2, '/services/TORT', `prints on ${sheets} sheets, not two`);
    await page.click('text=From the directorate’s budget to this cost');
    await site.look(page, 'budget-to-cost');
    const bridge = await page.$$eval('section[aria-labelledby="bridge"] table tbody tr', (all) => all.map((it) => [it.className.includes('total'), it.querySelector('td').textContent]));
    let sum = null;
    for (const [isTotal, text] of bridge) {
      const amount = (text.includes('less') ? -1 : 1) * Number(text.replaceAll(/[^0-9]/g, ''));
      if (isTotal && sum !== null) faults.expect(Math.abs(sum - amount) <= bridge.length, 'budget to cost', `comes to ${sum}, not ${text}`);
      sum = isTotal ? amount : sum + amount;
    }
    await page.goBack();
    await page.goBack();
    const part = page.url();
    await page.click('text=Where and when do patients leave?');
    await site.look(page, 'stays');
    await site.says(page, 'stays', 'Where and when patients leave', 'Ward of discharge', 'Day of admission', 'Day of discharge', 'How this is counted');
    await page.goto(part);
    await page.click('text=What was used, and at what price?');
    await site.look(page, 'goods');
    await site.says(page, 'goods', 'What was used, and at what price', 'Implants used', 'more for one', 'not a target', 'How this is counted');
    await page.goto(part);
    await page.goto(`${address}/services/TORT/week`);
    await site.look(page, 'this-week');
    await site.says(page, 'this-week', 'The week to', 'What was done', 'Patients in a bed', 'Theatre lists', 'estimate at last published rates');
    await page.goto(part);
    await page.click('text=What would it cost at national mean unit costs?');
    await site.look(page, 'national');
    await site.says(page, 'national', 'than at national mean unit costs', 'Where the difference lies', 'never added', 'market forces factor');
    await page.goto(part);
    await page.click('text=Patients and their journeys');
    await site.look(page, 'patients-of-a-service');
    await page.click('main table tbody a');
    await site.look(page, 'patient');
    faults.expect(/it cost £/.test(await page.innerText('h1')) || /cost £/.test(await page.innerText('h1')), 'patient', await page.innerText('h1'));
    await page.context().close();
  });
}

// Coding and informatics brings values of a measure in; whoever answers for the service sees them beside its cost.
await journey('measures beside the cost', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'leah.novak');
    await see(page, '/measures', 'measures');
    await page.click('text=Waiting list');
    await site.look(page, 'measure');
    await page.click('text=Change what it is');
    await site.look(page, 'measure-changed');
    await see(page, '/measures/new', 'measure-new');
    await page.click('main form button');
    faults.expect(await page.isVisible('.nhsuk-error-summary'), 'new measure', 'is taken empty');
    await faults.look(page, 'new measure with errors');
    await see(page, '/measures/import', 'measures-import');
    await page.fill('#csv', 'measure,unit,month,value,of,source\nWAITING,TORT,March,x,,Register');
    await page.click('main form button');
    await site.says(page, 'faults of a file', 'mend the', 'is no month', 'is no number');
    await faults.look(page, 'file with faults');
    const value = width === 1280 ? 300 : 301;
    await page.fill('#csv', `measure,unit,month,value,of,source\nWAITING,TORT,2026-04,${value},,Register`);
    await page.click('main form button');
    await site.look(page, 'measures-preview');
    if (width === 375) {
      await site.says(page, 'preview', 'corrects 1');
      await page.fill('#because', 'Counted again');
    }
    await page.click('text=Record these values');
    await page.waitForSelector('.nhsuk-notification-banner');
    await page.goto(`${address}/measures/WAITING?unit=TORT`);
    faults.expect((await page.innerText('h1')).includes(`${value}`), 'measure', `does not hold ${value}`);
    await page.context().close();
  }
  const page = await visitor(375);
  await signIn(page, 'amara.okafor');
  await page.goto(`${address}/services/TORT`);
  await site.says(page, 'service line', 'From the register of measures', 'Gain in Oxford Hip Score', 'Vacancies');
  await page.click('section[aria-labelledby="outcomes"] >> text=Gain in Oxford Hip Score');
  await site.look(page, 'measure-of-a-service');
  await page.context().close();
});

// A ward sister learns how her ward is doing, and looks at the others; of hers she sees no patient.
await journey('a ward sister and her ward', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'bridget.nolan');
    faults.expect(new URL(page.url()).pathname === '/my-ward', 'my ward', `is not her first page: ${page.url()}`);
    await site.look(page, 'my-ward');
    await site.says(page, 'my ward', 'Elective orthopaedics', 'staffed beds are empty', 'A night in use cost', 'is for temporary staff', 'Nobody but patients of Surgery and Critical Care', 'most on a Monday', 'of them to Trauma', 'Vacancies', 'holds nothing here on');
    const [full] = (await page.innerText('h1')).match(/^[0-9]+/);
    faults.expect(Number(full) > 50 && Number(full) < 75, 'my ward', `says that ${full} in 100 beds are in use`);
    const night = await page.$$eval('section[aria-labelledby="night"] tbody tr', (all) => all.map((it) => Number(it.querySelector('td').textContent.replaceAll(/[^0-9]/g, ''))));
    const sum = night.slice(0, -1).reduce((one, other) => one + other, 0);
    faults.expect(Math.abs(sum - night.at(-1)) <= night.length, 'my ward', `kinds of a night come to ${sum}, not ${night.at(-1)}`);
    await page.click('text=See the figures as a table');
    await faults.look(page, `my ward with its table at ${width}`);
    faults.expect(!REFERENCE.test(await page.content()), 'my ward', 'shows a reference of a patient');
    await page.click('text=See all wards');
    await site.look(page, 'wards');
    await site.says(page, 'wards', 'No ward has a larger part of its staffed beds empty than Elective orthopaedics', 'On no ward are temporary staff a larger part of pay than on Elderly medicine south', 'no order of merit');
    await page.click('text=General surgery and head and neck');
    await site.look(page, 'another-ward');
    await site.says(page, 'another ward', 'to the nearest 5');
    await page.context().close();
  }
  const page = await visitor(1280);
  await signIn(page, 'bridget.nolan');
  for (const path of ['/patients', '/services/TORT/stays', '/wards/W08/beds.csv', '/runs']) {
    const response = await page.goto(`${address}${path}`);
    faults.expect(response.status() === 404, path, `a ward sister gets ${response.status()}`);
  }
  await page.context().close();
  const director = await visitor(1280);
  await signIn(director, 'helen.marsh');
  await director.goto(`${address}/wards/W08`);
  await site.look(director, 'ward-with-outliers');
  await site.says(director, 'ward with outliers', 'were patients of other divisions than Surgery and Critical Care', 'were of patients of Medicine');
  await director.context().close();
});

// A clinical director makes a group, shares it, and compares it with another that differs in one condition.
await journey('patient groups', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    await see(page, '/groups/new', 'group-new');
    await page.click('main form button');
    faults.expect(await page.isVisible('.nhsuk-error-summary'), 'new group', 'is saved without conditions');
    await faults.look(page, 'new group with errors');
    for (const [name, pod] of [[`Planned ${width}`, 'EL'], [`Emergency ${width}`, 'NEL']]) {
      await page.goto(`${address}/groups/new`);
      await page.fill('#name', name);
      await page.fill('#definition', `event: APC\npod: ${pod}`);
      await page.check('text=Share it with');
      await page.click('main form button');
      await page.waitForSelector('.nhsuk-notification-banner');
    }
    await see(page, '/groups', 'groups');
    await page.click(`text=Planned ${width}`);
    await site.look(page, 'group');
    await site.says(page, 'group', 'and half of them', 'Their care, by kind', 'The longest stays');
    await page.click(`text=Emergency ${width}`);
    await site.look(page, 'groups-compared');
    await site.says(page, 'groups compared', 'They differ in one condition, pod');
    await page.click('text=Change or share this group');
    await site.look(page, 'group-changed');
    await page.context().close();
  }
  const page = await visitor(375);
  await signIn(page, 'grace.whitfield');
  await page.goto(`${address}/groups`);
  await page.click('text=Planned 375');
  faults.expect(!REFERENCE.test(await page.content()), 'group', 'shows a service manager the reference of a stay');
  await page.context().close();
});

// Somebody makes a token; a program reads with it what they see, and nothing once it has ended.
const examples = [];
for (const width of [1280, 375]) {
  await journey(`figures for a program, at ${width}`, async () => {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    await page.goto(`${address}/account`);
    await page.click('text=Tokens for programs');
    await site.look(page, 'tokens');
    await page.click('text=Make the token');
    faults.expect(await page.isVisible('.nhsuk-error-summary'), 'tokens', 'makes one without a name');
    await faults.look(page, 'tokens with errors');
    await page.fill('#name', `A program ${width}`);
    await page.check('text=Published costs and incomes');
    await page.check('text=Measures of the register');
    await page.click('text=Make the token');
    await site.look(page, 'token-shown-once');
    const token = await page.innerText('pre.concord-text');
    const ask = (path, secret = token) => fetch(`${address}${path}`, { headers: { Authorization: `Bearer ${secret}` } });
    const read = async (path) => (await ask(path)).json();
    // The same figures as the page and the file.
    const whole = (text) => Math.round(Number(text)).toLocaleString('en-GB');
    const statement = await read('/api/v1/services/TORT/statement');
    await page.goto(`${address}/services/TORT`);
    await site.says(page, 'service line', 'Activity at unit price', `£${whole(statement.this_year.income_at_unit_price_gbp)}`, `£${whole(statement.this_year.income_recognised_gbp)}`);
    const moved = await read('/api/v1/services/TORT/moved');
    const file = await (await page.context().request.get(`${address}/services/TORT/moved.csv`)).text();
    const rows = file.trim().split('\n').slice(1).map((it) => it.slice(it.lastIndexOf(',') + 1));
    const steps = [moved.cost_before_gbp, ...moved.steps.map((it) => it.amount_gbp), moved.cost_after_gbp];
    faults.expect(rows.join() === steps.join(), 'what moved', `is ${steps} for a program and ${rows} in the file`);
    const workbook = await page.context().request.get(`${address}/services/TORT/moved.xlsx`);
    faults.expect((await workbook.body()).subarray(0, 2).toString() === 'PK', 'moved.xlsx', 'is no workbook');
    // The examples of the documentation, as somebody would run them.
    const env = { ...process.env, CONCORD_ADDRESS: address, CONCORD_TOKEN: token };
    const wanted = Math.abs(Number(statement.rows.at(-1).amount_gbp)).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    for (const [program, name, says] of [['python3', 'services.py', wanted], ['sh', 'services.sh', statement.run.id], ['Rscript', 'services.R', 'TORT']]) {
      const run = spawnSync(program, [`docs/examples/${name}`], { env, encoding: 'utf8' });
      if (run.error?.code === 'ENOENT' && program === 'Rscript') {
        if (width === 375) examples.push(`${name} NOT RUN, as there is no Rscript here`);
        continue;
      }
      faults.expect(run.status === 0, name, `ends with ${run.status ?? run.error}: ${run.stderr}`);
      faults.expect((run.stdout ?? '').includes(says), name, `does not print ${says}: ${run.stdout}`);
      if (width === 375) examples.push(`${name} run`);
    }
    await see(page, '/help/api', 'help-api');
    await page.goto(`${address}/account/tokens`);
    faults.expect(!(await page.content()).includes(token), 'tokens', 'shows a token twice');
    await page.click(`tr:has-text("A program ${width}") button`);
    await page.waitForSelector('.nhsuk-notification-banner');
    const dead = await ask('/api/v1/services');
    faults.expect(dead.status === 401, 'a token that has ended', `is answered with ${dead.status}`);
    faults.expect((await dead.json()).detail.includes('opens nothing'), 'a token that has ended', 'does not say so');
    await page.context().close();
  });
}
// A clinical director looks at the records of the service line and asks, clinical coding answers, the director sees it.
await journey('is this my work', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    await page.goto(`${address}/services/TORT`);
    await page.click('text=Is this my work?');
    await site.look(page, 'my-work');
    await site.says(page, 'my work', 'What is looked at, and how often', 'What clinical coding was asked', 'Stays to look at');
    const mine = page.url();
    await page.selectOption('#about', 'comorbidity');
    await page.click('button:has-text("Show")');
    await site.says(page, 'my work of one check', 'Did the patient have nothing else');
    // At each width another stay: the same is not asked twice.
    await page.locator('a:has-text("Ask coding")').nth(width === 1280 ? 0 : 1).click();
    await site.look(page, 'ask-coding');
    await page.fill('#words', 'It is 943 476 5919');
    await page.click('main form button');
    await site.says(page, 'question with an NHS number', 'Take out the NHS number');
    await faults.look(page, 'question with errors');
    await page.fill('#words', 'The patient had diabetes and was treated for it.');
    await page.click('main form button');
    await page.waitForSelector('.nhsuk-notification-banner');
    const event = (await page.innerText('#questions + ul li:first-child a')).slice(0, 9);
    await page.click('#questions + ul li:first-child a');
    const question = page.url();
    await site.look(page, 'question-asked');

    const coder = await visitor(width);
    await signIn(coder, 'leah.novak');
    await see(coder, '/coding-queries', 'coding-queries');
    await coder.click(`h3 a:has-text("${event}")`);
    await site.look(coder, 'coding-query');
    faults.expect(!(await coder.innerText('main')).includes('£'), 'coding query', 'shows money to clinical coding');
    await coder.click('main form button');
    await faults.look(coder, 'answer with errors');
    await coder.check('text=Will be changed at source');
    await coder.fill('#because', 'E11.9 is in the notes and is added.');
    await coder.click('main form button');
    await coder.waitForSelector('.nhsuk-notification-banner');
    await see(coder, '/coding-queries?state=answered', 'coding-queries-answered');
    await coder.context().close();

    await page.goto(question);
    await site.look(page, 'question-answered');
    await site.says(page, 'question', 'Will be changed at source', 'E11.9 is in the notes', 'Nothing has changed yet');
    await page.goto(mine);
    await site.says(page, 'my work after', 'Will be changed at source', 'Nothing has changed yet');
    await page.context().close();
  }
});

// A clinical director asks about a figure, the business partner answers, the director is told and closes it; a group is made of a kind of care.
await journey('questions about figures', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    await page.goto(`${address}/services/TORT?pod=EL&hrg=HN12`);
    await page.click('text=Make a patient group of this care');
    await site.look(page, 'group-of-a-kind-of-care');
    faults.expect((await page.inputValue('#definition')).includes('hrg: HN12'), 'group of a kind of care', 'is not begun with its HRG');
    await page.goto(`${address}/services/TORT`);
    await page.click('text=Ask about these figures');
    await site.look(page, 'ask-about-a-figure');
    await page.selectOption('#figure', 'moved');
    await page.fill('#words', 'It is 943 476 5919');
    await page.click('main form button');
    await site.says(page, 'question with an NHS number', 'Take out the NHS number');
    await faults.look(page, 'question about a figure with errors');
    const words = `Why did implants cost more, seen at ${width}?`;
    await page.fill('#words', words);
    await page.selectOption('#owner', { label: 'Finance: Daniel Osei, finance business partner' });
    await page.click('main form button');
    await page.waitForSelector('.nhsuk-notification-banner');
    const question = new URL(page.url()).pathname;
    await site.look(page, 'figure-question-asked');

    const partner = await visitor(width);
    await signIn(partner, 'daniel.osei');
    await site.says(partner, 'first page of a business partner', 'for your answer');
    await see(partner, '/questions', 'questions');
    await site.says(partner, 'questions', words);
    await see(partner, question, 'figure-question');
    faults.expect(!(await partner.innerText('main')).includes('£'), 'figure question', 'keeps a figure');
    await partner.click(`main form[action="${question}/answer"] button`);
    await faults.look(partner, 'answer about a figure with errors');
    await partner.fill('#words', 'The price rose in April.');
    await partner.click(`main form[action="${question}/answer"] button`);
    await partner.waitForSelector('.nhsuk-notification-banner');
    await partner.context().close();

    await page.goto(`${address}/my-service`);
    await site.says(page, 'my service', 'answered');
    await see(page, question, 'figure-question-answered');
    await site.says(page, 'figure question', 'The price rose in April.', 'Daniel Osei');
    await page.click('button:has-text("Close this question")');
    await page.waitForSelector('.nhsuk-notification-banner');
    await see(page, '/questions?list=asked', 'questions-asked');
    await page.goto(`${address}/services/TORT`);
    await site.says(page, 'questions beside the figures', 'asked about these figures');
    // A board member sees the page with small numbers hidden, and none of its questions.
    const board = await visitor(width);
    await signIn(board, 'owen.clarke');
    const response = await board.goto(`${address}${question}`);
    faults.expect(response.status() === 404, question, `a board member gets ${response.status()}`);
    await see(board, '/services/TORT', 'service-with-questions-hidden');
    await site.says(board, 'service of a board member', 'You have not asked about these figures yet.');
    await board.context().close();
    await page.context().close();
  }
});

// A clinician rates the own specialty on a phone, is interrupted and goes on; every step is two taps.
const rateAll = async (page, unit, rating) => {
  for (let left = 25; left > 0 && new URL(page.url()).pathname.includes('/steps/'); left -= 1) {
    await page.check(`input[name="rating"][value="${rating}"]`);
    await page.click('button[value="on"]');
  }
  faults.expect(new URL(page.url()).pathname === `/assessment/${unit}`, `rating ${unit}`, 'does not come to an end');
};
await journey('rate the own specialty on a phone', async () => {
  const page = await visitor(375);
  await signIn(page, 'tomos.hughes');
  await see(page, '/assessment', 'working-together');
  await page.click('main table a');
  await site.look(page, 'specialty-to-rate');
  await page.click('main a.nhsuk-button');
  await site.look(page, 'step');
  faults.expect(!(await page.$('input[name="rating"]:checked')), 'step', 'something is chosen beforehand');
  await page.click('button[value="on"]');
  await faults.look(page, 'step with an error');
  await page.check('input[value="partly"]');
  await page.click('button[value="later"]');
  await page.waitForSelector('.nhsuk-notification-banner');
  await site.says(page, 'specialty', 'Go on rating: 1 of 20');
  await page.click('main a.nhsuk-button');
  await rateAll(page, 'TORT', 'consistently');
  await site.says(page, 'specialty', 'You said: partly or sometimes');
  await page.context().close();
});

// A director says how an action stands in one tap; two leads look at the ledger and at what the guard caught.
await journey('agree what to do and see what came of it', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    await see(page, '/actions', 'actions');
    await site.says(page, 'actions', 'Overdue', 'Joint');
    await page.click('main form button >> nth=1');
    await site.look(page, 'action-updated');
    await site.says(page, 'action updated', 'Your update is recorded');
    await page.click('main h3 a >> nth=0');
    await site.look(page, 'action');
    await see(page, '/actions/new?from=/services/TORT&unit=TORT', 'new-action');
    await page.fill('#what', 'See every patient on the ward round by ten');
    await page.fill('#measure', 'Discharges before noon above a third');
    await page.fill('#quality', 'Patients wait less for what they go home with');
    await page.click('text=Record the action');
    await faults.look(page, 'joint action with one owner');
    await see(page, '/benefits', 'benefits');
    await site.says(page, 'benefits', 'A saving that may have harmed care', '£82,400');
    await page.click('main .concord-box--act a');
    await site.look(page, 'false-saving');
    await site.says(page, 'false saving', 'is held back');
    await see(page, '/benefits/new?unit=TORT', 'new-benefit');
    await page.fill('#title', 'Fewer scans');
    await page.selectOption('#kind', 'cost');
    await page.click('text=Claim it');
    await faults.look(page, 'cost benefit without its measure');
    await site.says(page, 'no pair', 'Choose the quality measure this could affect');
    await page.context().close();
  }
});

// The medical director reads a specialty on any day, what good looks like, and what goes to the board.
await journey('look back, look around and report', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'helen.marsh');
    await see(page, '/assessment/TORT', 'specialty-of-a-director');
    await see(page, '/assessment/TORT/matrix', 'matrix-of-a-specialty');
    await site.says(page, 'matrix', 'Steps in the level', 'They differ: to be settled');
    await page.fill('#on', '2999-01-01');
    await page.click('text=Show this day');
    await faults.look(page, 'matrix of a day to come');
    await see(page, '/assessment/TRUST/matrix', 'matrix-of-the-trust');
    await see(page, '/assessment/TORT/trend', 'levels-by-quarter');
    await page.click('main tbody tr:last-child a');
    await site.look(page, 'two-days');
    await page.fill('#from', 'last year');
    await page.click('text=Compare these days');
    await faults.look(page, 'two days with an error');
    await see(page, '/assessment/TORT/report', 'self-assessment-report');
    await site.says(page, 'report', 'Thresholds in force', 'Index of evidence');
    await see(page, '/assessment/board', 'page-for-the-board');
    await see(page, '/assessment/inspection', 'inspection-pack');
    await see(page, '/assessment/library', 'library');
    await page.selectOption('#step', 'C7');
    await page.click('text=Show these');
    await site.look(page, 'library-of-a-step');
    await see(page, '/assessment/characteristics', 'what-good-looks-like');
    await page.context().close();
  }
});

// A specialty that nobody has assessed goes to a level signed by both directors.
await journey('a specialty from nothing to a signed level', async () => {
  const [helen, ravi] = [await visitor(1280), await visitor(375)];
  await signIn(helen, 'helen.marsh');
  await see(helen, '/assessment', 'working-together-of-the-trust');
  await see(helen, '/assessment/levels', 'levels-and-steps');
  await see(helen, '/assessment/national', 'levels-of-trusts');
  await see(helen, '/assessment/UROL', 'specialty-not-begun');
  await helen.click('text=Begin the assessment');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await helen.click('main a.nhsuk-button');
  await rateAll(helen, 'UROL', 'consistently');
  await signIn(ravi, 'ravi.sethi');
  await ravi.goto(`${address}/assessment/UROL`);
  await ravi.click('main a.nhsuk-button');
  await ravi.check('input[value="partly"]');
  await ravi.click('button[value="on"]');
  await rateAll(ravi, 'UROL', 'consistently');
  await site.says(ravi, 'specialty', 'They differ on 1');
  await ravi.click('main li.concord-step a');
  await site.look(ravi, 'step-to-agree');
  await ravi.click('main form button');
  await faults.look(ravi, 'step to agree with errors');
  await ravi.check('input[value="consistently"]');
  await ravi.fill('#because', 'Since May it is so every month');
  await ravi.click('main form button');
  await ravi.waitForSelector('.nhsuk-notification-banner');

  await helen.goto(`${address}/assessment/UROL/evidence`);
  await helen.click('text=Add it');
  await faults.look(helen, 'evidence with errors');
  await helen.fill('#title', 'Notes of the joint reviews');
  await helen.fill('#place', 'Shared drive');
  await helen.fill('#happened_on', '2026-06-01');
  for (const box of await helen.$$('input[name="steps"]')) await box.check();
  await helen.click('text=Add it');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await site.look(helen, 'evidence-of-a-specialty');
  await ravi.goto(`${address}/assessment/UROL/evidence`);
  await ravi.click('text=Accept or reject it');
  await ravi.click('button[value="accepted"]');
  await ravi.waitForSelector('.nhsuk-notification-banner');
  await see(helen, '/assessment/UROL/joint-working', 'joint-working');
  await helen.click('main form button');
  await faults.look(helen, 'joint working with errors');
  await helen.check('input[value="norm"]');
  await helen.fill('#words', 'A partner sits in every review');
  await helen.check('input[name="supports"][value="yes"]');
  await helen.click('main form button');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await site.says(helen, 'specialty', 'Proposed: Level 4');
  await see(helen, '/assessment/UROL/level', 'level-to-put-forward');
  await helen.check('input[name="level"][value="3"]');
  await helen.fill('#culture', 'People ask each other');
  await helen.fill('#reassess_by', '2099-06-01');
  await helen.click('text=Put it forward');
  await site.says(helen, 'level', 'Say why it departs from what is proposed');
  await faults.look(helen, 'level with errors');
  await helen.fill('#because', 'The norm is a month old');
  await helen.click('text=Put it forward');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await helen.click('text=Sign for clinicians');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await see(ravi, '/assessment/UROL/level', 'level-to-sign');
  await ravi.click('text=Sign for finance');
  await ravi.waitForSelector('.nhsuk-notification-banner');
  await site.says(ravi, 'level', 'Signed by both', 'Why another: The norm is a month old');
  await see(ravi, '/assessment', 'working-together-of-the-trust');
  await helen.context().close();
  await ravi.context().close();
});

// A board member may not choose what is added up, and sees nothing exactly.
await journey('a board member sees no part of a service', async () => {
  const page = await visitor(1280);
  await signIn(page, 'owen.clarke');
  for (const path of ['/services/TORT?pod=EL&hrg=HN12', '/services/TORT/moved.csv', '/services/TORT/budget', '/services/TORT/stays', '/services/TORT/stays.csv', '/services/TORT/goods', '/services/TORT/goods.csv', '/services/TORT/national', '/services/TORT/week', '/services/TORT/my-work', '/wards/W10/beds.csv']) {
    const response = await page.goto(`${address}${path}`);
    faults.expect(response.status() === 404, path, `a board member gets ${response.status()}`);
  }
  await page.context().close();
});

// Nobody: every page leads to the sign-in page, and an address that is not there looks like one that is hidden.
await journey('nobody', async () => {
  const page = await visitor(1280);
  for (const path of ['/', '/runs', '/account', ...[...seen].map((it) => it.split(' ')[0])]) {
    await page.goto(`${address}${path}`);
    faults.expect(new URL(page.url()).pathname === '/sign-in', path, 'is shown to nobody');
  }
  await see(page, '/help', 'help');
  await see(page, '/help/accessibility', 'help-accessibility');
  await see(page, '/help/privacy', 'help-privacy');
  await see(page, '/help/words', 'help-words');
  await see(page, '/nothing-here', 'not-found');
  await page.context().close();
});

// A board member and an outsider: no patient, and no page beyond their rights.
await journey('board member and outsider', async () => {
  for (const who of ['owen.clarke', 'piet.jansen']) {
    const page = await visitor(1280);
    await signIn(page, who);
    for (const path of ['/runs', '/patients', '/people', '/data-loads', '/mapping', '/audit']) {
      const response = await page.goto(`${address}${path}`);
      faults.expect(response.status() === 404, path, `${who} gets ${response.status()}`);
      faults.expect((await page.title()).startsWith('Page not found'), path, `${who} sees ${await page.title()}`);
    }
    for (const path of await menu(page)) {
      await page.goto(`${address}${path}`);
      const text = await page.content();
      faults.expect(!REFERENCE.test(text), path, `${who} sees a reference of a patient`);
    }
    await page.context().close();
  }
});

// By keyboard alone, and without scripts.
await journey('keyboard', async () => {
  const page = await visitor(1280);
  await page.goto(`${address}/sign-in`);
  await page.keyboard.press('Tab');
  faults.expect(await page.evaluate(() => document.activeElement.className === 'nhsuk-skip-link'), 'keyboard', 'has no skip link first');
  await site.turn();
  await page.focus('#email');
  await page.keyboard.type('priya.raman@ashbourne.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${address}/`);
  await page.context().close();
});
await journey('without scripts', async () => {
  const page = await visitor(320, { javaScriptEnabled: false });
  await site.turn();
  await page.goto(`${address}/sign-in?next=/runs`);
  await page.fill('#email', 'priya.raman@ashbourne.example');
  await page.fill('#password', PASSWORD);
  await page.click('main form button');
  await page.click('main table tbody a');
  faults.expect((await page.title()).startsWith('The run adds up'), 'without scripts', await page.title());
  await page.click('text=Sign out');
  faults.expect(new URL(page.url()).pathname === '/sign-in', 'without scripts', 'does not sign out');
  await page.context().close();
});

let stories = '';
await journey('what is planted', async () => {
  stories = await planted(site);
});

await site.end(`${site.journeys} journeys walked over ${faults.pages} pages, axe found nothing; ${stories}; examples: ${examples.join(', ')}`);
