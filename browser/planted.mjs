// The planted truths of the demonstration, read off the screens, and its false trails, which no screen may raise.
// A story that is neither here nor among those that no screen tells turns the build red.
import { readFileSync } from 'node:fs';

const number = (text) => Number(text.replaceAll(',', ''));
const HIPS = '/services/TORT?pod=EL&hrg=HN12';
const HIPS_GOODS = '/services/TORT/goods?pod=EL&hrg=HN12';
const inPlace = (text, pattern) => (text.match(pattern) ?? []).slice(1).map(number);

// By story: who looks, where, what must stand there, and what the figures in it must be.
const TOLD = {
  hip_replacements: [
    ['amara.okafor', HIPS, /Each stay cost £([\d,]+) and was paid £([\d,]+)/, ([cost, paid]) => cost > paid],
    ['amara.okafor', HIPS, /Days in a bed: ([\d.]+), peers ([\d.]+)/, ([own, peers]) => own > peers],
    ['amara.okafor', HIPS, /Laboratory tests: ([\d.]+), peers ([\d.]+)/, ([own, peers]) => own > 2 * peers],
    ['amara.okafor', HIPS, /Scans and radiographs: ([\d.]+), peers ([\d.]+)/, ([own, peers]) => own > 2 * peers],
    ['amara.okafor', '/services/TORT/stays?pod=EL&hrg=HN12', /“Stay on trauma” stayed ([\d.]+) nights on average, longer than like patients of the others by more than chance/, ([nights]) => nights > 6],
    ['amara.okafor', '/services/TORT/stays?pod=EL&hrg=HN12', /The day on which most left is Monday: (\d+) of (\d+)/, ([monday, all]) => 3 * monday > all],
    ['amara.okafor', '/services/TORT/national?pod=EL&hrg=HN12', /It cost ([\d.]+)% more than at national mean unit costs/, ([more]) => more > 10],
  ],
  dermatology_clinic: [
    ['helen.marsh', '/services/DERM', /Appointments not attended[^]*?(\d+) of (\d+), [\d.]+%/, ([missed, all]) => 100 * missed > 12 * all],
    ['helen.marsh', '/services/DERM', /Follow-ups for each first appointment[^]*?([\d.]+) for each/, ([each]) => each > 1.5],
  ],
  junior_doctors_records: [
    // The small trust has too few of them for a share: the one part of the year in which all are in the lowest group is read off the table.
    ['priya.raman', '/services/SURG/my-work', /6 August 2025 to 2 December 2025\s+\d+\s+(\d+) of (\d+), too few/, ([lowest, all]) => all > 0 && lowest === all],
    ['priya.raman', '/services/SURG/my-work', /2 April 2025 to 5 August 2025\s+\d+\s+(\d+) of (\d+), too few/, ([lowest, all]) => lowest < all],
  ],
  intensive_care_discharge: [
    ['helen.marsh', '/services/CRIT', /Critical care after the patient was ready to leave: ([\d,.]+) minutes/, ([minutes]) => minutes > 0],
  ],
  temporary_staff: [
    ['helen.marsh', '/wards', /On no ward are temporary staff a larger part of pay than on Elderly medicine south: (\d+)%/, ([percent]) => percent > 25],
    ['joseph.adeyemi', '/my-ward', /(\d+)% of the pay on this ward is for temporary staff, bank and agency/, ([percent]) => percent > 25],
  ],
  prosthesis_prices: [
    ['amara.okafor', HIPS_GOODS, /“HIP-CALDER” cost £([\d,]+) each and “HIP-ASTER” £([\d,]+): £([\d,]+) more for one, used (\d+) and (\d+) times/, ([dear, cheap, more, ...used]) => dear > 1.7 * cheap && Math.abs(dear - cheap - more) <= 1 && used.every((it) => it >= 10)],
    ['amara.okafor', HIPS_GOODS, /At the price of “HIP-ASTER” those set beside each other here would have cost £([\d,]+) less/, ([less]) => less > 10_000],
  ],
  pass_through_medicines: [
    ['helen.marsh', '/services/CANC/goods', /£([\d,]+) of it is for things that are found with the same event, and these cost as much: they make neither surplus nor deficit/, ([paid]) => paid > 0],
  ],
  private_patients: [
    ['amara.okafor', '/services/TORT', /Private patients: (\d+) events cost £([\d,]+) and were paid £([\d,]+)/, (all) => all.every((it) => it > 0)],
    ['amara.okafor', '/services/TORT', /the costing keeps them apart from the care of own patients/, () => true],
  ],
  one_long_delay: [
    ['helen.marsh', '/services/ELDE/stays', /Of their ([\d,]+) nights in a bed, ([\d,]+) nights were after that[^]*?One patient waited (\d+) days\. (?:Without|What)/, ([nights, after, days]) => days > 190 && days <= after && after <= nights],
    ['helen.marsh', '/services/ELDE/stays', /A stay cost £([\d,]+) on average, and half of them £([\d,]+) or less\. Without that one stay the average is £([\d,]+): £([\d,]+) less/, ([mean, median, without, less]) => mean > 1.25 * median && mean > 1.1 * without && less > 0],
  ],
  fertility_service: [['helen.marsh', '/services/FERT', /had a deficit of £([\d,]+)/, ([deficit]) => deficit > 0]],
  fixed_payment: [
    ['helen.marsh', '/services/RESP', /Paid mainly by a fixed sum: this surplus or deficit is not a measure of its efficiency/, () => true],
    ['helen.marsh', '/services/RESP', /Activity at unit price\s+£([\d,]+)\s+Contract income recognised\s+£([\d,]+)/, ([price, paid]) => paid < price],
  ],
  medical_outliers: [
    ['helen.marsh', '/wards/W08', /Of these nights all (\d+) were of patients of Medicine/, ([nights]) => nights > 0],
    ['helen.marsh', '/wards/W08', /(\d+) of (\d+) began in the three months from December 2025 to February 2026, more than in any other three/, ([winter, all]) => 2 * winter > all],
  ],
  evening_lists: [
    ['amara.okafor', HIPS, /Surgery on planned lists: [\d,.]+ minutes at £([\d.]+)\s+Surgery on evening lists: [\d,.]+ minutes at £([\d.]+)/, ([planned, evening]) => evening > 1.3 * planned],
  ],
  empty_beds: [
    ['bridget.nolan', '/my-ward', /(\d+) in 100 are in use/, ([used]) => used > 50 && used < 70],
    ['helen.marsh', '/wards', /No ward has a larger part of its staffed beds empty than Elective orthopaedics: (\d+) in 100 are in use/, ([used]) => used < 70],
  ],
  standby_theatre: [['ines.duarte', 'RUN', /Planned sessions that were\s+not used\s+.?£([\d,.]+)/, ([unused]) => unused > 0]],
  services_sold: [['ines.duarte', 'RUN', /Not the care of own patients\s+.?£([\d,.]+)/, ([others]) => others > 0]],
  ledger_credit: [['ines.duarte', '/data-quality', /“DRUGS-REBATE” is a net credit of £([\d,.]+), which the model allows/, ([credit]) => credit > 0]],
  record_of_purpose: [
    ['helen.marsh', '/services/TORT/colleagues?pod=EL&hrg=HN12', /Support for surgeons and training of new consultants, not performance management/, () => true],
  ],
};

