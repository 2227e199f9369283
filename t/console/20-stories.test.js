/** The tasks of administrators, clicked through from beginning to end. */
import { readFileSync } from 'node:fs';
import { api, env, equal, made, ok, open, scim, settled, sql, test, visit } from './browser.js';

const demo = '/tenants/demo';
const button = (page, name, exact = true) => page.getByRole('button', { name, exact });
const dialog = (page) => page.getByRole('dialog');

/** Whether the server's description has an operation. */
async function has(text) {
  return JSON.stringify(await made('GET', '/openapi.json')).includes(text);
}

async function connect(page) {
  await visit(page, '#/');
  await page.getByRole('link', { name: 'Demo organisation' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByRole('link', { name: 'Connect', exact: true }).click();
  await page.getByRole('link', { name: 'Microsoft Entra ID' }).click();
  await page.getByText(`${env.SCIM_BASE_URL}?aadOptscim062020`).waitFor();
  await button(page, 'Make a token').click();
  equal(await dialog(page).getByLabel('Name', { exact: true }).inputValue(), `entra-${new Date().getFullYear()}`, 'the suggested name');
  await button(page, 'Make the token').click();
  const secret = await dialog(page).locator('code').first().innerText();
  ok(secret.startsWith('scim_'), `a token is shown: ${secret}`);
  await dialog(page).getByRole('button', { name: 'Copy the token' }).click();
  equal(await page.evaluate(() => navigator.clipboard.readText()), secret, 'what is copied');
  await page.keyboard.press('Escape');
  ok(await dialog(page).isVisible(), 'Escape does not close it');
  await button(page, 'I have stored it').click();
  await page.getByText('Waiting for the first request of Entra ID').waitFor();
  if (await button(page, 'Test the connection').count()) {
    await button(page, 'Test the connection').click();
    await page.getByText('It searches for groups (as expected)').waitFor();
    equal(await page.getByText('(as expected)').count(), 5, 'steps as expected');
    await page.getByText('Its address begins with https (not as expected)').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Its own first request (as expected)' }).getByText(/SOMEBODY%20WHO%20DOES%20NOT%20EXIST/).waitFor();
  }
  equal((await scim('GET', '/Users?filter=userName%20eq%20%22nobody%22', undefined, secret)).status, 200, 'the provider tests');
  await page.getByText('Entra ID has tested the connection').waitFor();
  const leaves = page.waitForEvent('dialog');
  page.trouble.allowed = /^dialog: /;
  page.getByRole('link', { name: 'Tokens', exact: true }).first().click().catch(() => {});
  ok(/not shown again/.test((await leaves).message()), 'leaving is asked about');
  await page.getByText('Entra ID has tested the connection').waitFor();
  page.trouble.allowed = null;
  page.evaluate(() => { window.onbeforeunload = null; });
  await page.reload();
  await settled(page);
  ok(!(await page.content()).includes(secret), 'it is not shown again');
}

async function refused(page) {
  await visit(page, '#/demo');
  await page.getByText('Role not found: Manager').waitFor();
  await page.getByRole('link', { name: 'Look: Role not found: Manager' }).click();
  await page.getByRole('heading', { name: 'Why it was refused' }).waitFor();
  await page.getByText('Change the mapping or the value at the identity provider').waitFor();
}

async function held(page) {
  await visit(page, '#/demo');
  await page.getByRole('link', { name: /^Decide: / }).click();
  await page.getByRole('heading', { name: /Changes a group\s+All staff\s*: 10 people would lose access/ }).waitFor();
  if (await has('"people"')) await page.getByRole('link', { name: 'Anna Lindqvist' }).waitFor();
  const waiting = page.getByRole('link', { name: /^Held requests/ }).locator('.count');
  await visit(page, '#/demo/users');
  await waiting.waitFor();
  equal(await waiting.innerText(), '1', 'the navigation says so at every place, though the overview was not shown');
  await visit(page, '#/demo');
  await page.getByRole('link', { name: /^Decide: / }).click();
  await button(page, 'Release…').click();
  await dialog(page).getByLabel('For how many minutes').fill('5');
  await button(page, 'Release').click();
  await page.getByText('released', { exact: true }).first().waitFor();
  const [hold] = (await made('GET', `${demo}/holds`)).items;
  equal(hold.state, 'released', 'its state');
  await waiting.waitFor({ state: 'detached' });
  equal(await button(page, 'Reject…').count(), 0, 'what is decided stays');
}

async function access(page) {
  await visit(page, '#/demo/access');
  const field = page.getByLabel('Add a group to Analytics', { exact: true });
  await field.fill('Sales');
  await field.press('Enter');
  await page.getByRole('heading', { name: 'What your change would do' }).waitFor();
  const preview = page.locator('#preview');
  await preview.getByText('Gain Analytics').waitFor();
  await preview.getByRole('link', { name: 'Farid Haddad' }).waitFor();
  equal((await made('GET', `${demo}/mappings?subscription=Analytics`)).items.length, 0, 'nothing is saved yet');
  await button(page, 'Save this change').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  equal((await made('GET', `${demo}/mappings?subscription=Analytics`)).items.map((each) => each.group), ['Sales'], 'it is saved');
  await settled(page);
  await page.getByRole('button', { name: 'Remove Sales from Analytics' }).click();
  await page.locator('#preview').getByText('Lose Analytics').waitFor();
  await button(page, 'Discard').click();
  await page.locator('#preview').waitFor({ state: 'detached' });
  equal((await made('GET', `${demo}/mappings?subscription=Analytics`)).items.length, 1, 'discarded');
  await page.getByText('By hand', { exact: true }).click();
  await page.locator('#preview').getByText('Lose Portal').waitFor();
  await button(page, 'Discard').click();
}

async function person(page) {
  await visit(page, '#/demo/users');
  await page.getByLabel('Search').fill('dmitri');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  ok(page.url().endsWith('?q=dmitri'), 'the address holds the search');
  await page.getByRole('link', { name: 'Dmitri Volkov' }).click();
  await page.getByRole('heading', { name: 'Dmitri Volkov' }).waitFor();
  await page.getByRole('row', { name: /^Reports/ }).getByText('no', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Grant Reports by hand' }).click();
  await page.getByText(/^Granted/).waitFor();
  equal((await made('GET', `${demo}/grants?user=dmitri.volkov@example.com`)).items.map((each) => each.subscription), ['Reports'], 'granted');
  await page.getByRole('button', { name: 'Withdraw the grant' }).waitFor();
  ok(await page.getByText('locked here').isVisible(), 'what is locked is said');
  page.trouble.allowed = /status of 400/;
  await page.getByLabel('Role', { exact: true }).fill('emperor');
  await button(page, 'Save').click();
  await page.locator('.wrong', { hasText: /[a-z]/ }).waitFor();
  equal(await page.getByLabel('Role', { exact: true }).getAttribute('aria-invalid'), 'true', 'the field is marked');
  page.trouble.allowed = /status of 412/;
  await made('PATCH', `${demo}/users/dmitri.volkov@example.com`, { role: 'office-admin' });
  await page.getByLabel('Role', { exact: true }).fill('read-only');
  await button(page, 'Save').click();
  await dialog(page).getByText('Changed meanwhile').waitFor();
  await dialog(page).getByText('office-admin').first().waitFor();
  await button(page, 'Save my change over it').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  equal((await made('GET', `${demo}/users/dmitri.volkov@example.com`)).role, 'read-only', 'mine holds');
  page.trouble.allowed = null;
  await page.goBack();
  await page.getByRole('heading', { name: 'Users' }).waitFor();
  equal(await page.getByLabel('Search').inputValue(), 'dmitri', 'Back shows the search');
}

/** The suggestions of an empty field. */
async function suggested(page, label) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill('');
  const options = page.locator(`#${await field.getAttribute('list')} option`);
  await options.first().waitFor({ state: 'attached' });
  return options.evaluateAll((all) => all.map((each) => each.value));
}

/** Existing values are not suggested again. */
async function suggesting(page) {
  await visit(page, '#/demo/access');
  ok((await suggested(page, 'Map groups to a role')).includes('read-only'), 'a role that is mapped to nothing');
  await page.getByLabel('Map groups to a role', { exact: true }).fill('read-only');
  await page.keyboard.press('Enter');
  await page.getByLabel('Add a group to role read-only', { exact: true }).waitFor();
  equal((await suggested(page, 'Map groups to a role')).filter((each) => each === 'read-only'), [], 'a role that is there');
  const groups = await suggested(page, 'Add a group to Reports');
  equal([groups.includes('Engineering'), groups.includes('Sales')], [false, true], 'groups that are not mapped to Reports');
  const { id } = (await made('GET', `${demo}/groups?q=Engineering`)).items[0];
  await visit(page, `#/demo/groups/${id}`);
  const subscriptions = await suggested(page, 'Add a subscription');
  equal([subscriptions.includes('Reports'), subscriptions.includes('Portal')], [false, true], 'what the group does not give');
  await made('PATCH', `${demo}/users/ben.okafor@example.com`, { role: 'read-only' });
  await visit(page, '#/demo/users/ben.okafor@example.com');
  const joins = await suggested(page, 'Add to a group that is managed here');
  equal([joins.includes('All staff'), joins.includes('Sales')], [false, true], 'groups that the person is not in');
  equal((await suggested(page, 'Role')).filter((each) => each === 'read-only'), [], 'the role that the person has');
  await made('PATCH', `${demo}/users/ben.okafor@example.com`, { role: null });
}

/** An archived group gives nothing, and nothing can be added to it. */
async function archived(page) {
  const { id } = await made('POST', `${demo}/groups`, { displayName: 'Archived before' });
  await visit(page, `#/demo/groups/${id}`);
  await page.getByLabel('Add a subscription', { exact: true }).waitFor();
  await made('DELETE', `${demo}/groups/${id}`);
  await visit(page, `#/demo/groups/${id}`);
  await page.getByText('It is archived and gives nothing.').waitFor();
  equal(await page.getByLabel('Add a subscription', { exact: true }).count(), 0, 'nothing can be added');
}

async function twice(page) {
  await visit(page, '#/demo/access');
  await button(page, 'Add a subscription').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('Twice');
  await button(page, 'Add').last().dblclick();
  await page.getByRole('link', { name: 'Twice' }).waitFor();
  equal((await made('GET', `${demo}/subscriptions?q=Twice`)).items.length, 1, 'subscriptions');
}

async function merging(page) {
  const one = await made('POST', `${demo}/users`, { userName: 'twin-1', email: 'twin@example.com' });
  const other = await made('POST', `${demo}/users`, { userName: 'twin-2', email: 'twin@example.com' });
  await visit(page, '#/demo/duplicates');
  const row = page.getByRole('row', { name: /twin@example\.com/ }).first();
  const kept = await row.getByRole('row', { name: /^User name/ }).locator('td').first().innerText();
  await row.getByRole('button', { name: 'Keep account 1' }).click();
  await dialog(page).getByText('is deleted, and').waitFor();
  await button(page, 'Merge').click();
  await page.getByRole('heading', { name: kept }).waitFor();
  equal([(await api('GET', `${demo}/users/${one.id}`)).data.state, (await api('GET', `${demo}/users/${other.id}`)).data.state].sort(), ['active', 'deleted'], 'one stays');
}

async function different(page) {
  if (!(await has('duplicate-dismiss'))) return;
  await made('POST', `${demo}/users`, { userName: 'kim-1', email: 'kim@example.com' });
  await made('POST', `${demo}/users`, { userName: 'kim-2', email: 'kim@example.com' });
  await visit(page, '#/demo/duplicates');
  await page.getByRole('row', { name: /kim@example\.com/ }).first().getByRole('button', { name: 'Not the same person' }).click();
  await page.getByText('They are not listed as duplicates any more').waitFor();
  equal((await made('GET', `${demo}/duplicates`)).items.length, 0, 'duplicates');
}

async function story(page) {
  if (!(await has('user-history'))) return;
  const { id } = (await scim('GET', '/Users?filter=userName%20eq%20%22emilia.nowak@example.com%22')).data.Resources[0];
  const group = (await scim('GET', '/Groups?filter=displayName%20eq%20%22Finance%22')).data.Resources[0].id;
  await scim('PATCH', `/Groups/${group}`, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'remove', path: `members[value eq "${id}"]` }] });
  await visit(page, `#/demo/users/${id}`);
  await page.locator('.line li', { hasText: 'Finance' }).first().getByRole('link', { name: 'request' }).click();
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await page.locator('tbody th a').click();
  await page.getByRole('heading', { name: 'What changed' }).waitFor();
  await page.getByRole('link', { name: 'Finance' }).first().waitFor();
}

