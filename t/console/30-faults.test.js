/** Failures around the page: it shows them, loses nothing, does nothing twice, and continues automatically. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { env, equal, made, ok, open, settled, test, visit } from './browser.js';

/** Starts or stops the database, as the user who owns it. */
function postgres(verb) {
  const command = ['/usr/lib/postgresql/15/bin/pg_ctl', '-D', env.PGDATA, '-w', '-m', 'fast', '-l', `${env.CONSOLE_SERVER}/postgresql.log`, verb].filter((each, i, all) => verb === 'stop' || !['-m', 'fast'].includes(each));
  const root = process.getuid?.() === 0;
  execFileSync(root ? 'setpriv' : command[0], root ? ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', ...command] : command.slice(1), { cwd: '/', stdio: 'ignore' });
}

async function databaseGone(page) {
  page.trouble.allowed = /status of 503/;
  await visit(page, '#/demo/users');
  postgres('stop');
  try {
    await page.getByRole('link', { name: 'Groups', exact: true }).click();
    await page.getByText('The database does not answer').waitFor();
  } finally {
    postgres('start');
  }
  await page.getByRole('heading', { name: 'Groups' }).waitFor();
  await page.getByText('The database does not answer').waitFor({ state: 'detached' });
  await page.getByText('The server answers again').waitFor();
}

async function offline(page) {
  page.trouble.allowed = /ERR_INTERNET_DISCONNECTED/;
  await visit(page, '#/demo/users');
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await page.getByText('The server does not answer').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: 'Groups' }).waitFor();
  await page.getByText('The server does not answer').waitFor({ state: 'detached' });
}

/** The session ends at the identity provider meanwhile: the entered values stay, and can be saved after the login. */
async function loginEnded(page) {
  page.trouble.allowed = /status of 401/;
  await visit(page, '#/demo/users/grace.tan@example.com');
  const file = `${env.CONSOLE_SERVER}/administrators`;
  const known = readFileSync(file);
  const role = page.getByLabel('Role', { exact: true });
  await role.fill('read-only');
  writeFileSync(file, '');
  try {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('Your login has ended.').waitFor();
    await page.locator('#banner').getByRole('link', { name: 'Log in in a new tab' }).waitFor();
    equal(await role.inputValue(), 'read-only', 'what was entered stays');
  } finally {
    writeFileSync(file, known);
  }
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.getByText('The server answers again').waitFor();
  equal((await made('GET', '/tenants/demo/users/grace.tan@example.com')).ownRole, null, 'nothing was saved meanwhile');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  equal((await made('GET', '/tenants/demo/users/grace.tan@example.com')).role, 'read-only', 'and is saved then');
}

/** The database is down during a change: the change is refused, and the entered values stay. */
async function changeWithout(page) {
  page.trouble.allowed = /status of 503/;
  await visit(page, '#/demo/roles');
  await page.getByRole('button', { name: 'Add a role' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Role', { exact: true }).fill('made-later');
  postgres('stop');
  try {
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    await page.locator('#banner').getByText('The database does not answer').waitFor();
  } finally {
    postgres('start');
  }
  await page.getByText('The server answers again').waitFor();
  equal(await dialog.getByLabel('Role', { exact: true }).inputValue(), 'made-later', 'what was entered stays');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('link', { name: 'made-later', exact: true }).waitFor();
}

async function late(page) {
  await page.route('**/users?*', async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 1200); });
    await route.continue().catch(() => {});
  });
  await visit(page, '#/demo/groups');
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('link', { name: 'Roles and flags' }).click();
  await page.getByRole('heading', { name: 'Roles and flags' }).waitFor();
  await page.waitForTimeout(1500);
  equal(await page.locator('h1').innerText(), 'Roles and flags', 'the screen that was asked for last');
  await page.unroute('**/users?*');
}

async function gone(page) {
  page.trouble.allowed = /status of 404/;
  await visit(page, '#/nothing/users');
  await page.getByText('There is nothing here').waitFor();
  await page.getByText('There is no tenant "nothing"').waitFor();
  await visit(page, '#/demo/nothing');
  await page.getByText('There is no page at this address.').waitFor();
}

async function unsaved(page) {
  await visit(page, '#/demo/access');
  await page.getByText('By hand', { exact: true }).click();
  await page.locator('#preview').waitFor();
  page.trouble.allowed = /^dialog: /;
  const asked = page.waitForEvent('dialog');
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  ok(/not saved/.test((await asked).message()), 'it is asked about');
  await page.waitForTimeout(200);
  equal(await page.locator('h1').innerText(), 'Access', 'and one stays');
  await page.getByRole('button', { name: 'Discard' }).click();
}

async function colours(page) {
  await visit(page, '#/demo');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole('button', { name: 'Dark colours' }).click();
  ok((await paper()) !== light, 'the colours change');
  await page.reload();
  await settled(page);
  ok((await paper()) !== light, 'and are remembered');
  equal(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [1, 0, ''], 'nothing else is kept');
}

export default async function faults() {
  const page = await open();
  const check = (name, work) => test(name, page, async () => {
    await work(page);
    await page.waitForTimeout(100);
    page.trouble.take();
    page.trouble.allowed = null;
  });
  await check('the database is gone, and back', databaseGone);
  await check('a change while the database is gone', changeWithout);
  await check('the server is gone, and back', offline);
  await check('an answer that comes late is dropped', late);
  await check('a tenant and a page that are not there', gone);
  await check('a change that is not saved', unsaved);
  await check('light and dark', colours);
  await check('the login has ended', loginEnded);
  await page.context().close();
}