// What no screen tells yet, though a run can be asked for it.
const NOT_TOLD = [
  'better_matching', 'corrected_theatre_times', 'education_and_research', 'march_accrual', 'newly_qualified_consultant',
  'prior_year_item',
];

// Where a false trail would be raised, and words that would raise it.
const RAISED = /by more than chance|worse than (his|her|their) colleagues|outlier/;
const FALSE_TRAILS = {
  revision_surgeon: [['helen.marsh', '/services/TORT/colleagues', 200], ['helen.marsh', '/services/TORT/colleagues?pod=EL&hrg=HN81', 200]],
  nine_cases: [['helen.marsh', '/services/TORT/colleagues?pod=EL&hrg=HN12', 200]],
  on_call_attribution: [['helen.marsh', '/services/SURG/colleagues', 0]],
  locum_code: [['helen.marsh', '/services/ELDE/colleagues', 0], ['helen.marsh', '/services/GMED/colleagues', 0]],
};

export async function planted(site) {
  const { address, faults } = site;
  const stories = [...readFileSync('crates/demonstration/data/planted.toml', 'utf8').matchAll(/^id = "(\w+)"\nkind = "(\w+)"/gm)];
  for (const [, id, kind] of stories) {
    const known = kind === 'truth' ? id in TOLD || NOT_TOLD.includes(id) : id in FALSE_TRAILS;
    faults.expect(known, id, 'is planted, and nothing looks for it on a screen');
  }
  for (const id of [...Object.keys(TOLD), ...NOT_TOLD, ...Object.keys(FALSE_TRAILS)]) {
    faults.expect(stories.some((it) => it[1] === id), id, 'is looked for and not planted');
  }
  const pages = new Map();
  const texts = new Map();
  const read = async (who, path) => {
    if (!pages.has(who)) {
      const page = await site.visitor(1280);
      await site.signIn(page, who);
      pages.set(who, page);
    }
    if (texts.has(`${who} ${path}`)) return texts.get(`${who} ${path}`);
    const page = pages.get(who);
    let response = await page.goto(`${address}${path === 'RUN' ? '/runs' : path}`);
    if (path === 'RUN') {
      const run = await page.getAttribute('main table tbody tr:first-child a', 'href');
      response = await page.goto(`${address}${run}`);
    }
    await page.evaluate(() => document.querySelectorAll('details').forEach((it) => { it.open = true; }));
    const text = (await page.innerText('main')).replaceAll('\u00a0', ' ').replaceAll('\t', ' ');
    texts.set(`${who} ${path}`, { status: response.status(), text });
    return texts.get(`${who} ${path}`);
  };
  for (const [id, looks] of Object.entries(TOLD)) {
    for (const [who, path, pattern, holds] of looks) {
      const { status, text } = await read(who, path);
      if (!pattern.test(text)) faults.add(id, `cannot be read off ${path} (${status}) by ${who}: ${pattern}`);
      else faults.expect(holds(inPlace(text, pattern)), id, `is told otherwise on ${path}: ${text.match(pattern)[0]}`);
    }
  }
  for (const [id, looks] of Object.entries(FALSE_TRAILS)) {
    for (const [who, path, wanted] of looks) {
      const { status, text } = await read(who, path);
      if (wanted) faults.expect(status === wanted, id, `${path} answers ${status}`);
      faults.expect(!RAISED.test(text), id, `is raised on ${path}: ${text.match(RAISED)?.[0]}`);
    }
  }
  for (const page of pages.values()) await page.context().close();
  return `${Object.keys(TOLD).length} planted truths read off the screens, ${NOT_TOLD.length} told by none, no false trail raised`;
}