async function dry(page) {
  await visit(page, '#/demo/settings');
  await page.getByLabel('Dry run').check();
  await page.locator('section', { hasText: 'What is accepted' }).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByText('nothing that the identity provider sends has an effect').waitFor();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.locator('nav').getByText('Dry run').waitFor();
  equal((await made('GET', demo)).dryRun, true, 'the setting');
  await made('PATCH', demo, { dryRun: false });
}

async function offAndOn(page) {
  await visit(page, '#/demo');
  await button(page, 'Switch provisioning off…').click();
  await dialog(page).getByText('Keep them as they are').click();
  await button(page, 'Switch off').click();
  await page.locator('nav').getByText('Provisioning off').waitFor();
  equal((await scim('GET', '/Users?count=1')).status, 403, 'requests are refused');
  await button(page, 'Switch on').click();
  await page.locator('nav').getByText('Provisioning on').waitFor();
  equal((await scim('GET', '/Users?count=1')).status, 200, 'and answered');
}

/** Text in the field of a list is saved with it, even if nobody has pressed Add. */
async function typedOnly(page) {
  const { keyId } = await made('POST', `${demo}/tokens`, { name: 'with addresses', addresses: ['198.51.100.1'] });
  await visit(page, `#/demo/tokens/${keyId}`);
  await page.getByLabel('Add to Allowed addresses', { exact: true }).fill('192.0.2.0/24');
  await button(page, 'Save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  equal((await made('GET', `${demo}/tokens/${keyId}`)).addresses.map((each) => each.replace(/\/32$/, '')), ['198.51.100.1', '192.0.2.0/24'], 'both');
}

/** Accepted deviations from the standard are explained in words. */
async function lenient(page) {
  const { id } = (await made('GET', `${demo}/activity?limit=200`)).items.find((each) => each.leniencies?.includes('capital-op'));
  await visit(page, `#/demo/activity/${id}`);
  await page.getByText('an operation in capital letters').waitFor();
}

/** A token that is no longer used is silent: in the overview, and in the lists of tokens and tenants; not any more if it gets more time. */
async function silent(page) {
  const { keyId } = await made('POST', `${demo}/tokens`, { name: 'fallen silent', expectEvery: 60 });
  sql(`update scim.token set last_used = now() - interval '3 hours', expires = now() + interval '9 days' - interval '1 minute' where tenant = 'demo' and key_id = '${keyId}'`);
  await visit(page, '#/demo');
  const look = page.getByRole('link', { name: /^Look: The token "fallen silent" has not been used for 3 hours; it should be every 60 minutes/ });
  await look.waitFor();
  const row = page.getByRole('row', { name: /fallen silent/ });
  equal(await row.locator('.tag').allInnerTexts().then((all) => all.map((each) => each.replace(/\s+/g, ' '))), ['… silent', '▲ 8 days left'], 'both are said');
  await visit(page, '#/');
  await page.getByRole('row', { name: /Demo organisation/ }).getByText('silent').waitFor();
  await visit(page, '#/demo/tokens?quiet=true');
  equal(await page.locator('tbody th').allInnerTexts(), ['fallen silent'], 'the silent ones');
  await page.getByRole('link', { name: 'fallen silent' }).click();
  await page.getByLabel('Expected at least every … minutes').fill('600');
  await button(page, 'Save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  equal([(await made('GET', `${demo}/tokens/${keyId}`)).quiet, (await made('GET', `${demo}/tokens?quiet=true`)).items], [false, []], 'more time is allowed');
  await visit(page, '#/demo');
  equal(await look.count(), 0, 'nothing needs attention for that');
  await made('POST', `${demo}/tokens/${keyId}/revoke`, {});
}

async function revoke(page) {
  const { token, keyId } = await made('POST', `${demo}/tokens`, { name: 'to be revoked' });
  await visit(page, `#/demo/tokens/${keyId}`);
  await button(page, 'Revoke').click();
  await dialog(page).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('revoked', { exact: true }).first().waitFor();
  equal((await scim('GET', '/Users?count=1', undefined, token)).status, 401, 'the next request');
}

/** Presses Tab until an element with this name has the focus. */
async function tabTo(page, name) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => { const e = document.activeElement; return e?.getAttribute('aria-label') ?? e?.labels?.[0]?.textContent ?? e?.textContent; });
    if (name instanceof RegExp ? name.test(at?.trim() ?? '') : at?.trim() === name) return;
  }
  throw new Error(`Tab does not come to ${name}`);
}

