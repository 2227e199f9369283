/** Accounts from a file: looked at, imported, and undone; a group handed over again. */
import { equal, made, ok, open, settled, test, visit } from './browser.js';

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

export default async function imports() {
  const page = await open();
  await test('import: look first, then in earnest', page, () => importing(page));
  await test('import: undo', page, () => undoing(page));
  await test('a group is handed over', page, () => linking(page));
  await page.context().close();
}
