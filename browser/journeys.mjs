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
  'nadia.whitlock': 'PEER_ASSESSOR',
  'samir.haddad': 'PRIVACY_OFFICER',
  'leah.novak': 'CODING_INFORMATICS',
  'bridget.nolan': 'WARD_MANAGER',
  'piet.jansen': 'COMMISSIONER',
  'ada.bright': 'ADMINISTRATOR',
  'nina.castell': 'COLLECTOR',
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

// A finance partner keeps a pack, the clinical director checks it, and it is issued.
await journey('a pack for a review', async () => {
  const [daniel, amara] = [await visitor(1280), await visitor(375)];
  await signIn(daniel, 'daniel.osei');
  await see(daniel, '/services/TORT', 'service-line-with-a-pack');
  await daniel.click('text=Pack for a review');
  await site.look(daniel, 'pack-as-it-would-be');
  await daniel.fill('#meeting_on', 'soon');
  await daniel.click('text=Keep this pack');
  await faults.look(daniel, 'pack with an error');
  await daniel.fill('#meeting_on', '2026-06-03');
  await daniel.click('text=Keep this pack');
  await daniel.waitForSelector('.nhsuk-notification-banner');
  await daniel.click('main ul.concord-tasks a');
  const pack = new URL(daniel.url()).pathname;
  await daniel.fill('#words', 'Ask the ZQX why the first list starts late');
  await daniel.click('text=Add it as a note');
  await site.says(daniel, 'pack', 'ZQX is explained nowhere');
  await site.look(daniel, 'pack-with-an-open-word');
  await daniel.fill('#open-words-1', 'The quality group of theatres');
  await daniel.click('button:has-text("Explain it")');
  await daniel.waitForSelector('.nhsuk-notification-banner');
  await signIn(amara, 'amara.okafor');
  await see(amara, pack, 'pack-to-check');
  await amara.click('text=I checked it: it is right');
  await amara.waitForSelector('.nhsuk-notification-banner');
  await daniel.goto(`${address}${pack}`);
  await daniel.click('text=Issue it');
  await site.says(daniel, 'pack', 'after the end of its period');
  await see(amara, pack, 'pack-issued');
  await amara.click('text=Keep this error with its cause');
  await faults.look(amara, 'pack with a missing cause');
  await daniel.context().close();
  await amara.context().close();
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

// A service line is prepared, its review held and closed, by two people who write at once.
await journey('prepare, hold and close a review of a service line', async () => {
  const [amara, daniel] = [await visitor(1280), await visitor(375)];
  const done = (page) => page.waitForSelector('.nhsuk-notification-banner');
  await signIn(amara, 'amara.okafor');
  await see(amara, '/reviews', 'review-programme');
  await see(amara, '/reviews/themes', 'review-themes');
  await amara.click('text=Add the theme');
  await faults.look(amara, 'theme with errors');
  await see(amara, '/reviews/TORT', 'service-line-to-review');
  await see(amara, '/reviews/TORT/register', 'service-register');
  await amara.fill('#conditions', '');
  await amara.click('main form button');
  await faults.look(amara, 'register with errors');
  await amara.fill('#conditions', 'Hips, knees and broken bones');
  await amara.click('main form button');
  await done(amara);
  await amara.click('text=Go on with the review');
  await site.look(amara, 'review-to-prepare');
  const review = new URL(amara.url()).pathname;
  await amara.click('text=Freeze the latest published figures');
  await done(amara);
  await site.says(amara, 'review with figures', 'Frozen from run', 'What can be changed first');
  await amara.click('text=Add a priority area');
  await amara.click('main form button');
  await faults.look(amara, 'priority area with errors');
  const area = {
    name: 'Leaving when ready', value: '5.1', unit: 'days a patient', period: '2025/26',
    source: 'the costing run', low: '412', high: '824', size_unit: 'bed days a year',
  };
  for (const [name, value] of Object.entries(area)) await amara.fill(`#${name}`, value);
  await amara.click('main form button');
  await done(amara);
  await site.look(amara, 'review-with-a-priority');
  await amara.click('text=Arrange the meeting');
  await amara.click('main form button');
  await faults.look(amara, 'meeting with errors');
  await amara.fill('#place', 'Seminar room 2');
  await amara.selectOption('#chair', { label: 'Amara Okafor, clinical director of trauma and orthopaedics' });
  await amara.click('main form button');
  await done(amara);
  const meeting = new URL(amara.url()).pathname;
  for (const [who, role] of [['Amara Okafor', 'clinical_service_lead'], ['Daniel Osei', 'analyst'], ['Grace Whitfield', 'service_manager']]) {
    await amara.click('text=Add somebody');
    const options = await amara.$$eval('#person option', (all) => all.map((it) => [it.value, it.textContent]));
    await amara.selectOption('#person', options.find((it) => it[1].startsWith(who))[0]);
    await amara.selectOption('#role', role);
    await amara.check('input[name="coming"][value="yes"]');
    await amara.click('main form button');
    await done(amara);
  }
  await site.says(amara, 'meeting', 'so this meeting can decide', 'Missing of the core');
  await amara.click('text=Write minutes');
  await amara.fill('#words', 'Begun at eight');
  await amara.click('main form button');
  await done(amara);

  // Two write the same minutes at once: both texts stand until one of them settles it.
  await signIn(daniel, 'daniel.osei');
  await daniel.goto(`${address}${meeting}`);
  const minutes = await daniel.getAttribute('[aria-labelledby="minutes"] li a', 'href');
  await daniel.goto(`${address}${minutes}`);
  await amara.goto(`${address}${minutes}`);
  await amara.fill('#words', 'Amara wrote this');
  await amara.click('main form button');
  await done(amara);
  await daniel.fill('#words', 'Daniel wrote that');
  await daniel.click('main form button');
  await done(daniel);
  await site.says(daniel, 'minutes of two', 'Two people wrote this at once', 'Amara wrote this', 'Daniel wrote that');
  await site.look(daniel, 'two-texts-at-once');
  await daniel.fill('#words', 'Both wrote');
  await daniel.click('main form button');
  await done(daniel);
  await site.look(daniel, 'meeting-of-a-review');
  for (const kind of ['agenda', 'challenge', 'decision']) {
    await daniel.goto(`${address}${meeting}`);
    await daniel.click(`main a[href*="/add/${kind}"]`);
    await daniel.click('main form button');
    await faults.look(daniel, `${kind} with errors`);
  }
  await amara.goto(`${address}${meeting}`);
  await amara.click('text=Add a joint action');
  await amara.click('main form button');
  await faults.look(amara, 'joint action with errors');
  await amara.fill('#noted', 'Weekend visits of a physiotherapist');
  await amara.fill('#measure', 'Stays over the weekend');
  await amara.fill('#quality', 'Fewer patients lie in bed for nothing');
  await amara.selectOption('#clinical', { index: 1 });
  await amara.selectOption('#other', { index: 1 });
  await amara.fill('#due', '2099-01-31');
  await amara.click('main form button');
  await done(amara);
  await see(amara, `${review}/plan`, 'action-plan-on-one-page');
  // What was carried over is due by then: it needs an update, or why there is none.
  await amara.goto(`${address}${meeting}`);
  await site.look(amara, 'meeting-with-due-actions');
  await amara.click('text=Close the meeting');
  await site.says(amara, 'meeting that waits', 'still wait for one');
  await amara.goto(`${address}${meeting}`);
  for (let left = 10; left > 0 && (await amara.$('text=Update needed')); left -= 1) {
    const row = amara.locator('li', { hasText: 'Update needed' }).first();
    await row.locator('button[value="no_progress"]').click();
    await faults.look(amara, 'update without a reason');
    const again = amara.locator('li', { hasText: 'Update needed' }).first();
    await again.locator('input[name="because"]').fill('The post is vacant');
    await again.locator('button[value="no_progress"]').click();
    await done(amara);
  }
  await amara.click('text=Close the meeting');
  await done(amara);
  await site.says(amara, 'next review', 'To be held by', 'The post is vacant');
  await see(amara, meeting, 'meeting-that-is-closed');
  await see(amara, review, 'review-that-is-finished');
  await amara.context().close();
  await daniel.context().close();
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
    await site.says(page, 'matrix', 'They differ: to be settled', 'Steps in the level');
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
    await site.says(page, 'report', 'Index of evidence', 'Thresholds in force');
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

// The trust returns its level and shares it with a group; a collector takes it in and publishes.
await journey('return a level, share it, and collect it', async () => {
  const [helen, nina] = [await visitor(375), await visitor(1280)];
  await signIn(helen, 'helen.marsh');
  await helen.goto(`${address}/assessment`);
  await helen.click('text=Return the trust’s level');
  await site.look(helen, 'return-of-the-trust');
  await helen.click('main form button');
  await faults.look(helen, 'return with errors');
  await helen.fill('#organisation', 'X-001');
  await helen.fill('#year', '2013');
  await helen.click('text=Check the return');
  await site.look(helen, 'return-to-check');
  await helen.click('text=Send this return');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await see(helen, '/assessment/return', 'return-that-was-sent');
  await site.says(helen, 'return', 'version 1', 'Receipt');
  await helen.click('text=Share a level with a group');
  await site.look(helen, 'sharing');
  await helen.fill('#group', 'Vale costing group');
  await helen.fill('#year', '2013');
  await helen.click('main form button:has-text("Consent")');
  await faults.look(helen, 'sharing with errors');
  await helen.check('#consents');
  await helen.click('main form button:has-text("Consent")');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await see(helen, '/assessment/sharing', 'shared-with-a-group');
  const file = await helen.getAttribute('a:has-text("to hand over")', 'href');
  const [, row] = await helen.evaluate(async (it) => (await (await fetch(it)).text()).trim().split('\n'), file);
  faults.expect(row.startsWith('X-001,2013,'), 'file for the group', `says ${row}`);

  await signIn(nina, 'nina.castell');
  await see(nina, '/collecting', 'collecting');
  await nina.click('button:has-text("Open the round")');
  await faults.look(nina, 'round with errors');
  await nina.click('text=National collection 2013');
  await site.look(nina, 'round-of-a-collection');
  await site.says(nina, 'round', '244 of 244 have returned', '148 of 244 (61%)', '40 rose, 9 fell and 191 stayed');
  const round = new URL(nina.url()).pathname;
  for (const it of ['ask', 'moves', 'groups', 'published', 'register', 'returns']) {
    await see(nina, `${round}/${it}`, `round-${it}`);
  }
  await nina.goto(`${address}/collecting`);
  await nina.click('text=Vale costing group 2013');
  await site.look(nina, 'round-of-a-group');
  await site.says(nina, 'group', '4 of the 5 organisations that are needed have returned');
  const group = new URL(nina.url()).pathname;
  await nina.goto(`${address}${group}/ask`);
  const [missing] = await nina.$$eval('section[aria-labelledby="missing"] li', (all) => all.map((it) => it.textContent.split(' ')[0]));
  await nina.goto(`${address}${group}/returns`);
  await nina.click('main form button');
  await faults.look(nina, 'returns with errors');
  const header = 'organisation_code,year,level,steps,clinical_lead,finance_lead,framework';
  const wrong = row.replace('X-001,2013,', 'X-999,2013,');
  await nina.fill('#csv', `${header}\n${row.replace('X-001', missing)}\n${wrong}\n`);
  await nina.click('text=See what these rows would do');
  await site.look(nina, 'returns-to-take');
  await site.says(nina, 'returns', 'Of 2 rows 1 can be taken, and 1 cannot', 'Nobody knows the organisation');
  await nina.click('text=Take this return');
  await faults.look(nina, 'returns to take with errors');
  await nina.check('#good_rows');
  await nina.click('text=Take this return');
  await nina.waitForSelector('.nhsuk-notification-banner');
  await site.says(nina, 'group', '5 of 6 have returned');
  await nina.click('text=Publish this table');
  await nina.waitForSelector('.nhsuk-notification-banner');
  const table = await nina.evaluate(async (it) => (await fetch(it)).text(), `${group}/published.csv`);
  faults.expect(table.includes('trusts_2013') && !table.includes('X-'), 'published table', `says ${table}`);

  await helen.click('text=Where the trust stands in the group');
  await site.look(helen, 'beside-a-group-before');
  await helen.fill('#csv', table);
  await helen.click('text=Load these rows');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await site.look(helen, 'beside-a-group');
  await site.says(helen, 'group', 'of 5 members of the group');
  await helen.context().close();
  await nina.context().close();
});

// Evidence as a file and a draft, what the system proposes, and the register with what waits.
await journey('evidence that waits, and what is proposed', async () => {
  const [amara, daniel] = [await visitor(375), await visitor(1280)];
  await signIn(amara, 'amara.okafor');
  await amara.goto(`${address}/my-service`);
  await site.says(amara, 'own service', '1 draft of yours is not handed in');
  await see(amara, '/assessment/TORT/evidence', 'evidence-with-proposals');
  await site.says(amara, 'evidence', 'The system proposes', 'Use of the figures in');
  await amara.fill('#title', 'Notes of June');
  await amara.setInputFiles('#file', { name: 'Notes of June.exe', mimeType: 'text/plain', buffer: Buffer.from('MZ') });
  await amara.click('text=Keep it as a draft');
  await site.says(amara, 'evidence', 'none of the files that are taken', 'No file was kept');
  await faults.look(amara, 'evidence with a file that is not taken');
  await amara.setInputFiles('#file', { name: 'Notes of June.txt', mimeType: 'text/plain', buffer: Buffer.from('So it was in June') });
  await amara.fill('#happened_on', '2026-06-01');
  await amara.check('input[name="steps"][value="P2"]');
  await amara.click('text=Keep it as a draft');
  await amara.waitForSelector('.nhsuk-notification-banner');
  await amara.click('main a:text-is("Notes of June")');
  await site.look(amara, 'evidence-draft');
  const piece = new URL(amara.url()).pathname;
  await amara.click('text=Hand it in');
  await amara.waitForSelector('.nhsuk-notification-banner');
  await signIn(daniel, 'daniel.osei');
  await see(daniel, '/assessment/evidence', 'evidence-register');
  await site.says(daniel, 'register', 'for a lead to accept or reject');
  await daniel.selectOption('#state', 'in_review');
  await daniel.click('text=Show these');
  await site.says(daniel, 'register', 'Notes of June');
  await see(daniel, piece, 'evidence-piece');
  const [file] = await Promise.all([daniel.waitForEvent('download'), daniel.click('main a:has-text("Notes of June.txt")')]);
  faults.expect(file.suggestedFilename() === 'Notes of June.txt', 'file of evidence', `is saved as ${file.suggestedFilename()}`);
  await daniel.goto(`${address}/assessment/TORT/evidence`);
  await daniel.click('main section:has-text("Use of the figures in") summary');
  await daniel.click('main section:has-text("Use of the figures in") button[value="declined"]');
  await site.says(daniel, 'proposal', 'Say why you decline it');
  await daniel.goto(`${address}/assessment/TORT/evidence`);
  await daniel.click('main section:has-text("Use of the figures in") summary');
  await daniel.fill('main section:has-text("Use of the figures in") input[name="because"]', 'They were visitors');
  await daniel.click('main section:has-text("Use of the figures in") button[value="declined"]');
  await daniel.waitForSelector('.nhsuk-notification-banner');
  await daniel.click('main section:has-text("Materiality and Quality Score of") button[value="taken"]');
  await daniel.waitForSelector('.nhsuk-notification-banner');
  await site.says(daniel, 'evidence', 'Collected by the system');
  await amara.context().close();
  await daniel.context().close();
});

// The costing team enters a score of costing quality; everybody who reads assessments sees the series.
await journey('costing quality', async () => {
  const page = await visitor(1280);
  await signIn(page, 'moira.flynn');
  await see(page, '/assessment/costing-quality', 'costing-quality');
  await page.click('text=Keep the score');
  await faults.look(page, 'costing quality with errors');
  await page.fill('#score', '70.4');
  await page.fill('#benchmark', 'The acute trusts of the region: 67%');
  await page.fill('#assessor', 'Internal audit');
  await page.fill('#assessed_on', '2026-06-01');
  await page.click('text=Keep the score');
  await page.waitForSelector('.nhsuk-notification-banner');
  await site.says(page, 'costing quality', '70.4%');
  await page.context().close();
});

// How joint working spreads: both directors plan, name and log it, a peer rates from outside.
await journey('joint working spreads', async () => {
  const [helen, ravi] = [await visitor(1280), await visitor(375)];
  await signIn(helen, 'helen.marsh');
  await signIn(ravi, 'ravi.sethi');
  const banner = (page) => page.waitForSelector('.nhsuk-notification-banner');
  await see(helen, '/assessment/plan', 'roll-out-plan');
  await site.says(helen, 'plan', 'Overdue by');
  await see(ravi, '/assessment/plan', 'roll-out-plan');
  await see(helen, '/assessment/plan/PAED', 'planned-day');
  await helen.click('main form button');
  await faults.look(helen, 'planned day with an error');
  await helen.fill('#planned_on', '2099-03-31');
  await helen.click('main form button');
  await banner(helen);
  await site.says(helen, 'plan', '31 March 2099');

  await see(helen, '/assessment/very-small', 'very-small-specialties');
  await helen.click('text=Make another statement');
  await helen.click('text=Make the statement');
  await faults.look(helen, 'very small with errors');
  await helen.check('input[name="units"][value="PAIN"]');
  await helen.fill('#words', 'A clinic of few patients, whose care others share');
  await helen.click('text=Make the statement');
  await banner(helen);
  await helen.click('text=Sign it for clinicians');
  await banner(helen);
  await see(ravi, '/assessment/very-small', 'very-small-to-sign');
  await ravi.click('text=Sign it for finance');
  await banner(ravi);
  await site.says(ravi, 'very small', 'Finance: signed by Ravi Sethi');

  await see(helen, '/assessment/TORT/teams', 'teams-and-champions');
  await helen.click('text=Add the team');
  await faults.look(helen, 'team with errors');
  await helen.fill('#name', 'Trauma lists');
  await helen.fill('#works_on', 'Lists that start late');
  await helen.selectOption('#clinical_lead', { label: 'Tomos Hughes, consultant orthopaedic surgeon' });
  await helen.selectOption('#finance_member', { label: 'Daniel Osei, finance business partner' });
  await helen.fill('#since', '2026-01-05');
  await helen.click('text=Add the team');
  await banner(helen);
  await helen.click('main h3 a:has-text("Trauma lists")');
  await site.look(helen, 'joint-team');
  await see(ravi, '/assessment/OPHT/teams', 'champion-missing');
  await ravi.click('main a:has-text("Clinical champion")');
  await site.look(ravi, 'champion');
  await ravi.fill('#words', '');
  await ravi.click('main form button');
  await faults.look(ravi, 'champion with an error');
  await ravi.fill('#words', 'Asked three people');
  await ravi.click('main form button');
  await banner(ravi);

  await see(helen, '/assessment/dialogue', 'directors-dialogue');
  await helen.click('text=Add it');
  await faults.look(helen, 'dialogue with errors');
  await helen.fill('#happened_on', '2026-01-05');
  await helen.fill('#topics', 'Where joint working goes next');
  await helen.click('text=Add it');
  await banner(helen);
  await helen.click('text=Take it as evidence');
  await banner(helen);
  await site.says(helen, 'dialogue', 'Evidence, not accepted yet');
  await see(helen, '/assessment/sponsors', 'sponsor-pair');
  await see(ravi, '/assessment/dialogue', 'directors-dialogue');

  await see(helen, '/assessment/rounds', 'rounds');
  await helen.click('main .concord-tasks a');
  await site.look(helen, 'round');
  await ravi.goto(`${address}/assessment/rounds`);
  await ravi.click('text=Open the round');
  await faults.look(ravi, 'round with errors');
  await see(helen, '/assessment/local-steps', 'steps-of-our-own');
  await helen.click('text=Add the step');
  await faults.look(helen, 'step of our own with errors');
  await see(ravi, '/assessment/TORT/steps/LOCAL1', 'step-of-our-own');

  const nadia = await visitor(1280);
  await signIn(nadia, 'nadia.whitlock');
  await see(nadia, '/assessment/TORT/moderated', 'ratings-from-outside');
  await nadia.click('main .concord-step a');
  await site.look(nadia, 'step-from-outside');
  await nadia.fill('#words', '');
  await nadia.click('main form button');
  await faults.look(nadia, 'rating from outside with errors');
  await nadia.check('input[value="partly"]');
  await nadia.fill('#words', 'Four people were asked');
  await nadia.click('main form button');
  await banner(nadia);
  for (const page of [helen, ravi, nadia]) await page.context().close();
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

await journey('rate a step without scripts', async () => {
  const page = await visitor(320, { javaScriptEnabled: false });
  await site.turn();
  await page.goto(`${address}/sign-in?next=/assessment/TORT`);
  await page.fill('#email', 'tomos.hughes@ashbourne.example');
  await page.fill('#password', PASSWORD);
  await page.click('main form button');
  await page.click('main a.nhsuk-button');
  await page.check('input[value="not_yet"]');
  await page.click('button[value="later"]');
  await site.says(page, 'specialty without scripts', 'You said: not yet');
  await page.context().close();
});

let stories = '';
await journey('what is planted', async () => {
  stories = await planted(site);
});

await site.end(`${site.journeys} journeys walked over ${faults.pages} pages, axe found nothing; ${stories}; examples: ${examples.join(', ')}`);
