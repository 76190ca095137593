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

// The costing accountant reads a published run; of the draft beside it nobody is asked to publish while
// findings wait. Two people publish in day.mjs.
await journey('read a run and decide on what waits', async () => {
  const page = await visitor(1280);
  await signIn(page, 'priya.raman');
  await page.goto(`${address}/runs`);
  // Not the one of what clinicians corrected, which stays a draft.
  const draft = whatIf.split('/').pop();
  await page.click(`main table tbody th a:not([href$="${draft}"])`);
  let run = new URL(page.url()).pathname;
  await see(page, run, 'run');
  await site.says(page, 'run', 'is published');
  await page.click('main section table tbody a');
  await faults.look(page, 'residual');
  for (const it of ['months', 'one-off', 'residuals/NOT_OWN_PATIENT?reason=X-EDUCATION']) {
    await page.goto(`${address}${run}/${it}`);
    await see(page, `${run}/${it}`, it.replaceAll(/\W+/g, ' '));
  }
  run = `/runs/${draft}`;
  await see(page, run, 'run-as-a-draft');
  await page.click('text=Ask a second person to publish');
  faults.expect((await page.title()).startsWith('Error: '), run, 'asks while findings wait');
  await faults.look(page, 'refused to ask');
  await page.goto(`${address}${run}/findings`);
  await see(page, `${run}/findings`, 'findings');
  await page.click('main section form button');
  faults.expect(await page.isVisible('.nhsuk-error-summary'), 'findings', 'accepts without a reason');
  await site.refused(page, 'findings with an error');
  await page.context().close();
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
    await site.refused(page, 'new measure with errors');
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
    await site.refused(page, 'new group with errors');
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
    await site.refused(page, 'tokens with errors');
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
    await site.refused(page, 'question with errors');
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
    await site.refused(coder, 'answer with errors');
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
    await site.refused(page, 'question about a figure with errors');
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
    // What another of finance has not answered for three weeks has gone up to the partner.
    await see(partner, '/questions?list=gone-up', 'questions-gone-up');
    await site.says(partner, 'questions that went up', 'so it went up to Daniel Osei');
    await see(partner, question, 'figure-question');
    faults.expect(!(await partner.innerText('main')).includes('£'), 'figure question', 'keeps a figure');
    await partner.click(`main form[action="${question}/answer"] button`);
    await site.refused(partner, 'answer about a figure with errors');
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
  // Each figure leads to where it comes from.
  await daniel.click('section[aria-labelledby="money"] tbody a >> nth=0');
  await site.says(daniel, 'statement behind a pack', 'From income to surplus or deficit');
  site.expect(new URL(daniel.url()).hash.startsWith('#row-'), 'figure of a pack', `leads to ${daniel.url()}`);
  await daniel.goBack();
  await daniel.fill('#meeting_on', 'soon');
  await daniel.click('text=Keep this pack');
  await site.refused(daniel, 'pack with an error');
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
  await site.refused(amara, 'pack that nobody looked at');
  for (const it of await amara.$$('input[name="check"]')) await it.check();
  await amara.click('text=I checked it: it is right');
  await amara.waitForSelector('.nhsuk-notification-banner');
  await daniel.goto(`${address}${pack}`);
  await daniel.click('text=Issue it');
  await site.says(daniel, 'pack', 'after the end of its period', 'Beside similar trusts and the national mean');
  await daniel.goto(`${address}${pack}`);
  const sheets = (await daniel.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type \/Page\b[^s]/g).length;
  faults.expect(sheets <= 2, pack, `prints on ${sheets} sheets, more than two`);
  await daniel.emulateMedia({ media: 'print' });
  faults.expect(await daniel.isVisible('.concord-words'), pack, 'prints without its words explained');
  await daniel.emulateMedia({ media: null });
  await see(amara, pack, 'pack-issued');
  await amara.click('text=Keep this error with its cause');
  await faults.look(amara, 'pack with a missing cause');
  await daniel.context().close();
  await amara.context().close();
});

