/** What goes wrong around the page: it says so, loses nothing, does nothing twice, and goes on by itself. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { env, equal, ok, open, settled, test, visit } from './browser.js';

/** Starts or stops the database, as the user whose it is. */
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

async function loginEnded(page) {
  page.trouble.allowed = /status of 401/;
  await visit(page, '#/demo/users');
  const file = `${env.CONSOLE_SERVER}/administrators`;
  const known = readFileSync(file);
  writeFileSync(file, '');
  try {
    await page.getByRole('link', { name: 'Groups', exact: true }).click();
    await page.getByText('Your login has ended.').first().waitFor();
    await page.getByRole('link', { name: 'Log in in a new tab' }).waitFor();
  } finally {
    writeFileSync(file, known);
  }
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
  await page.getByText('The address names no page of the console.').waitFor();
}

async function unsaved(page) {
  await visit(page, '#/demo/access');
  await page.getByText('By hand', { exact: true }).click();
  await page.locator('#preview').waitFor();
  page.trouble.allowed = /^dialog: /;
  const asked = new Promise((resolve) => { page.once('dialog', resolve); });
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
  await check('the server is gone, and back', offline);
  await check('an answer that comes late is dropped', late);
  await check('a tenant and a page that are not there', gone);
  await check('a change that is not saved', unsaved);
  await check('light and dark', colours);
  await check('the login has ended', loginEnded);
  await page.context().close();
}