/** Presses Enter on the element with this name, after Tab has reached it. */
async function press(page, name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

async function keys(page) {
  await visit(page, '#/demo');
  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement?.id), 'skip', 'first of all');
  await press(page, 'Users');
  await page.getByRole('heading', { name: 'Users' }).waitFor();
  await tabTo(page, 'Search');
  await page.keyboard.type('grace');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await press(page, 'Grace Tan');
  await page.getByRole('heading', { name: 'Grace Tan' }).waitFor();
  await press(page, 'Protect');
  await dialog(page).getByText('Provisioning changes neither the account nor its access').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  equal(await page.evaluate(() => document.activeElement?.textContent), 'Protect', 'the focus is back where it was');
}

/** A token is created, and stored, without a mouse. */
async function tokenByKeys(page) {
  await visit(page, '#/demo/tokens');
  await press(page, 'Make a token');
  await tabTo(page, 'Name');
  await page.keyboard.type('by keyboard');
  await page.keyboard.press('Enter');
  await dialog(page).getByText('Copy it now').waitFor();
  await press(page, 'Copy the token');
  ok((await page.evaluate(() => navigator.clipboard.readText())).startsWith('scim_'), 'it is copied');
  await press(page, 'I have stored it');
  await page.getByRole('link', { name: 'by keyboard' }).waitFor();
}