// A finance partner keeps what is known of the data and the briefing; both stand in the pack.
await journey('what is known of the data', async () => {
  const page = await visitor(1280);
  const done = () => page.waitForSelector('.nhsuk-notification-banner');
  await signIn(page, 'daniel.osei');
  await page.goto(`${address}/services/TORT`);
  await page.click('text=Issues, reviews of coding and conflicts');
  await site.look(page, 'data-of-a-service-line');
  await page.click('text=Add an issue');
  await page.click('text=Keep the issue');
  await site.refused(page, 'issue with an error');
  await page.fill('#what', 'End times of one list are missing');
  await page.check('input[name="effect"][value="material"]');
  await page.fill('#effect_on', 'Cost of theatre time');
  await page.selectOption('#owner', { label: 'Leah Novak' });
  await page.click('text=Keep the issue');
  await done();
  await page.click('text=Plan a review of coding');
  await page.fill('#about', '50 records of hip replacements');
  await page.fill('#planned_on', '2027-01-11');
  await page.click('text=Keep the review of coding');
  await done();
  await page.click('text=Say why it is good enough');
  await page.fill('#words', 'Nine in ten records match');
  await page.click('button:has-text("Say so")');
  await done();
  await see(page, '/services/TORT/data', 'data-with-an-issue');
  await page.goto(`${address}/services/TORT/briefing/write`);
  await page.fill('#does', 'We mend hips and knees, planned and after falls');
  await page.fill('#who', 'Eight surgeons, two wards and a therapy team');
  await page.click('text=Keep the briefing');
  await done();
  await site.look(page, 'briefing-to-approve');
  const amara = await visitor(375);
  await signIn(amara, 'amara.okafor');
  await see(amara, '/services/TORT/briefing', 'briefing-at-a-clinician');
  await amara.click('text=Approve it for finance');
  await amara.waitForSelector('.nhsuk-notification-banner');
  await site.says(amara, 'briefing', 'To be looked at again by');
  await page.goto(`${address}/services/TORT/pack`);
  for (const it of ['End times of one list are missing', 'Nine in ten records match', '11 January 2027']) await site.says(page, 'pack', it);
  await amara.context().close();
  await page.context().close();
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
  await site.says(page, 'step', 'Before you begin: what is meant', 'Mutual understanding');
  faults.expect(!(await page.$('input[name="rating"]:checked')), 'step', 'something is chosen beforehand');
  await page.click('button[value="on"]');
  await site.refused(page, 'step with an error');
  await page.check('input[value="partly"]');
  await page.click('button[value="later"]');
  await page.waitForSelector('.nhsuk-notification-banner');
  await site.says(page, 'specialty', 'Go on rating: 1 of 20', 'by you on');
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
  await site.refused(amara, 'theme with errors');
  await see(amara, '/reviews/TORT', 'service-line-to-review');
  // The review of hips was held before the year in which its benefits show, and is finished in all parts.
  await site.says(amara, 'service line', 'Hip replacement review Held 26 February 2025');
  await amara.click('text=Hip replacement review');
  await site.look(amara, 'hip-replacement-review');
  await site.says(amara, 'hip review', 'This review is finished', 'Physiotherapy at weekends on the hip ward');
  const hips = await amara.innerText('main');
  for (const it of ['To be gone through', 'Not yet there']) site.expect(!hips.includes(it), 'hip review', `says ${it}`);
  // Its pack was checked and issued; its figures lead to the run that it was read off, and that is named.
  await amara.click('text=The pack as it was kept');
  await site.says(amara, 'pack of the hip review', 'For the meeting on 26 February 2025.', 'after the end of its period', 'was published after the meeting', 'Look into it:', 'Another costing was published since.');
  await site.look(amara, 'pack-of-the-hip-review');
  await amara.click('main section[aria-labelledby="care"] a:has-text("Stays")');
  await site.says(amara, 'stays behind the pack', 'You see run', '2024/25 to the end of March', 'It is not the newest published costing.');
  await site.look(amara, 'stays-of-the-run-of-a-pack');
  await amara.click('text=See this page for the newest');
  await amara.waitForURL((it) => !it.searchParams.has('run'));
  site.expect(!(await amara.innerText('main')).includes('You see run'), 'stays of the newest', 'name the run of the pack');
  // What it left open was carried on, and the costing of the second year is frozen with the last one.
  await amara.goto(`${address}/reviews/TORT`);
  await amara.click('main li:has-text("Held") a:has-text("Trauma and orthopaedics review") >> nth=0');
  await site.look(amara, 'review-after-the-second-year');
  await site.says(amara, 'review after the second year', '2025/26 to the end of March', 'Agree a blood test set after surgery', 'A day less in bed after a hip replacement');
  await amara.goto(`${address}/reviews/TORT`);
  await see(amara, '/reviews/TORT/register', 'service-register');
  await amara.fill('#conditions', '');
  await amara.click('main form button');
  await site.refused(amara, 'register with errors');
  await amara.fill('#conditions', 'Hips, knees and broken bones');
  await amara.click('main form button');
  await done(amara);
  await amara.click('text=Go on with the review');
  await site.look(amara, 'review-to-prepare');
  const review = new URL(amara.url()).pathname;
  await amara.click('button:has-text("Freeze the latest published figures")');
  await done(amara);
  await site.says(amara, 'review with figures', 'Frozen from run', 'What can be changed first');
  await amara.click('text=Add a priority area');
  await amara.click('main form button');
  await site.refused(amara, 'priority area with errors');
  const area = {
    name: 'Leaving when ready', value: '5.1', unit: 'days a patient', period: '2025/26',
    source: 'the costing run', low: '412', high: '824', size_unit: 'bed days a year',
  };
  for (const [name, value] of Object.entries(area)) await amara.fill(`#${name}`, value);
  await amara.click('main form button');
  await done(amara);
  // Another takes its baseline from the frozen figures, and leads to where that stands.
  await amara.click('text=Add a priority area');
  const another = { name: 'The largest line that can be changed', low: '1000', high: '5000', size_unit: 'pounds a year' };
  for (const [name, value] of Object.entries(another)) await amara.fill(`#${name}`, value);
  await amara.selectOption('#figure', { index: 1 });
  await site.look(amara, 'priority-area-from-a-frozen-figure');
  await amara.click('main form button');
  await done(amara);
  await site.says(amara, 'baseline of a frozen figure', 'The largest line that can be changed', 'Where the baseline comes from');
  await site.look(amara, 'review-with-a-priority');
  await site.says(amara, 'review with a priority', 'Next: arrange the meeting', 'line by line, the largest first', 'Say what would be unsafe to cut');
  await amara.click('a:has-text("Arrange the meeting")');
  await amara.click('main form button');
  await site.refused(amara, 'meeting with errors');
  await amara.fill('#place', 'Seminar room 2');
  await amara.selectOption('#chair', { label: 'Amara Okafor, clinical director of trauma and orthopaedics' });
  await amara.click('main form button');
  await done(amara);
  const meeting = new URL(amara.url()).pathname;
  await amara.click('text=Add somebody');
  const people = await amara.innerText('#person');
  for (const it of ['Amara Okafor', 'Daniel Osei']) site.expect(people.includes(it), 'people who take part', `lack ${it}`);
  for (const it of ['Piet Jansen', 'Nadia Whitlock', 'Nina Castell']) site.expect(!people.includes(it), 'people who take part', `offer ${it}`);
  await amara.goto(`${address}${meeting}`);
  await amara.click('text=Ask the usual people');
  await done(amara);
  await site.look(amara, 'meeting-with-the-usual-people');
  // While nobody is here, what is decided is only to be confirmed; it rests on what the review holds.
  await amara.click('text=Add a decision');
  await amara.fill('#words', 'One price for each implant');
  await amara.selectOption('#rests_on', { index: 1 });
  await amara.check('input[name="touches_safety"][value="no"]');
  await amara.click('main form button');
  await done(amara);
  await site.says(amara, 'decision without a quorum', '1 decision is to be confirmed by the next meeting', 'One price for each implant', 'To be confirmed', 'Rested on: Frozen figures to');
  await site.look(amara, 'decision-to-be-confirmed');
  await see(amara, `${review}/plan`, 'plan-with-a-decision-to-be-confirmed');
  await amara.goto(`${address}${meeting}`);
  for (let left = 10; left > 0 && (await amara.$('button:has-text("Here:")')); left -= 1) {
    await amara.click('button:has-text("Here:") >> nth=0');
    await done(amara);
  }
  await site.says(amara, 'meeting', 'so this meeting can decide', 'Missing of the core');
  site.expect(!(await amara.innerText('main')).includes('To be confirmed'), 'meeting that can decide', 'says To be confirmed');
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
    await site.refused(daniel, `${kind} with errors`);
  }
  // Somebody on the list who does not run the review brings a challenge and a note to it.
  const tomos = await visitor(375);
  await signIn(tomos, 'tomos.hughes');
  for (const [link, words] of [['Add a challenge', 'Are the stays of trauma in it?'], ['Add a note', 'Theatre three starts late']]) {
    await tomos.goto(`${address}${meeting}`);
    await tomos.click(`text=${link}`);
    await tomos.click('main form button');
    await site.refused(tomos, `${link} with errors`);
    await tomos.fill('#words', words);
    await tomos.click('main form button');
    await done(tomos);
    await site.says(tomos, link, words);
  }
  await site.look(tomos, 'meeting-for-somebody-on-its-list');
  await tomos.context().close();
  await amara.goto(`${address}${meeting}`);
  await amara.click('text=Add a joint action');
  await amara.click('main form button');
  await site.refused(amara, 'joint action with errors');
  await amara.fill('#noted', 'Weekend visits of a physiotherapist');
  await amara.fill('#measure', 'Stays over the weekend');
  await amara.fill('#quality', 'Fewer patients lie in bed for nothing');
  await amara.selectOption('#clinical', { index: 1 });
  await amara.selectOption('#other', { index: 1 });
  await amara.check('input[name="clinical_view"][value="as-is"]');
  await amara.check('input[name="other_view"][value="decision"]');
  await amara.click('main form button');
  await site.refused(amara, 'joint action that needs something nobody names');
  await amara.fill('#other_because', 'Of the therapists, in July');
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
    await row.locator('summary').click();
    if (left < 10) {
      // One tap says no progress and why.
      await row.locator('button[value="no_progress:waiting"]').click();
      await done(amara);
      continue;
    }
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

// Somebody who has never held a review prepares, holds and closes one, led by what comes next on its page.
await journey('a first review, led by its next step', async () => {
  const page = await visitor(375);
  const opened = [];
  const done = () => page.waitForSelector('.nhsuk-notification-banner');
  const next = async (said, link) => {
    await site.says(page, 'next step', said);
    await page.click(`main a.nhsuk-button:has-text("${link}")`);
  };
  await signIn(page, 'helen.marsh');
  page.on('framenavigated', (frame) => frame === page.mainFrame() && opened.push(new URL(frame.url()).pathname));
  await page.goto(`${address}/reviews`);
  await page.click('main table a:has-text("Ophthalmology")');
  await page.click('text=Go on with the review');
  const review = new URL(page.url()).pathname;
  await next('Next: freeze the latest published figures', 'Go to the figures');
  await page.click('text=Freeze the latest published figures >> nth=-1');
  await done();
  await next('Next: arrange the meeting', 'Arrange the meeting');
  await page.fill('#place', 'Eye clinic, room 4');
  const chairs = await page.$$eval('#chair option', (all) => all.map((it) => [it.value, it.textContent]));
  await page.selectOption('#chair', chairs.find((it) => it[1].startsWith('Helen Marsh'))[0]);
  await page.click('main form button');
  await done();
  const meeting = new URL(page.url()).pathname;
  await page.click('text=Ask the usual people');
  await done();
  await site.look(page, 'first-meeting');
  await page.goto(`${address}${review}`);
  await site.says(page, 'review to prepare', 'still asked for; say what is at hand, or go on without it');
  await site.look(page, 'first-review-to-prepare');
  // One tap each, and the first with a word of where it is.
  await page.click('summary:has-text("Say where it is") >> nth=0');
  await page.fill('input[name="words"] >> nth=0', 'In the folder of the eye clinic');
  let taps = 0;
  for (; taps < 40 && (await page.$('button:has-text("At hand:")')); taps += 1) {
    await page.click('button:has-text("At hand:") >> nth=0');
    await done();
  }
  await site.says(page, 'review with all at hand', 'In the folder of the eye clinic');
  if ((await page.innerText('main')).includes('Next: keep the pack')) {
    await next('Next: keep the pack', 'Go to the pack');
    await page.click('main form button');
    await done();
    await page.goto(`${address}${review}`);
    await site.says(page, 'review with its pack', 'The pack as it was kept');
  }
  await next('Next: hold the meeting', 'Go to the meeting');
  for (; await page.$('button:has-text("Here:")'); taps += 1) {
    await page.click('button:has-text("Here:") >> nth=0');
    await done();
  }
  for (; taps < 80 && (await page.$('text=Update needed')); taps += 1) {
    const row = page.locator('li', { hasText: 'Update needed' }).first();
    await row.locator('button[value="in_progress"]').click();
    await done();
  }
  await page.click('text=Add a decision');
  await page.fill('#words', 'Two more cataracts on each list');
  await page.fill('#evidence', 'The frozen figures and the list times');
  await page.check('input[name="touches_safety"][value="no"]');
  await page.click('main form button');
  await done();
  await page.click('text=Add a joint action');
  await page.fill('#noted', 'One tray for each cataract');
  await page.fill('#measure', 'Minutes between two patients');
  await page.fill('#quality', 'Infections are watched');
  for (const it of ['clinical', 'other']) {
    await page.selectOption(`#${it}`, { index: 1 });
    await page.check(`input[name="${it}_view"][value="as-is"]`);
  }
  for (const [name, value] of [['low', '120'], ['high', '240'], ['size_unit', 'operations a year']]) await page.fill(`#${name}`, value);
  await page.check('input[name="priority"][value="high"]');
  // Due before the day of the meeting, and yet nothing is asked of it: this meeting agreed on it.
  const soon = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  await page.fill('#due', soon);
  await page.click('main form button');
  await done();
  await site.look(page, 'first-meeting-to-close');
  site.expect(!(await page.innerText('main')).includes('Update needed'), 'first meeting', 'asks for what it agreed on itself');
  await page.click('text=Close the meeting');
  await done();
  await site.says(page, 'next review of the first', 'To be held by', 'One tray for each cataract', 'may bring 120 to 240 operations a year');
  // Pages that are opened, without those that come back after a tap or a form.
  const forms = new Set(opened.filter((it) => it !== review && it !== meeting));
  console.log(`a first review: ${forms.size} pages beside the review and its meeting, ${taps} taps, ${opened.length} loads`);
  site.expect(forms.size <= 9, 'first review', `needs ${forms.size} pages: ${[...forms].join(' ')}`);
  await page.context().close();
});

// The review of dermatology is under way: it is about appointments that nobody attends, and has an action
// against them; what is wrong with its data stands in its pack.
await journey('the review of dermatology and its action on missed appointments', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'helen.marsh');
    await page.goto(`${address}/reviews/DERM`);
    await page.click('text=Go on with the review');
    await site.look(page, 'dermatology-review');
    await site.says(page, 'dermatology review', 'Costing with clinicians', 'Appointments that nobody attends', '310 to 620 clinic places a year', 'Text messages a week and a day before each appointment');
    await page.click('text=Text messages a week and a day before each appointment');
    await site.look(page, 'dermatology-action');
    await site.says(page, 'dermatology action', 'DNA below 8%');
    await page.goto(`${address}/services/DERM/pack`);
    await site.look(page, 'dermatology-pack');
    await site.says(page, 'dermatology pack', 'enough to agree on reminders', 'One appointment in twenty has no outcome');
    await see(page, '/reviews/released', 'time-for-clinicians');
    await site.says(page, 'time for clinicians', 'Costing with clinicians', 'Hip pathway', 'All programmes');
    await page.context().close();
  }
});

