/** Operations on many accounts: an import previewed, executed and undone; a template applied; in pieces, and stopped. Access reviews. A group
 * handed over again. */
import { equal, made, ok, open, settled, sql, test, visit } from './browser.js';

const demo = '/tenants/demo';
const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');
const users = async () => (await made('GET', `${demo}/users?q=imp-&limit=500`)).items.map((each) => each.userName);
const csv = `userName,displayName,email\nimp-a,<img src=x onerror=alert(1)>,\nimp-b,,nonsense\n${
  Array.from({ length: 120 }, (_, i) => `imp-${i},Person ${i},\n`).join('')}`;

async function importing(page) {
  await visit(page, '#/demo/users');
  await button(page, 'Import a file…').click();
  await button(page, 'See what it would do').click();
  equal(await dialog(page).getByLabel('File').evaluate((each) => each.validity.valueMissing), true, 'a file is asked for');
  await dialog(page).getByLabel('File').setInputFiles({ name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await dialog(page).getByLabel('Name', { exact: true }).fill('Staff');
  await button(page, 'See what it would do').click();
  await dialog(page).getByText('121 made, 0 changed, 0 same, 0 kept, 1 refused').waitFor();
  await dialog(page).getByText(/.nonsense. is no e-mail address; write one such as name@example\.com\./).waitFor();
  equal(await users(), [], 'nothing is done yet');
  await button(page, 'Import it').click();
  await dialog(page).getByRole('link', { name: 'See each account, or undo it' }).waitFor();
  equal((await users()).length, 121, 'all are made');
}

async function undoing(page) {
  await dialog(page).getByRole('link', { name: 'See each account, or undo it' }).click();
  await page.getByRole('heading', { name: 'Staff', exact: true }).waitFor();
  await settled(page);
  ok(await page.getByText('imp-a').first().isVisible(), 'each account is listed');
  ok(/^#\/demo\/users\/[0-9a-f-]{36}$/.test(await page.getByRole('link', { name: /^imp-/ }).first().getAttribute('href')), 'and leads to its page');
  if (await dialog(page).count()) await button(page, 'Close').click();
  await button(page, 'Undo').click();
  await dialog(page).getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
  equal(await users(), [], 'all are gone');
}

async function linking(page) {
  const { id } = await made('POST', `${demo}/groups`, { displayName: 'Handed over' });
  await visit(page, `#/demo/groups/${id}`);
  await button(page, 'Hand over').click();
  await dialog(page).getByRole('button', { name: 'Hand over', exact: true }).click();
  await page.getByText('Provisioned', { exact: true }).waitFor();
  equal((await made('GET', `${demo}/groups/${id}`)).source, 'scim', 'it is the identity provider’s');
  await page.getByRole('button', { name: 'Unlink' }).waitFor();
}

/** Answers requests as if their time were over; the request with the number `real` is answered by the server, after `go` was called. */
async function inTime(page, path, real, fake) {
  const bodies = [];
  let go;
  const gate = new Promise((resolve) => { go = resolve; });
  await page.route(path, async (route) => {
    bodies.push(route.request().postDataJSON());
    const n = bodies.length;
    if (n === real) return gate.then(() => route.continue());
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(fake(n)) });
  });
  return { bodies, go };
}

const piece = (n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

async function batch(prefix) {
  const file = `userName\n${[1, 2, 3].map((i) => `${prefix}-${i}`).join('\n')}\n`;
  return (await made('POST', `${demo}/imports`, { file, name: `Of ${prefix}` })).import;
}

async function undoingInPieces(page) {
  const id = await batch('imp-piece');
  equal((await users()).length, 3, 'three are there');
  const { bodies, go } = await inTime(page, '**/batches/*/undo', 3, (n) => ({ batch: id, undone: 50, left: 1, next: piece(n) }));
  await visit(page, `#/demo/batch/${id}`);
  await button(page, 'Undo').click();
  await dialog(page).getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog(page).getByText('100 undone, 2 left').waitFor();
  go();
  await page.getByText('103 undone, 2 left').waitFor();
  await dialog(page).waitFor({ state: 'detached' });
  equal(bodies, [{}, { after: piece(1) }, { after: piece(2) }], 'each request goes on where the one before has ended');
  equal(await users(), [], 'the last one has done the rest');
  await page.unroute('**/batches/*/undo');
}

async function stopping(page) {
  const id = await batch('imp-stop');
  const { bodies } = await inTime(page, '**/batches/*/undo', 0, (n) => ({ batch: id, undone: 10, left: 0, next: piece(n) }));
  await visit(page, `#/demo/batch/${id}`);
  await button(page, 'Undo').click();
  await dialog(page).getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog(page).getByText('Going on…').waitFor();
  await dialog(page).getByRole('button', { name: 'Stop' }).click();
  await page.getByText(/^Stopped: \d+ undone, 0 left$/).waitFor();
  await dialog(page).waitFor({ state: 'detached' });
  const sent = bodies.length;
  await button(page, 'Undo').click();
  await dialog(page).getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog(page).getByText('Going on…').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.waitForTimeout(600);
  const after = bodies.length;
  await page.waitForTimeout(600);
  ok(after > sent && bodies.length === after, 'a dialog that is closed stops it, too');
  await page.unroute('**/batches/*/undo');
  await made('POST', `${demo}/batches/${id}/undo`, {});
  equal(await users(), [], 'what was stopped can be undone later');
}

async function applying(page) {
  const id = await batch('imp-apply');
  await made('POST', `${demo}/flags`, { flag: 'applied' });
  const template = await made('POST', `${demo}/templates`, { name: 'To those who are here', condition: 'userName sw "imp-apply"', flags: ['applied'] });
  const bodies = [];
  // The first answer of the execution is as if its time were over.
  await page.route('**/apply', async (route) => {
    bodies.push(route.request().postDataJSON());
    const answer = await route.fetch();
    const data = await answer.json();
    return route.fulfill({ response: answer, json: bodies.length === 2 ? { ...data, next: piece(1) } : data });
  });
  await visit(page, '#/demo/templates');
  await button(page, 'Apply To those who are here').click();
  await button(page, 'See what it would do').click();
  await dialog(page).getByText('3 given, 0 same, 0 refused').waitFor();
  equal(await dialog(page).getByRole('link', { name: /^imp-apply-/ }).count(), 3, 'each is named');
  const flagged = async () => (await made('GET', `${demo}/users?flag=applied`)).items.length;
  equal(await flagged(), 0, 'nothing is done yet');
  await button(page, 'Apply it').click();
  await dialog(page).getByText('3 given, 3 same, 0 refused').waitFor();
  equal(await flagged(), 3, 'all have it');
  equal(bodies.map(({ preview, after, batch: of }) => [preview, after, Boolean(of)]), [[true, undefined, false], [false, undefined, false], [false, piece(1), true]],
    'it goes on in its batch');
  await dialog(page).getByRole('link', { name: 'See each account, or undo it' }).click();
  await page.getByText('imp-apply-1').first().waitFor();
  await page.unroute('**/apply');
  await made('DELETE', `${demo}/templates/${template.id}`);
  await made('POST', `${demo}/batches/${id}/undo`, {});
}

/** Who has what, now and at a past time. */
async function reviewing(page) {
  // Moves everything so far to the day before.
  sql(`update scim.audit set at = at - interval '1 day' where tenant = 'demo'; update scim.tenant set created = created - interval '1 day' where tenant = 'demo';
    update scim.resource set created = created - interval '1 day' where tenant = 'demo'; update scim.migration set applied = applied - interval '2 days'`);
  const { id } = await made('POST', `${demo}/users`, { userName: 'review-one', displayName: 'Review One' });
  await made('POST', `${demo}/subscriptions`, { name: 'Reviewed' });
  await made('POST', `${demo}/grants`, { user: id, subscription: 'Reviewed' });
  await visit(page, '#/demo/access');
  await page.getByRole('link', { name: 'Access review' }).click();
  await page.getByRole('heading', { name: 'Access review' }).waitFor();
  const row = page.getByRole('row', { name: /Review One.*Reviewed/ });
  const anna = page.getByRole('row', { name: /Anna Lindqvist/ }).first();
  const all = async () => {
    await anna.waitFor();
    while (await button(page, 'Show more').count()) {
      const rows = await page.locator('tbody tr').count();
      await button(page, 'Show more').click();
      await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length > n
        || ![...document.querySelectorAll('button')].some((each) => each.textContent === 'Show more'), rows);
    }
    return row.count();
  };
  equal(await all(), 1, 'now it has it');
  ok(await row.getByText(/granted/).count(), 'with why');
  const at = page.getByLabel('When', { exact: true });
  const local = (hours) => page.evaluate((ago) => new Date(Date.now() - ago * 3600000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16), hours);
  await at.fill(await local(12));
  await page.waitForURL(/at=/);
  await row.waitFor({ state: 'detached' });
  equal(await all(), 0, 'twelve hours ago it had not, and Anna had');
  page.trouble.allowed = /status of 400/;
  await at.fill('2021-03-04T05:06');
  await page.getByText(/The audit log begins at .*; give a later time/).waitFor();
  await page.reload();
  await settled(page);
  equal(await at.inputValue(), '2021-03-04T05:06', 'the address keeps the moment, and the field is there to change it');
  await at.fill('');
  equal(await all(), 1, 'now again');
  page.trouble.allowed = null;
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Save as CSV').click()]);
  ok((await file.createReadStream()) && /\.csv$/.test(file.suggestedFilename()), 'as a file');
}

export default async function imports() {
  const page = await open();
  await test('import: preview, then execution', page, () => importing(page));
  await test('import: undo', page, () => undoing(page));
  await test('undo continues until all is done', page, () => undoingInPieces(page));
  await test('undo is stopped', page, () => stopping(page));
  await test('a template is applied to existing users', page, () => applying(page));
  await test('access review, now and at a past time', page, () => reviewing(page));
  await test('a group is handed over', page, () => linking(page));
  await page.context().close();
}