/** Access is changed, previewed and saved without a mouse; the focus stays in place. */
async function accessByKeys(page) {
  await visit(page, '#/demo/access');
  await tabTo(page, 'Add a group to Reports');
  await page.keyboard.type('Finance');
  await page.keyboard.press('Enter');
  await page.locator('#preview').getByText(/gain/).first().waitFor();
  equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Add a group to Reports', 'the focus stays');
  await tabTo(page, 'Save this change');
  await page.keyboard.press('Enter');
  await page.getByText('Saved', { exact: true }).waitFor();
  const added = (await made('GET', `${demo}/mappings?subscription=Reports&group=Finance`)).items;
  equal(added.length, 1, 'it is saved');
  await made('DELETE', `${demo}/mappings/${added[0].id}`);
}

/** A held request is rejected without a mouse. */
async function holdByKeys(page) {
  await made('PATCH', demo, { guardLimit: 1 });
  const group = (await scim('GET', '/Groups?filter=displayName%20eq%20%22Sales%22')).data.Resources[0];
  equal((await scim('PUT', `/Groups/${group.id}`, { schemas: group.schemas, displayName: 'Sales', members: [] })).status, 429, 'it is held');
  await visit(page, '#/demo');
  await press(page, /^Held requests/);
  await page.getByRole('heading', { name: 'Held requests' }).waitFor();
  await press(page, 'Changes a group');
  await page.getByRole('heading', { level: 1, name: /would lose access/ }).waitFor();
  await press(page, 'Reject…');
  await press(page, 'Reject');
  await page.locator('.sub').getByText('rejected').waitFor();
  await made('PATCH', demo, { guardLimit: null });
}