// Slots are proposed for a meeting, two answer on a phone, and the meeting is arranged from the best.
await journey('find a slot for the meeting of a review', async () => {
  const [helen, priya, owen] = [await visitor(1280), await visitor(375), await visitor(375)];
  const done = (page) => page.waitForSelector('.nhsuk-notification-banner');
  await signIn(helen, 'helen.marsh');
  await helen.goto(`${address}/reviews/CARD`);
  await helen.click('text=Go on with the review');
  await helen.click('text=Ask when people can come');
  await site.look(helen, 'slots-to-propose');
  await helen.click('text=Propose the slots');
  await site.refused(helen, 'slots with errors');
  await helen.fill('#day-1', '2099-09-07');
  await helen.fill('#day-2', '2099-09-08');
  await helen.selectOption('#minutes-2', '30');
  const people = [['Helen Marsh', 'clinical_service_lead'], ['Priya Raman', 'analyst'], ['Owen Clarke', 'general_manager']];
  for (const [index, [who, role]] of people.entries()) {
    const options = await helen.$$eval(`#person-${index + 1} option`, (all) => all.map((it) => [it.value, it.textContent]));
    const found = options.find((it) => it[1].includes(who));
    site.expect(found !== undefined, 'people who are asked', `lack ${who}`);
    await helen.selectOption(`#person-${index + 1}`, found[0]);
    await helen.selectOption(`#role-${index + 1}`, role);
  }
  await helen.click('text=Propose the slots');
  await done(helen);
  const poll = new URL(helen.url()).pathname;
  await site.says(helen, 'slots proposed', '0 of 3', 'Waits for answers');
  for (const [page, who, answers] of [[priya, 'priya.raman', ['no', 'yes']], [owen, 'owen.clarke', ['yes', 'if_need_be']]]) {
    await signIn(page, who);
    await page.goto(`${address}/`);
    await site.says(page, `first page of ${who}`, 'when you can come');
    await page.goto(`${address}/reviews`);
    await site.says(page, `reviews of ${who}`, 'When can you come?');
    await page.click(`main a[href="${poll}"]`);
    if (page === priya) {
      await site.look(page, 'slots-to-answer');
      await page.click('text=Keep my answer');
      await site.refused(page, 'answer with errors');
    }
    for (const [index, answer] of answers.entries()) await page.check(`input[name="slot-${index + 1}"][value="${answer}"]`);
    await page.fill('#words', `What ${who} would say`);
    await page.click('text=Keep my answer');
    await done(page);
  }
  await helen.goto(`${address}${poll}`);
  await helen.check('input[name="slot-1"][value="yes"]');
  await helen.check('input[name="slot-2"][value="yes"]');
  await helen.click('text=Keep my answer');
  await done(helen);
  await site.look(helen, 'slots-answered');
  await site.says(helen, 'slots answered', 'Would do', 'Would not do', 'Nobody of finance can come', 'Missing: Priya Raman (finance)');
  await helen.click('text=Arrange the meeting then >> nth=0');
  site.expect((await helen.inputValue('#held_on')) === '2099-09-08', 'meeting to arrange', 'is not at the best slot');
  await helen.fill('#place', 'Seminar room 2');
  await helen.selectOption('#chair', { index: 1 });
  await helen.click('main form button');
  await done(helen);
  await site.look(helen, 'meeting-from-a-slot');
  await site.says(helen, 'meeting from a slot', 'Said beforehand', 'What priya.raman would say');
  await see(priya, poll, 'slots-closed');
  await site.says(priya, 'slots closed', 'We meet on', 'Picked');
  for (const page of [helen, priya, owen]) await page.context().close();
});

