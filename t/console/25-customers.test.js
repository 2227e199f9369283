/** The stories of t/http/customer_*.t, told through the page: each customer is a tenant of its own. */
import { api, env, equal, made, ok, open, test, visit } from './browser.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');

/** A tenant, made on the page, and its identity provider. */
async function customer(page, tenant) {
  await visit(page, '#/');
  await button(page, 'Add a tenant').click();
  await dialog(page).getByLabel('Tenant', { exact: true }).fill(tenant);
  await button(page, 'Add').click();
  await page.getByText('There is no valid token').waitFor();
  await page.getByRole('link', { name: /^Connect: There is no valid token/ }).click();
  await page.getByRole('link', { name: 'Okta, custom application' }).click();
  await button(page, 'Make a token').click();
  await button(page, 'Make the token').click();
  const token = await dialog(page).locator('code').first().innerText();
  await button(page, 'I have stored it').click();
  await page.getByText('it is shown on this page until you leave').waitFor();
  await page.evaluate(() => { window.onbeforeunload = null; });
  const base = env.SCIM_BASE_URL.replace(/[^/]+$/, tenant);
  const ask = async (method, path, body, secret = token) => {
    const response = await fetch(base + path, { method, body: body && JSON.stringify(body), headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/scim+json' } });
    const text = await response.text();
    return { status: response.status, data: text ? JSON.parse(text) : null };
  };
  const person = async (userName, more = {}) => (await ask('POST', '/Users', { schemas: [USER], userName, externalId: `id-of-${userName}-0000`, displayName: userName, emails: [{ value: `${userName}@example.com`, primary: true }], ...more })).data.id;
  const group = async (displayName, ...members) => (await ask('POST', '/Groups', { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) })).data.id;
  return { tenant, token, ask, person, group, at: (place) => `#/${tenant}${place}`, own: `/tenants/${tenant}` };
}

async function addSubscription(page, name) {
  await button(page, 'Add a subscription').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill(name);
  await button(page, 'Add').last().click();
  await page.getByRole('link', { name, exact: true }).waitFor();
}

async function add(page, label, value) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.press('Enter');
}

async function access(page) {
  const c = await customer(page, 'story-access');
  const [anna, ben, boss] = [await c.person('anna'), await c.person('ben'), await c.person('boss')];
  const bilingual = await c.group('Bilingual staff', anna, boss);
  await c.group('French staff', ben);
  await visit(page, c.at(`/users/${boss}`));
  await button(page, 'Protect').click();
  await dialog(page).getByLabel('Kind').selectOption('main-contact');
  await dialog(page).getByRole('button', { name: 'Protect' }).click();
  await page.getByText('Main contact', { exact: true }).waitFor();
  await visit(page, c.at('/access'));
  await addSubscription(page, 'Web - Bilingual');
  await addSubscription(page, 'Web - French');
  await page.getByText('By groups', { exact: true }).click();
  await add(page, 'Add a group to Web - Bilingual', 'Bilingual staff');
  await add(page, 'Add a group to Web - French', 'French staff');
  await page.locator('#preview').getByText(/1 person gains Web - French/).waitFor();
  await button(page, 'Save this change').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await visit(page, c.at(`/users/${anna}`));
  await page.getByRole('row', { name: /^Web - Bilingual/ }).getByText(/^since/).waitFor();
  await page.getByRole('row', { name: /^Web - French/ }).getByText(/in no group that is mapped to it/).waitFor();
  equal((await c.ask('PATCH', `/Groups/${bilingual}`, { schemas: [PATCH], Operations: [{ op: 'remove', path: `members[value eq "${anna}"]` }] })).status, 204, 'she leaves the group');
  await page.reload();
  await page.getByRole('row', { name: /^Web - Bilingual/ }).getByText('no', { exact: true }).waitFor();
}

async function expiry(page) {
  const c = await customer(page, 'story-expiry');
  const anna = await c.person('anna');
  await visit(page, c.at('/tokens'));
  await page.getByText('29 days left').or(page.getByText('30 days left')).waitFor();
  await visit(page, c.at(`/users/${anna}`));
  await page.getByText('Provisioned', { exact: true }).waitFor();
  equal(await page.getByLabel('User name', { exact: true }).count(), 0, 'no field for what is locked');
  equal(await page.getByLabel('Role', { exact: true }).count(), 1, 'a field for the role');
}