/** The file that a button saves. */
async function saved(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
  return [file.suggestedFilename(), readFileSync(await file.path(), 'utf8')];
}

async function files(page) {
  if (!(await has('text/csv'))) return;
  await made('POST', `${demo}/subscriptions`, { name: '=1+1, "quoted"' });
  await visit(page, '#/demo/audit?action=create');
  const entries = (await made('GET', `${demo}/audit?action=create&limit=500`)).items;
  const [csv, table] = await saved(page, 'Save as CSV');
  equal(csv, 'audit.csv', 'its name');
  ok(table.includes(`"'=1+1, ""quoted"""`), `a formula is text: ${table.slice(0, 600)}`);
  const [jsonl, lines] = await saved(page, 'Save as JSON lines');
  equal([jsonl, lines.trim().split('\n').map((line) => JSON.parse(line).id)], ['audit.jsonl', entries.map((each) => each.id)], 'lines');
}

async function own(page) {
  await visit(page, '', env.SCIM_ADMIN_URL.replace('scim-admin', 'own'));
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  equal(await page.getByText('All tenants').count(), 0, 'no other tenants');
}

async function nobody(page) {
  page.trouble.allowed = /status of 403/;
  await visit(page, '', env.SCIM_ADMIN_URL.replace('scim-admin', 'nobody'));
  await page.getByText('You are the administrator of no tenant here.').waitFor();
  page.trouble.allowed = null;
}