// A clinical director opens a sit-down on a phone, meets with finance, names whose practice it is, and reads cost, quality and income.
await journey('a consultant and finance sit down', async () => {
  const [page, helen] = [await visitor(375), await visitor(1280)];
  const done = () => page.waitForSelector('.nhsuk-notification-banner');
  await signIn(page, 'amara.okafor');
  await page.goto(`${address}/reviews/TORT`);
  await page.fill('#title', 'Sit-down on the year');
  await page.selectOption('#theme', 'sit_down');
  await page.fill('#due', '2099-09-07');
  await page.click('main form[action$="/open"] button');
  await done();
  await page.click('text=This consultant’s cost, quality and income');
  const practice = new URL(page.url()).pathname;
  await site.look(page, 'practice-of-one-side');
  await site.says(page, 'practice of one side', 'Figures are shown once a clinician and somebody of finance take part');
  site.expect(!(await page.$('#code')), 'practice of one side', 'asks for a consultant before both sides take part');
  await page.goto(`${address}${practice.replace('/practice', '/arrange')}`);
  await page.fill('#place', 'Seminar room 2');
  await page.selectOption('#chair', { label: 'Amara Okafor, clinical director of trauma and orthopaedics' });
  await page.selectOption('#facilitator', { label: 'Daniel Osei, finance business partner' });
  await page.click('main form button');
  await done();
  await page.goto(`${address}${practice}`);
  await site.look(page, 'practice-of-nobody-yet');
  await site.says(page, 'practice of nobody yet', 'Whose practice is this sit-down about?');
  await page.fill('#code', 'CX99999');
  await page.click('main form button');
  await site.refused(page, 'code of nobody');
  site.expect((await page.inputValue('#code')) === 'CX99999', 'code of nobody', 'is not given back');
  await page.fill('#code', 'CX11001');
  await page.click('main form button');
  await done();
  await site.look(page, 'practice');
  await site.says(page, 'practice', 'This practice', 'Income beside cost', 'Income recognised', 'Income less cost', 'What was done', 'All events',
    'What the cost is made of', 'All groups', 'What went wrong, and what that cost', 'Whose practice it is', 'Named by Amara Okafor');
  const text = await page.innerText('main');
  site.expect(!REFERENCE.test(text) && !text.includes('CX11001'), 'practice', 'tells who the consultant is');
  site.expect(!(await page.$('#code')), 'practice', 'lets another consultant be named after figures were told');
  await signIn(helen, 'helen.marsh');
  site.expect((await see(helen, practice, 'practice-of-others')) === 404, 'practice', 'is there for who takes no part');
  await page.context().close();
  await helen.context().close();
});

// A finance partner begins with the reviews of their service lines; both directors are led to one page.
await journey('first pages of a finance partner and of two directors', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'daniel.osei');
    await page.goto(`${address}/`);
    site.expect(new URL(page.url()).pathname === '/my-services', 'first page of a finance partner', `is ${page.url()}`);
    await site.look(page, 'my-services');
    await site.says(page, 'my services', 'Next review', 'Pack', 'Core roles', 'Joint actions overdue', 'Conflicts of data', 'Build the pack');
    await page.click('main a.nhsuk-button >> nth=0');
    await site.look(page, 'pack-of-my-service');
    await site.says(page, 'pack of my service', 'Keep this pack');
    for (const who of ['helen.marsh', 'ravi.sethi']) {
      const director = await visitor(width);
      await signIn(director, who);
      await see(director, '/', `first-page-of-${who.split('.')[0]}`);
      await site.says(director, 'first page of a director', 'held, as a saving may have harmed care');
      await director.click('text=See the page');
      await site.look(director, `both-directors-${who.split('.')[0]}`);
      await site.says(director, 'page of both directors', 'Benefits verified against claimed', 'in all', 'Savings that are held', 'Fewer temporary nurses at night', 'Follow-ups of colleagues', 'Reviews that are late');
      await director.context().close();
    }
    await page.context().close();
  }
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
    await site.says(page, 'benefits', 'of cash verified', 'A saving that may have harmed care', 'Loan instrument sets hired by the list');
    await page.click('main .concord-box--act a');
    await site.look(page, 'false-saving');
    await site.says(page, 'false saving', 'is held back');
    // What came of the hip replacement review: months of both costings, and the action that it came of.
    await page.goto(`${address}/benefits`);
    await page.click('main table a:has-text("Bed days freed by physiotherapy at weekends")');
    await site.look(page, 'benefit-of-two-costings');
    await site.says(page, 'benefit', 'April 2024', 'March 2026', 'costing of 2025/26 to the end of March', 'costing of 2024/25 to the end of March');
    await page.click('main a[href^="/actions/"]');
    await site.says(page, 'action of the benefit', 'Physiotherapy at weekends on the hip ward', 'Done');
    await see(page, '/benefits/new?unit=TORT', 'new-benefit');
    await page.fill('#title', 'Fewer scans');
    await page.selectOption('#kind', 'cost');
    await page.click('text=Claim it');
    await faults.look(page, 'cost benefit without its measure');
    await site.says(page, 'no pair', 'Choose the quality measure this could affect');
    await page.context().close();
  }
});