async function oneToken(page) {
  const c = await customer(page, 'story-one');
  await visit(page, c.at('/settings'));
  await page.getByLabel('One token at a time').check();
  await page.locator('section', { hasText: 'What is accepted' }).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await visit(page, c.at(''));
  await button(page, 'Switch provisioning off…').click();
  await button(page, 'Switch off').click();
  await button(page, 'Switch on').click();
  const fresh = await dialog(page).locator('code').first().innerText();
  await button(page, 'I have stored it').click();
  equal([(await c.ask('GET', '/Users?count=1')).status, (await c.ask('GET', '/Users?count=1', undefined, fresh)).status], [401, 200], 'the old token, and the new one');
  await visit(page, c.at('/groups'));
  await button(page, 'Add a group').click();
  await dialog(page).getByLabel('Kind').selectOption('project');
  await dialog(page).getByLabel('Project').fill('Transmission line');
  await dialog(page).getByLabel('Access').fill('Read-only');
  await button(page, 'Add').last().click();
  await page.getByRole('heading', { name: 'Transmission line (Read-only)' }).waitFor();
  const seen = await c.ask('GET', '/Groups?filter=displayName%20eq%20%22Transmission%20line%20(Read-only)%22', undefined, fresh);
  equal(seen.data.totalResults, 1, 'the identity provider sees it');
}

async function rotation(page) {
  const c = await customer(page, 'story-rotation');
  const [token] = (await made('GET', `${c.own}/tokens`)).items;
  await visit(page, c.at(`/tokens/${token.keyId}`));
  await button(page, 'Replace…').click();
  await dialog(page).getByText('Both work until then').waitFor();
  await button(page, 'Make the token').click();
  const second = await dialog(page).locator('code').first().innerText();
  await button(page, 'I have stored it').click();
  await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  equal([(await c.ask('GET', '/Users?count=1')).status, (await c.ask('GET', '/Users?count=1', undefined, second)).status], [200, 200], 'both work');
  await visit(page, c.at(`/tokens/${token.keyId}`));
  await button(page, 'Revoke').click();
  await dialog(page).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('revoked', { exact: true }).first().waitFor();
  equal([(await c.ask('GET', '/Users?count=1')).status, (await c.ask('GET', '/Users?count=1', undefined, second)).status], [401, 200], 'the first is refused');
  await c.ask('POST', '/Groups', { schemas: [GROUP], displayName: 'Leavers' }, second);
  await visit(page, c.at('/groups'));
  await page.getByRole('link', { name: 'Leavers' }).click();
  await button(page, 'Unlink').click();
  await dialog(page).getByRole('button', { name: 'Unlink' }).click();
  await page.getByText('Local', { exact: true }).waitFor();
  await button(page, 'Archive').click();
  await dialog(page).getByRole('button', { name: 'Archive' }).click();
  await page.getByText(/^archived/).waitFor();
  await button(page, 'Restore').click();
  await dialog(page).getByRole('button', { name: 'Restore' }).click();
  await button(page, 'Archive').waitFor();
}

async function template(page) {
  const c = await customer(page, 'story-template');
  await made('POST', `${c.own}/flags`, { flag: 'ai', description: 'May use AI' });
  await visit(page, c.at('/templates'));
  await button(page, 'Add a template').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('Everybody');
  await dialog(page).getByText('More settings').click();
  await dialog(page).getByLabel('Role', { exact: true }).fill('read-only');
  await add(page, 'Add to Flags', 'ai');
  await button(page, 'Add').last().click();
  await page.getByRole('link', { name: 'Everybody' }).waitFor();
  const anna = await c.person('anna');
  await visit(page, c.at(`/users/${anna}`));
  equal(await page.getByLabel('Role', { exact: true }).inputValue(), 'read-only', 'the role that the template gave');
  const answer = await api('GET', `${c.own}/users/${anna}`);
  equal([answer.data.role, answer.data.flags], ['read-only', ['ai']], 'the account');
  await visit(page, c.at('/templates'));
  await page.getByRole('button', { name: 'Who would match Everybody' }).click();
  await dialog(page).getByText('1 account of today would fit').waitFor();
  await dialog(page).getByRole('link', { name: 'anna' }).waitFor();
  ok(true, 'who would match');
}

export default async function customers() {
  const page = await open();
  await test('customer: three ways of access', page, () => access(page));
  await test('customer: a token for 30 days, accounts read-only', page, () => expiry(page));
  await test('customer: one token at a time, projects as groups', page, () => oneToken(page));
  await test('customer: tokens rotated, a group unlinked and archived', page, () => rotation(page));
  await test('customer: a template for who is new', page, () => template(page));
  await page.context().close();
}