export default async function stories() {
  const page = await open();
  await test('connect: guide, token, first request', page, () => connect(page));
  await test('why a request was refused', page, () => refused(page));
  await test('a held request is released', page, () => held(page));
  await test('access: preview, save, discard', page, () => access(page));
  await test('a person: why not, grant, a wrong role, two at once', page, () => person(page));
  await test('existing values are not suggested', page, () => suggesting(page));
  await test('an archived group', page, () => archived(page));
  await test('a double click creates one', page, () => twice(page));
  await test('duplicates: compare and merge', page, () => merging(page));
  await test('duplicates: not the same person', page, () => different(page));
  await test('from the history of a person to the request', page, () => story(page));
  await test('a dry run asks first', page, () => dry(page));
  await test('provisioning off and on', page, () => offAndOn(page));
  await test('text in the field of a list is saved', page, () => typedOnly(page));
  await test('accepted deviations from the standard', page, () => lenient(page));
  await test('a token that has fallen silent', page, () => silent(page));
  await test('a token is revoked', page, () => revoke(page));
  await test('the audit log as a file', page, () => files(page));
  await test('by keyboard alone: a person', page, () => keys(page));
  await test('by keyboard alone: a token', page, () => tokenByKeys(page));
  await test('by keyboard alone: access', page, () => accessByKeys(page));
  await test('by keyboard alone: a held request', page, () => holdByKeys(page));
  await test('a Location about one tenant', page, () => own(page));
  await test('an administrator of no tenant', page, () => nobody(page));
  await page.context().close();
}