// A difference goes from its page to an answer of one side; a colleague beyond chance is followed up; the
// board reads counts alone.
await journey('why a figure differs, and what follows', async () => {
  for (const width of [1280, 375]) {
    const page = await visitor(width);
    await signIn(page, 'amara.okafor');
    await see(page, '/variation', 'differences');
    await page.click('main h3 a >> nth=0');
    await site.look(page, 'difference-to-explain');
    await site.says(page, 'difference', 'Are our results different?', 'Finance', 'What follows');
    await page.click('main form:has(#why) button');
    await faults.look(page, 'answer without words');
    await site.says(page, 'no answer', 'Write your answer');
    await page.fill('#why', 'Dear kinds of care are those with the longest stays');
    await page.click('main form:has(#why) button');
    await site.says(page, 'answered', 'Your answer is recorded');
    await see(page, '/variation?list=all', 'differences-explained');
    await site.says(page, 'explained', 'Led to an action');
    await page.click('main li:has-text("Led to an action") h3 a');
    await site.look(page, 'difference-with-the-board');
    await site.says(page, 'with the board', 'For the board, without names', 'Released by Amara Okafor');
    await page.click('text=Withdraw it from the board');
    await site.look(page, 'withdraw-from-the-board');
    await page.click('main form button');
    await site.refused(page, 'withdrawn without a reason');
    await page.fill('#reason', 'The wards were left out');
    await page.click('main form button');
    await site.says(page, 'withdrawn', 'It is withdrawn from the board', 'The wards were left out');
    await page.click('text=Release a version without names');
    await site.look(page, 'release-to-the-board');
    await page.fill('#why', 'Asked of Amara Okafor');
    await page.click('main form button');
    await site.refused(page, 'released with a name');
    await site.says(page, 'released with a name', 'is a name of somebody of the register');
    await page.fill('#why', 'Nobody may send patients home at the weekend without a senior decision');
    await page.click('main form button');
    await site.says(page, 'released', 'It is released to the board', 'Withdrawn before');
    await page.goto(`${address}/services/TORT/national`);
    await page.click('text=Follow up a difference');
    await site.look(page, 'new-difference');
    site.expect((await page.inputValue('#differs')).length > 20, 'new difference', 'does not say what the page says');
    await page.click('text=Follow it up');
    await faults.look(page, 'difference from nothing');
    await page.context().close();
  }
  const owen = await visitor(1280);
  await signIn(owen, 'owen.clarke');
  await see(owen, '/variation/released', 'differences-for-the-board');
  await site.says(owen, 'differences for the board', 'Trauma and orthopaedics', 'without a senior decision');
  site.expect(!/Okafor|Osei/.test(await owen.innerText('main')), 'differences for the board', 'names somebody');
  await see(owen, '/follow-ups/board', 'follow-ups-for-the-board');
  await site.says(owen, 'board', 'colleague');
  site.expect(!/\bK\d/.test(await owen.innerText('main')), 'board', 'shows a code');
  await owen.context().close();
});

// The medical director looks at the fourth month of a colleague who is three months into follow-up.
await journey('a colleague beyond chance', async () => {
  const helen = await visitor(1280);
  await signIn(helen, 'helen.marsh');
  await see(helen, '/follow-ups', 'follow-ups');
  await site.says(helen, 'follow-ups', '3 of 6 months looked at');
  await helen.click('main h3 a >> nth=0');
  await site.look(helen, 'follow-up-of-a-colleague');
  await site.says(helen, 'follow-up', 'What is known beside the figures', 'Six months, cost beside quality');
  const months = await helen.$$eval('main table tbody tr', (all) => all.map((it) => it.innerText));
  const looked = months.filter((it) => it.includes('Looked at'));
  site.expect(looked.length === 3, 'follow-up', `has ${looked.length} months that were looked at`);
  site.expect(looked.every((it) => /\d[^]*\t[^]*\d/.test(it)), 'follow-up', 'lacks cost or quality of a month');
  await helen.click('text=Record the month');
  await faults.look(helen, 'month without figures');
  await helen.click('text=End it');
  await faults.look(helen, 'end without an outcome');
  const tomos = await visitor(375);
  await signIn(tomos, 'tomos.hughes');
  await see(tomos, '/follow-ups', 'follow-ups-that-concern-me');
  await tomos.click('main h3 a >> nth=0');
  await site.look(tomos, 'follow-up-that-concerns-me');
  await site.says(tomos, 'own follow-up', 'It concerns you');
  await tomos.context().close();
  await see(helen, '/follow-ups/new/TORT?use=theatre-minutes&pod=EL&hrg=HN12', 'begin-a-follow-up');
  await helen.context().close();
});

// A ward sister puts an idea without her name; the director says what becomes of it; she is told.
await journey('an idea and what became of it', async () => {
  const bridget = await visitor(375);
  await signIn(bridget, 'bridget.nolan');
  await see(bridget, '/ideas', 'ideas');
  await bridget.click('text=Put an idea');
  await bridget.click('main form button');
  await faults.look(bridget, 'idea without words');
  await bridget.selectOption('#unit', 'TORT');
  await bridget.fill('#words', 'Order walking frames before admission');
  await bridget.check('#named-2');
  await bridget.click('main form button');
  await site.look(bridget, 'idea-as-put');
  await site.says(bridget, 'idea', 'you are told what becomes of it');
  const idea = new URL(bridget.url()).pathname;
  const amara = await visitor(1280);
  await signIn(amara, 'amara.okafor');
  await see(amara, '/ideas?list=units', 'ideas-of-a-unit');
  await see(amara, idea, 'idea-to-decide');
  site.expect(!(await amara.innerText('main')).includes('Bridget'), 'idea', 'names somebody who stays unnamed');
  await amara.click('main form button');
  await faults.look(amara, 'decision without a choice');
  await amara.check('input[name="act"][value="looked_at"]');
  await amara.selectOption('#data', 'supports');
  await amara.click('button:has-text("Record it")');
  await site.says(amara, 'idea that was looked at', 'the figures bear it out');
  const reviews = await amara.locator('#review option').count();
  if (reviews > 1) {
    await amara.check('input[name="act"][value="to_review"]');
    await amara.selectOption('#review', { index: 1 });
    await amara.click('button:has-text("Record it")');
    await site.says(amara, 'idea that a review speaks of', 'Taken to a review');
    await site.look(amara, 'idea-taken-to-a-review');
  }
  site.expect(reviews > 1, 'idea', 'finds no open review of its service line');
  await amara.click('text=Not taken up');
  await amara.fill('#words', 'The frames are on the ward since May');
  await amara.click('main form button');
  await bridget.goto(`${address}/my-ward`);
  await site.says(bridget, 'news', 'There is news of');
  await bridget.goto(`${address}${idea}`);
  await site.look(bridget, 'idea-with-news');
  await bridget.click('text=I have read this');
  await site.says(bridget, 'read', 'You have read what became of it');
  await bridget.context().close();
  await amara.context().close();
});

// An accountant opens an allocation, a clinician asks for another measure, finance agrees; inputs are signed.
await journey('walk through an allocation and sign what it rests on', async () => {
  const daniel = await visitor(1280);
  await signIn(daniel, 'daniel.osei');
  await see(daniel, '/walk-throughs', 'walk-throughs');
  await see(daniel, '/walk-throughs/new/TORT', 'allocations-of-a-service-line');
  await daniel.click('main form button');
  await faults.look(daniel, 'no allocation chosen');
  await daniel.selectOption('#activity', { index: 1 });
  await daniel.click('text=Which costing standards it touches');
  await daniel.check('input[name="standards"][value="CP3"]');
  await daniel.click('main form button');
  await site.look(daniel, 'walk-through');
  await site.says(daniel, 'walk-through', 'CP3 Allocating costs to activities');
  await site.says(daniel, 'walk-through', 'Waits for a clinician', 'Does it reflect how care is delivered?');
  const walk = new URL(daniel.url()).pathname;
  const amara = await visitor(375);
  await signIn(amara, 'amara.okafor');
  await see(amara, walk, 'walk-through-for-a-clinician');
  await amara.click('button:has-text("Record it")');
  await faults.look(amara, 'nothing said of an allocation');
  await amara.click('text=Another measure would reflect it better');
  await amara.fill('#words', 'Count the staff who are present');
  await amara.click('button:has-text("Record it")');
  await see(daniel, walk, 'walk-through-for-finance');
  const agree = async () => {
    await daniel.click('text=A change is agreed');
    await daniel.fill('#words', 'Staff present from the next costing on');
    await daniel.fill('#expected', 'the costing to the end of June');
    await daniel.click('button:has-text("Record it")');
  };
  await agree();
  await faults.look(daniel, 'agreed without anybody who was there');
  await site.says(daniel, 'nobody was there', 'nobody of either is recorded');
  for (const name of ['Amara Okafor', 'Daniel Osei']) {
    const option = await daniel.locator('#person option', { hasText: name }).getAttribute('value');
    await daniel.selectOption('#person', option);
    await daniel.click('button:has-text("Add them")');
    await site.says(daniel, 'was there', 'They are recorded as there', name);
  }
  await site.look(daniel, 'walk-through-with-who-was-there');
  await agree();
  await site.says(daniel, 'agreed', 'A change is agreed');
  await see(amara, '/walk-throughs/inputs/TORT', 'inputs-to-sign');
  await amara.click('text=Sign for clinicians');
  await site.says(amara, 'signed', 'Signed, and as they were', 'Amara Okafor signed');
  await daniel.context().close();
  await amara.context().close();
});

// A medical director sees which service lines are covered and what is next; a clinician says how far the
// costing is to be trusted, and finance links what rested on it.
await journey('coverage of service lines and trust in their costing', async () => {
  const done = (page) => page.waitForSelector('.nhsuk-notification-banner');
  const helen = await visitor(1280);
  await signIn(helen, 'helen.marsh');
  await helen.goto(`${address}/reviews`);
  await helen.click('text=Which service lines are covered');
  await site.look(helen, 'coverage');
  await site.says(helen, 'coverage', 'Next in the order is Dermatology.', 'Trauma and orthopaedics', 'Covered', 'No coding lead');
  await helen.click('main a[href="/reviews/OPHT/roll-out"]');
  await site.look(helen, 'place-in-the-order');
  await helen.selectOption('#place', '2');
  await helen.fill('#reason', '');
  await helen.click('main form button');
  await site.refused(helen, 'place without a reason');
  await helen.fill('#reason', 'Injections are the fastest growing care of the trust');
  await helen.click('main form button');
  await done(helen);
  await site.says(helen, 'order changed', 'Next in the order is Ophthalmology. Injections are the fastest growing care of the trust.');
  await helen.click('main a[href="/reviews/OPHT/overview"]');
  await site.look(helen, 'overview-of-the-costing');
  await helen.click('text=Record the overview');
  await site.refused(helen, 'overview with nothing written');
  await helen.selectOption('#given_by', { index: 1 });
  await helen.selectOption('#to_1', { index: 2 });
  await helen.click('text=Record the overview');
  await done(helen);
  await see(helen, '/reviews/OPHT/overview', 'overview-to-take-back');

  const tomos = await visitor(375);
  await signIn(tomos, 'tomos.hughes');
  await see(tomos, '/reviews/coverage', 'coverage');
  const trust = '/walk-throughs/confidence/TORT';
  await see(tomos, '/walk-throughs', 'walk-throughs-of-a-clinician');
  await tomos.click(`main a[href="${trust}"]`);
  await site.look(tomos, 'trust-in-the-costing');
  // Five are counted; two more wait until a third says something new.
  await site.says(tomos, 'trust', '3 of 5 trust most of it or more', 'Change what you said', 'What clinicians asked to be changed');
  await tomos.check('#level');
  await tomos.fill('#reason', 'x'.repeat(1001));
  await tomos.click('text=Change what you said');
  await site.refused(tomos, 'trust with a reason too long');
  await tomos.fill('#reason', 'Implants are still at list price');
  await tomos.click('text=Change what you said');
  await done(tomos);
  // That is the third: all are counted at once, so that nobody sees who changed what.
  await site.says(tomos, 'trust changed', '4 of 7 trust most of it or more', 'More was said since');

  const daniel = await visitor(1280);
  await signIn(daniel, 'daniel.osei');
  await see(daniel, trust, 'trust-in-the-costing');
  const told = await daniel.innerText('main');
  for (const it of ['Tomos', 'list price']) site.expect(!told.includes(it), 'trust', `tells finance ${it}`);
  await daniel.click('text=Link a decision that rested on it');
  await site.look(daniel, 'decision-to-link');
  await daniel.click('text=Link it');
  await site.refused(daniel, 'link without a decision');
  await daniel.selectOption('#decision', { index: 1 });
  await daniel.click('text=Link it');
  await done(daniel);
  await site.says(daniel, 'decision linked', 'What rested on it', 'Linked by Daniel Osei');
  for (const page of [helen, tomos, daniel]) await page.context().close();
});

// A service manager proposes a rule, for one kind first; a lead agrees on a phone.
await journey('an incentive for quality and cost together', async () => {
  const grace = await visitor(1280);
  await signIn(grace, 'grace.whitfield');
  await grace.goto(`${address}/benefits`);
  await grace.click('text=Incentives and penalties');
  await site.look(grace, 'incentives');
  await site.says(grace, 'incentives', 'Half of the saving of the year', 'Not paid, decided by both leads');
  await grace.click('main h3 a >> nth=0');
  await site.look(grace, 'incentive');
  await site.says(grace, 'incentive', 'What was met, April 2025 to March 2026', 'Cost improvement was met, quality was not', 'The target is no more than 4.0', 'is verified by both leads', 'The trigger asks for: not paid. It pays and books nothing', 'Not paid, decided by both leads');
  await see(grace, '/incentives/new?unit=TORT', 'new-incentive');
  await grace.click('text=Promised where both are delivered');
  await grace.fill('#what', 'A third of the saving buys a training day');
  await grace.fill('#from', '2026-04');
  await grace.fill('#to', '2027-03');
  await grace.fill('#savings', '50,000');
  await grace.click('text=Propose it');
  await faults.look(grace, 'incentive for cost alone');
  await site.says(grace, 'cost alone', 'This rule names cost improvement alone');
  await grace.selectOption('#quality', 'FALLS|TORT');
  await grace.fill('#target', '4.0');
  await grace.click('text=Propose it');
  await grace.waitForSelector('.nhsuk-notification-banner');
  await site.look(grace, 'incentive-proposed');
  await site.says(grace, 'proposed', 'Waits for both leads to agree');
  const rule = new URL(grace.url()).pathname;
  const helen = await visitor(375);
  await signIn(helen, 'helen.marsh');
  await see(helen, rule, 'incentive-to-agree-to');
  await helen.click('text=Agree to this rule');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await site.look(helen, 'incentive-agreed-by-one');
  await site.says(helen, 'agreed', 'Agreed, clinical lead', 'Helen Marsh');
  await grace.context().close();
  await helen.context().close();
});

// A finance partner writes a case and sees what is missing, tries a journey out, and a director decides.
await journey('a business case from nothing to a decision', async () => {
  const [daniel, ravi] = [await visitor(1280), await visitor(375)];
  const next = async (page) => {
    await page.click('main form button >> nth=0');
    await page.waitForSelector('.nhsuk-notification-banner');
  };
  await signIn(daniel, 'daniel.osei');
  await see(daniel, '/cases', 'business-cases');
  await site.says(daniel, 'cases', 'Physiotherapy on Saturdays and Sundays', 'Approved');
  await daniel.click('text=A third theatre list on Wednesdays');
  await site.look(daniel, 'business-case-that-lacks-evidence');
  await site.says(daniel, 'missing', 'What is missing', 'Attach a figure of the costing');
  await daniel.goto(`${address}/cases`);
  await daniel.click('text=Physiotherapy on Saturdays and Sundays');
  await site.look(daniel, 'business-case');
  await site.says(daniel, 'approved case', 'Approved by Ravi Sethi', '£82,612.50 more', 'Evidence of the costing');
  await see(daniel, '/cases/new', 'new-business-case');
  await daniel.click('main form button');
  await site.refused(daniel, 'new business case with errors');
  await daniel.selectOption('#unit', 'TORT');
  await daniel.fill('#title', 'A discharge lounge');
  await daniel.fill('#problem', 'Beds wait for transport');
  await next(daniel);
  const own = new URL(daniel.url()).pathname;
  for (const [place, cost] of [['0', '120000.10'], ['new', '98000.05']]) {
    await daniel.goto(`${address}${own}/options/${place}`);
    await daniel.click('main form button');
    await site.refused(daniel, 'option with errors');
    if (place === 'new') await daniel.fill('#name', 'A lounge');
    await daniel.fill('#one_off', '0');
    await daniel.fill('#recurrent', cost);
    for (const it of ['outcome', 'experience', 'safety']) await daniel.fill(`#${it}`, 'As the team expects');
    await next(daniel);
  }
  await see(daniel, `${own}/words`, 'words-of-a-case');
  await daniel.fill('#efficiency', 'More patients in the same beds');
  await daniel.selectOption('#proposed', '1');
  await next(daniel);
  await see(daniel, `${own}/evidence`, 'evidence-of-a-case');
  await daniel.selectOption('#figure', { index: 1 });
  await next(daniel);
  await see(daniel, `${own}/team`, 'team-of-a-case');
  for (const it of ['clinician', 'manager', 'finance']) await daniel.selectOption(`#${it}`, { index: 1 });
  await daniel.selectOption('#assessed_by', await daniel.getAttribute('#assessed_by option:has-text("Amara Okafor")', 'value'));
  for (const it of ['safety', 'effectiveness', 'experience']) await daniel.fill(`#${it}`, 'Readmissions are watched');
  await next(daniel);
  await daniel.click('text=Submit it for a decision');
  await daniel.waitForSelector('.nhsuk-notification-banner');
  const amara = await visitor(1280);
  await signIn(amara, 'amara.okafor');
  await amara.goto(`${address}${own}`);
  await amara.click('text=Sign the impact on quality');
  await amara.waitForSelector('.nhsuk-notification-banner');
  await amara.context().close();
  await signIn(ravi, 'ravi.sethi');
  await see(ravi, own, 'case-to-decide');
  await ravi.click('text=Approve it');
  await faults.look(ravi, 'decision without a reason');
  await ravi.fill('#because', 'It holds up');
  await ravi.click('text=Approve it');
  await ravi.waitForSelector('.nhsuk-notification-banner');
  await site.look(ravi, 'case-approved');
  await site.says(ravi, 'case approved', 'Approved by Ravi Sethi', '£22,000.05 less');

  for (const page of [daniel, ravi]) {
    await see(page, '/cases/journeys', 'patient-journeys');
    await page.click('main .concord-tasks a');
    await site.look(page, 'journey-of-patients');
    await site.says(page, 'journey', 'Step by step', 'One patient', 'Capacity: time of staff');
    await page.click('text=Change a step and see what happens');
    await page.fill('#minutes-0', 'long');
    await page.click('button:has-text("Work it out")');
    await site.refused(page, 'journey tried with an error');
    await page.fill('#minutes-0', '20');
    await page.click('button:has-text("Work it out")');
    await site.look(page, 'journey-tried');
    await site.says(page, 'journey tried', 'What would become of it', 'less', 'capacity and no cash');
    await see(page, '/cases/demand', 'demand-and-capacity-reviews');
    await see(page, '/cases/ceilings', 'price-ceilings');
    await page.click('main .concord-tasks a');
    await site.look(page, 'price-ceiling');
    await site.says(page, 'ceiling', 'Branton', 'Calder', 'Not met: not stocked', '£17,918.00');
  }
  // Dermatology is within reach of the director alone.
  await ravi.goto(`${address}/cases/demand`);
  await ravi.click('main .concord-tasks a');
  await site.look(ravi, 'demand-and-capacity');
  await site.says(ravi, 'demand', '12.0%', 'Capacity that was lost', 'no cash');
  await daniel.context().close();
  await ravi.context().close();
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
    await site.refused(page, 'two days with an error');
    await see(page, '/assessment/TORT/report', 'self-assessment-report');
    await site.says(page, 'report', 'Index of evidence', 'Thresholds in force');
    await see(page, '/assessment/board', 'page-for-the-board');
    await see(page, '/assessment/inspection', 'inspection-pack');
    await see(page, '/assessment/assurance', 'quality-and-money');
    await site.says(page, 'quality and money', 'keep quality and money at the same time', 'What is asked');
    await see(page, '/assessment/national', 'levels-of-trusts-of-a-director');
    await page.click('summary:has-text("Say how far this trust is")');
    await page.fill('#words', '');
    await page.click('button:has-text("Record it")');
    await faults.look(page, 'patient-level costing without a reason');
    await see(page, '/assessment/organisation', 'type-of-organisation');
    await page.fill('#source', '');
    await page.click('button:has-text("Record it")');
    await site.refused(page, 'type of organisation without a source');
    await see(page, '/assessment/recording', 'how-steps-are-recorded');
    await page.click('button:has-text("Choose it")');
    await site.refused(page, 'how steps are recorded without a reason');
    await see(page, '/assessment/library', 'library');
    await page.click('summary:has-text("Say where it can be read")');
    await page.fill('#address-1', 'the library');
    await page.click('button:has-text("Keep the address")');
    await site.refused(page, 'library with an error');
    await see(page, '/assessment/library', 'library-again');
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
  await site.refused(ravi, 'step to agree with errors');
  await ravi.check('input[value="consistently"]');
  await ravi.fill('#because', 'Since May it is so every month');
  await ravi.click('main form button');
  await ravi.waitForSelector('.nhsuk-notification-banner');

  await helen.goto(`${address}/assessment/UROL/evidence`);
  await helen.click('text=Add it');
  await site.refused(helen, 'evidence with errors');
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
  await site.refused(helen, 'joint working with errors');
  await helen.check('input[value="ad_hoc"]');
  await helen.click('main form button');
  await site.refused(helen, 'joint working without what called for it');
  await helen.check('input[value="norm"]');
  await helen.fill('#words', 'A partner sits in every review');
  await helen.check('input[name="supports"][value="yes"]');
  // Regular sharing has a frequency, a last day and an audience.
  await helen.selectOption('#shared_every', 'month');
  await helen.fill('#last_shared_on', new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
  await helen.click('main form button');
  await site.refused(helen, 'sharing with nobody');
  await helen.selectOption('#audience', 'both_professions');
  await helen.click('main form button');
  await helen.waitForSelector('.nhsuk-notification-banner');
  await site.says(helen, 'specialty', 'Proposed: Level 4');
  await see(helen, '/assessment/UROL/joint-working', 'joint-working-with-an-audience');
  await site.says(helen, 'joint working', 'Shared with: Clinicians and finance of the specialty, together.');
  await see(helen, '/assessment/UROL/level', 'level-to-put-forward');
  await helen.check('input[name="level"][value="3"]');
  await helen.fill('#culture', 'People ask each other');
  await helen.fill('#reassess_by', '2099-06-01');
  await helen.click('text=Put it forward');
  await site.says(helen, 'level', 'Say why it departs from what is proposed');
  await site.refused(helen, 'level with errors');
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
  await site.refused(helen, 'return with errors');
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
  await site.refused(helen, 'sharing with errors');
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
  await site.refused(nina, 'round with errors');
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
  await site.refused(nina, 'returns with errors');
  const header = 'organisation_code,year,level,steps,clinical_lead,finance_lead,framework';
  const wrong = row.replace('X-001,2013,', 'X-999,2013,');
  await nina.fill('#csv', `${header}\n${row.replace('X-001', missing)}\n${wrong}\n`);
  await nina.click('text=See what these rows would do');
  await site.look(nina, 'returns-to-take');
  await site.says(nina, 'returns', 'Of 2 rows 1 can be taken, and 1 cannot', 'Nobody knows the organisation');
  await nina.click('text=Take this return');
  await site.refused(nina, 'returns to take with errors');
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
  await site.refused(page, 'costing quality with errors');
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
  await site.refused(helen, 'planned day with an error');
  await helen.fill('#planned_on', '2099-03-31');
  await helen.click('main form button');
  await banner(helen);
  await site.says(helen, 'plan', '31 March 2099');

  await see(helen, '/assessment/very-small', 'very-small-specialties');
  await helen.click('text=Make another statement');
  await helen.click('text=Make the statement');
  await site.refused(helen, 'very small with errors');
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
  await site.refused(helen, 'team with errors');
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
  await site.refused(ravi, 'champion with an error');
  await ravi.fill('#words', 'Asked three people');
  await ravi.click('main form button');
  await banner(ravi);

  await see(helen, '/assessment/dialogue', 'directors-dialogue');
  await helen.click('text=Add it');
  await site.refused(helen, 'dialogue with errors');
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
  await site.refused(ravi, 'round with errors');
  await see(helen, '/assessment/local-steps', 'steps-of-our-own');
  await helen.click('text=Add the step');
  await site.refused(helen, 'step of our own with errors');
  await see(ravi, '/assessment/TORT/steps/LOCAL1', 'step-of-our-own');

  const nadia = await visitor(1280);
  await signIn(nadia, 'nadia.whitlock');
  await see(nadia, '/assessment/TORT/moderated', 'ratings-from-outside');
  await nadia.click('main .concord-step a');
  await site.look(nadia, 'step-from-outside');
  await nadia.fill('#words', '');
  await nadia.click('main form button');
  await site.refused(nadia, 'rating from outside with errors');
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

// The trust says what its commissioner sees; the commissioner sees that and no more.
await journey('share quality with a commissioner', async () => {
  const [ravi, piet] = [await visitor(1280), await visitor(375)];
  await signIn(ravi, 'ravi.sethi');
  await see(ravi, '/contracts', 'contracts');
  await ravi.click('text=Record a contract');
  await site.look(ravi, 'contract-to-record');
  await ravi.click('text=Keep the contract');
  await site.refused(ravi, 'contract with errors');
  await ravi.fill('#name', 'Stroke care');
  await ravi.fill('#commissioner', 'Ashbourne Vale Integrated Care Board');
  await ravi.fill('#code', 'QXV');
  for (const [field, day] of [['begins_on', '2025-04-01'], ['ends_on', '2099-03-31'], ['seen_until', '2099-03-31']]) {
    await ravi.fill(`#${field}`, day);
  }
  await ravi.check('input[name="units"][value="STRO"]');
  await ravi.check('input[name="measures"][value="FFT-POSITIVE"]');
  await ravi.check('input[name="readers"]');
  await ravi.click('text=Keep the contract');
  await ravi.waitForSelector('.nhsuk-notification-banner');
  await signIn(piet, 'piet.jansen');
  await see(piet, '/contracts', 'contracts-of-a-commissioner');
  await site.says(piet, 'contracts', 'Planned orthopaedics and pain management', 'Stroke care');
  await piet.click('text=Planned orthopaedics');
  await site.look(piet, 'contract');
  await site.says(piet, 'contract', 'Trauma and orthopaedics', 'Falls with harm', 'no cost of the trust is shown');
  await piet.click('main table a:has-text("Friends and Family")');
  await site.look(piet, 'measure-of-a-contract');
  const of = await piet.goto(`${address}/services/TORT`);
  faults.expect(of.status() === 404, 'contract', 'shows a service line');
  await ravi.context().close();
  await piet.context().close();
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
