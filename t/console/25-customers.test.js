/** The stories of t/http/customer_*.t on the page: each customer is a tenant. */
import { env, equal, made, ok, open, sql, test, visit } from './browser.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');
const row = (page, name) => page.getByRole('row', { name });

/** A tenant, created on the page, and its identity provider. */
async function customer(page, tenant) {
  await visit(page, '#/');
  await button(page, 'Add a tenant').click();
  await dialog(page).getByLabel('Tenant', { exact: true }).fill(tenant);
  await button(page, 'Add').click();
  await page.getByText('There is no valid token').waitFor();
  await page.getByRole('link', { name: /^Connect: There is no valid token/ }).click();
  await page.getByRole('link', { name: 'Okta, custom application' }).click();
  await button(page, 'Make a token').click();
  const token = await madeToken(page);
  await page.getByText('it is shown on this page until you leave').waitFor();
  await page.evaluate(() => { window.onbeforeunload = null; });
  const base = env.SCIM_BASE_URL.replace(/[^/]+$/, tenant);
  const idp = { token };
  const ask = async (method, path, body, secret = idp.token) => {
    const response = await fetch(base + path, { method, body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/scim+json' } });
    const text = await response.text();
    return { status: response.status, data: text ? JSON.parse(text) : null };
  };
  const patch = (path, ...Operations) => ask('PATCH', path, { schemas: [PATCH], Operations });
  const person = async (userName, more = {}) => {
    const answer = await ask('POST', '/Users', { schemas: [USER], userName, externalId: `id-of-${userName}`,
      displayName: userName, emails: [{ value: `${userName}@example.com`, primary: true }], ...more });
    equal(answer.status, 201, `${userName} is made`);
    return answer.data.id;
  };
  const group = async (displayName, ...members) => (await ask('POST', '/Groups', { schemas: [GROUP], displayName,
    members: members.map((value) => ({ value })) })).data.id;
  return { tenant, idp, ask, patch, person, group, at: (place) => `#/${tenant}${place}`, own: `/tenants/${tenant}` };
}

/** The secret of the token whose form is open. */
async function madeToken(page, name) {
  if (name) await dialog(page).getByLabel('Name', { exact: true }).fill(name);
  await button(page, 'Make the token').click();
  const token = await dialog(page).locator('code').first().innerText();
  await button(page, 'I have stored it').click();
  return token;
}

/** Confirms the dialog of a button of the same name. */
async function confirm(page, name) {
  await button(page, name).first().click();
  await dialog(page).getByRole('button', { name, exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

/** Fills a dialog that a button opens, and adds. */
async function addIn(page, opener, fields) {
  await button(page, opener).click();
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog(page).getByLabel(label, { exact: true });
    if (!(await field.isVisible())) await dialog(page).getByText('More settings').click();
    if (value === true) await field.check();
    else if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
    else await field.fill(value);
  }
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
}

async function add(page, label, value) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.press('Enter');
}

/** The access of a person on the page: 'yes', 'no' or 'waits' for each subscription. */
async function has(page, c, id) {
  await visit(page, c.at(`/users/${id}`));
  const rows = await page.locator('section', { hasText: 'Has it' }).locator('tbody tr').all();
  const said = await Promise.all(rows.map(async (each) => [await each.locator('th').innerText(), await each.locator('td').first().innerText()]));
  return Object.fromEntries(said.filter(([name]) => !name.endsWith('role')).map(([name, text]) => [name, /since|yes/.test(text) ? 'yes' : /waiting/.test(text) ? 'waits' : 'no']));
}

async function save(page) {
  await button(page, 'Save this change').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await page.locator('#preview').waitFor({ state: 'detached' });
}

/** The last refused request, as Activity explains it. */
async function whyRefused(page, c, text) {
  // A refused request is recorded a moment after its answer.
  for (let i = 0, at = ''; i < 50 && !text.test(at); i++) {
    if (i) await page.waitForTimeout(100);
    at = (await made('GET', `${c.own}/activity?outcome=refused&limit=1`)).items[0]?.reason ?? '';
  }
  await visit(page, c.at('/activity?outcome=refused'));
  await page.locator('tbody th a').first().click();
  await page.getByRole('heading', { name: 'Why it was refused' }).waitFor();
  await page.locator('section', { hasText: 'Why it was refused' }).getByText(text).first().waitFor();
}

async function access(page) {
  const c = await customer(page, 'story-access');
  const owner = await c.person('owner');
  await visit(page, c.at('/access'));
  await addIn(page, 'Add a subscription', { Name: 'Web - Bilingual' });
  await page.getByRole('link', { name: 'Web - Bilingual', exact: true }).waitFor();
  await addIn(page, 'Add a subscription', { Name: 'Web - French', 'For everybody': true });
  await page.getByRole('link', { name: 'Web - French', exact: true }).waitFor();
  await visit(page, c.at(`/users/${owner}`));
  await button(page, 'Grant Web - Bilingual by hand').click();
  await row(page, /^Web - Bilingual/).getByText(/^since/).waitFor();
  await button(page, 'Protect').click();
  await dialog(page).getByLabel('Kind').selectOption('main-contact');
  await dialog(page).getByRole('button', { name: 'Protect' }).click();
  await page.getByText('Main contact', { exact: true }).waitFor();
  // By hand: new people have nothing.
  const [ann, bob] = [await c.person('ann'), await c.person('bob')];
  const all = async () => [await has(page, c, ann), await has(page, c, bob), await has(page, c, owner)];
  const [none, french, bilingual] = [['no', 'no'], ['no', 'yes'], ['yes', 'no']]
    .map(([one, other]) => ({ 'Web - Bilingual': one, 'Web - French': other }));
  const both = { 'Web - Bilingual': 'yes', 'Web - French': 'yes' };
  equal(await all(), [none, none, bilingual], 'by hand');
  // Everybody: previewed before it is saved.
  await visit(page, c.at('/access'));
  await page.getByText('Everybody who is provisioned', { exact: true }).click();
  await page.locator('#preview').getByText(/2 people gain Web - French/).waitFor();
  equal(await page.locator('#preview').getByText('owner').count(), 0, 'the main contact is left alone');
  equal((await made('GET', c.own)).syncPolicy, 'manual', 'a preview changes nothing');
  await save(page);
  equal(await all(), [french, french, bilingual], 'everybody, at once');
  // By groups, mapped to both.
  const sales = await c.group('Sales');
  await visit(page, c.at('/access'));
  await page.getByText('By groups', { exact: true }).click();
  await add(page, 'Add a group to Web - Bilingual', 'Sales');
  await add(page, 'Add a group to Web - French', 'Sales');
  await page.locator('#preview').getByText(/2 people lose Web - French/).waitFor();
  await save(page);
  equal(await all(), [none, none, bilingual], 'who is in no group has nothing');
  await visit(page, c.at(`/users/${bob}`));
  await button(page, 'Grant Web - French by hand').click();
  await row(page, /^Web - French/).getByText(/^since/).waitFor();
  const members = (op, ...users) => c.patch(`/Groups/${sales}`, { op, path: 'members', value: users.map((value) => ({ value })) });
  equal((await members('add', ann, bob, owner)).status, 204, 'all three join');
  equal(await all(), [both, both, bilingual], 'joining gives both');
  await visit(page, c.at(`/users/${bob}`));
  await row(page, /^Web - Bilingual/).getByRole('link', { name: 'Sales' }).waitFor();
  // The main contact is never changed, and the page says why.
  equal((await c.patch(`/Users/${owner}`, { op: 'replace', path: 'active', value: false })).status, 403, 'PATCH of the main contact');
  await whyRefused(page, c, /main contact/);
  equal((await members('remove', ann, owner)).status, 403, 'taken out of a group together with another');
  await whyRefused(page, c, /protected/);
  // Leaving the group removes it at once; grants by hand stay.
  equal((await members('remove', ann, bob)).status, 204, 'two leave');
  equal(await all(), [none, french, bilingual], 'what the group gave is gone');
  await c.patch(`/Users/${bob}`, { op: 'replace', path: 'active', value: false });
  equal(await has(page, c, bob), none, 'deactivated: nothing');
  await page.locator('.sub').getByText('inactive').waitFor();
  await c.patch(`/Users/${bob}`, { op: 'replace', path: 'active', value: true });
  equal(await has(page, c, bob), french, 'back, with what was granted by hand');
  equal((await c.ask('DELETE', `/Users/${bob}`)).status, 204, 'deleted');
  await visit(page, c.at(`/users/${bob}`));
  await page.locator('.sub').getByText('deleted').waitFor();
  await visit(page, c.at('/audit?action=delete'));
  await row(page, /bob/).getByRole('link', { name: /^okta-/ }).waitFor();
}

async function expiry(page) {
  const c = await customer(page, 'story-expiry');
  await visit(page, c.at('/tokens'));
  await page.getByText('29 days left').or(page.getByText('30 days left')).waitFor();
  equal((await fetch(`${env.SCIM_BASE_URL}/Users`, { headers: { Authorization: `Bearer ${c.idp.token}` } })).status, 401, 'not in the path of another tenant');
  page.trouble.allowed = /status of 400/;
  await button(page, 'Make a token').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('late');
  await dialog(page).getByLabel('It ends after').selectOption('');
  await dialog(page).getByLabel('Ends on').fill('2020-01-01T00:00');
  await button(page, 'Make the token').click();
  await dialog(page).getByRole('alert').waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  page.trouble.allowed = null;
  // Accounts are marked, and values that the identity provider manages are locked.
  const kim = await c.person('kim', { name: { givenName: 'Kim', familyName: 'Berg' }, displayName: 'Kim Berg', phoneNumbers: [{ value: '+1 555', type: 'work' }] });
  await visit(page, c.at('/users'));
  await addIn(page, 'Add a local user', { 'User name': 'lee', 'Given name': 'Lee' });
  await page.getByRole('heading', { name: /lee/i }).waitFor();
  await page.getByLabel('Display name', { exact: true }).fill('Lee L');
  await page.locator('section', { hasText: 'Managed here' }).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Lee L' }).waitFor();
  await visit(page, c.at('/users'));
  equal([await row(page, /Kim Berg/).getByText('Provisioned').count(), await row(page, /Lee L/).getByText('Local').count()], [1, 1], 'each is marked with its source');
  await page.getByRole('link', { name: 'Kim Berg' }).click();
  await page.getByText('locked here').waitFor();
  const managed = page.locator('section', { hasText: 'locked here' });
  for (const text of ['kim@example.com', '+1 555']) await managed.getByText(text).waitFor();
  for (const label of ['User name', 'Display name', 'Given name', 'E-mail', 'Active']) equal(await page.getByLabel(label, { exact: true }).count(), 0, `no field for ${label}`);
  equal(await button(page, 'Delete').count(), 0, 'nor is it deleted by hand');
  equal(await page.getByLabel('Role', { exact: true }).count(), 1, 'a field for the role');
  equal((await c.ask('POST', '/Users', { schemas: [USER], userName: 'LEE' })).status, 409, 'it does not take a local account over');
  await whyRefused(page, c, /already exists/);
  // The token is about to expire, and expires.
  const ends = (text) => sql(`update scim.token set expires = now() + interval '${text}' where tenant = '${c.tenant}'`);
  ends('13 days');
  await visit(page, c.at(''));
  await page.getByRole('link', { name: /^Replace: / }).click();
  await page.locator('.sub').getByText('12 days left').waitFor();
  equal((await c.ask('GET', `/Users/${kim}`)).status, 200, 'near its end it works');
  ends('-1 second');
  equal((await c.ask('GET', `/Users/${kim}`)).status, 401, 'after its end it is refused');
  await whyRefused(page, c, /expired|ended/);
  await visit(page, c.at('/tokens'));
  await page.getByText(/^ended/).waitFor();
  await button(page, 'Make a token').click();
  c.idp.token = await madeToken(page, 'idp-2');
  equal((await c.patch(`/Users/${kim}`, { op: 'replace', path: 'title', value: 'Chief' })).status, 200, 'a new one goes on');
  await visit(page, c.at(`/audit?objectId=${kim}`));
  equal(await page.locator('tbody td:nth-child(2) a').allInnerTexts(), ['idp-2', `okta-${new Date().getFullYear()}`], 'the audit log knows both');
}

async function oneToken(page) {
  const c = await customer(page, 'story-one');
  await visit(page, c.at('/settings'));
  await page.getByLabel('One token at a time').check();
  await page.locator('section', { hasText: 'What is accepted' }).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await visit(page, c.at('/tokens'));
  page.trouble.allowed = /status of 409/;
  await button(page, 'Make a token').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('second');
  await button(page, 'Make the token').click();
  await dialog(page).getByRole('alert').waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  page.trouble.allowed = null;
  await visit(page, c.at(''));
  await button(page, 'Switch provisioning off…').click();
  await button(page, 'Switch off').click();
  await button(page, 'Switch on').waitFor();
  equal((await c.ask('GET', '/Users?count=1')).status, 403, 'switched off');
  await whyRefused(page, c, /switched off/);
  await visit(page, c.at(''));
  await button(page, 'Switch on').click();
  const fresh = await dialog(page).locator('code').first().innerText();
  await button(page, 'I have stored it').click();
  equal([(await c.ask('GET', '/Users?count=1')).status, (await c.ask('GET', '/Users?count=1', undefined, fresh)).status], [401, 200], 'the old token, and the new one');
  c.idp.token = fresh;
  await visit(page, c.at('/tokens'));
  equal(await page.locator('tbody tr').count(), 2, 'both tokens are listed');
  equal([await page.locator('tbody td:nth-child(2)', { hasText: 'revoked' }).count(), (await page.content()).includes(fresh)], [1, false], 'one is revoked, and no secret is shown');
  // Profiles, and projects with levels of access, are groups that clients see.
  const groups = { Engineers: { Kind: 'profile', 'Display name': 'Engineers' }, 'Transmission line (Read-only)': { Kind: 'project', Project: 'Transmission line', 'Level of access': 'Read-only' },
    'Transmission line (Full access)': { Kind: 'project', Project: 'Transmission line', 'Level of access': 'Full access' } };
  for (const [name, fields] of Object.entries(groups)) {
    await visit(page, c.at('/groups'));
    await addIn(page, 'Add a group', fields);
    await page.getByRole('heading', { name }).waitFor();
  }
  const full = (await c.ask('GET', '/Groups?excludedAttributes=members')).data.Resources.find((each) => /Full/.test(each.displayName)).id;
  const [ann, bob] = [await c.person('ann'), await c.person('bob')];
  equal((await c.patch(`/Groups/${full}`, { op: 'add', path: 'members', value: [{ value: ann }, { value: bob }] })).status, 204, 'its members change');
  equal((await c.patch(`/Groups/${full}`, { op: 'remove', path: `members[value eq "${bob}"]` })).status, 204, 'and again');
  await visit(page, c.at(`/groups/${full}`));
  await page.getByRole('link', { name: 'ann' }).waitFor();
  equal(await page.getByRole('link', { name: 'bob' }).count(), 0, 'the members that are there');
  equal((await c.patch(`/Groups/${full}`, { op: 'replace', path: 'displayName', value: 'Mine' })).status, 400, 'it is not renamed');
  await whyRefused(page, c, /belongs to the application/);
  equal((await c.ask('DELETE', `/Groups/${full}`)).status, 403, 'nor deleted');
  await whyRefused(page, c, /belongs to the application/);
  // Administrators rename and archive.
  await visit(page, c.at('/groups?q=Engineers'));
  await page.getByRole('link', { name: 'Engineers' }).click();
  await page.getByLabel('Display name', { exact: true }).fill('Engineering');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Engineering' }).waitFor();
  const seen = async () => (await c.ask('GET', '/Groups?filter=displayName%20eq%20%22Engineering%22')).data.totalResults;
  equal(await seen(), 1, 'which is seen on the wire');
  await confirm(page, 'Archive');
  await page.getByText(/^archived/).waitFor();
  equal(await seen(), 0, 'and gone');
}

async function rotation(page) {
  const c = await customer(page, 'story-rotation');
  const [token] = (await made('GET', `${c.own}/tokens`)).items;
  await visit(page, c.at(`/tokens/${token.keyId}`));
  await button(page, 'Replace…').click();
  await dialog(page).getByText('Both work until then').waitFor();
  await dialog(page).getByText('More settings').click();
  await dialog(page).getByLabel('Description', { exact: true }).fill('renewed each year');
  await dialog(page).getByLabel('It ends after').selectOption('365');
  const second = await madeToken(page, 'entra 2027');
  await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  await row(page, /^entra 2027 renewed each year/).getByText('364 days left').or(row(page, /^entra 2027/).getByText('365 days left')).waitFor();
  const both = async () => [(await c.ask('GET', '/Users?count=1')).status, (await c.ask('GET', '/Users?count=1', undefined, second)).status];
  equal(await both(), [200, 200], 'both work');
  await visit(page, c.at(`/tokens/${token.keyId}`));
  await confirm(page, 'Revoke');
  await page.getByText('revoked', { exact: true }).first().waitFor();
  equal(await both(), [401, 200], 'the first is refused');
  c.idp.token = second;
  await visit(page, c.at('/tokens'));
  await row(page, /^okta-/).getByText('by admin').last().waitFor();
  // Roles: none sent, the primary one, an unknown one.
  const none = await c.person('none');
  const two = await c.person('two', { roles: [{ value: 'read-only' }, { value: 'Office-ADMIN', primary: true }] });
  await visit(page, c.at('/users'));
  await row(page, /^none/).getByText('the default').waitFor();
  await row(page, /^two/).getByText('office-admin').waitFor();
  const pilot = { schemas: [USER], userName: 'bad', roles: [{ value: 'Pilot' }] };
  equal((await c.ask('POST', '/Users', pilot)).status, 400, 'an unknown role');
  await whyRefused(page, c, /Role not found: Pilot/);
  await visit(page, c.at(''));
  await page.getByRole('link', { name: 'Look: Role not found: Pilot' }).click();
  await page.getByRole('heading', { name: 'Why it was refused' }).waitFor();
  await visit(page, c.at('/roles'));
  await addIn(page, 'Add a role', { Role: 'Pilot' });
  await page.getByRole('link', { name: 'Pilot', exact: true }).waitFor();
  equal((await c.ask('POST', '/Users', pilot)).status, 201, 'now it is accepted');
  await visit(page, c.at('/roles'));
  await row(page, /^Pilot/).getByRole('link', { name: 'Who has Pilot' }).click();
  await page.getByRole('link', { name: 'bad' }).waitFor();
  await visit(page, c.at('/settings'));
  await page.getByLabel('Default role').fill('read-only');
  await page.locator('section', { hasText: 'Which role people have' }).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByText(/have the role “read-only” at once/).waitFor();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await visit(page, c.at(`/users/${none}`));
  await page.getByLabel('Role', { exact: true }).fill('summary-only');
  await button(page, 'Save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await visit(page, c.at('/users?role=summary-only'));
  await page.getByRole('link', { name: 'none', exact: true }).waitFor();
  // Groups: one is archived by the identity provider and restored, one is unlinked.
  const [archive, unlink] = [await c.group('Leavers', two), await c.group('Local ones', two)];
  equal((await c.ask('DELETE', `/Groups/${archive}`)).status, 204, 'the identity provider deletes a group');
  await visit(page, c.at('/groups?archived=true'));
  await page.getByRole('link', { name: 'Leavers' }).click();
  await confirm(page, 'Restore');
  equal((await c.ask('GET', `/Groups/${archive}`)).data.members.map((each) => each.value), [two], 'it is back, with its member');
  await visit(page, c.at(`/groups/${unlink}`));
  await confirm(page, 'Unlink');
  await page.getByText('Local', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'two' }).waitFor();
  equal((await c.ask('GET', `/Groups/${unlink}`)).status, 404, 'the identity provider no longer sees it');
  // A user is deactivated and kept.
  await c.patch(`/Users/${two}`, { op: 'Replace', path: 'active', value: 'False' });
  await visit(page, c.at('/users?state=inactive'));
  await page.getByRole('link', { name: 'two', exact: true }).click();
  await page.getByRole('heading', { name: 'two' }).waitFor();
  await page.locator('.line').getByText('by entra 2027').first().waitFor();
}

async function template(page) {
  const c = await customer(page, 'story-template');
  await visit(page, c.at('/access'));
  await addIn(page, 'Add a subscription', { Name: 'Basics' });
  await addIn(page, 'Add a subscription', { Name: 'Extras' });
  await visit(page, c.at('/groups'));
  await addIn(page, 'Add a group', { 'Display name': 'Everyone here' });
  await page.getByRole('heading', { name: 'Everyone here' }).waitFor();
  await visit(page, c.at('/roles'));
  await addIn(page, 'Add a flag', { Flag: 'May use AI' });
  await page.getByRole('link', { name: 'May use AI' }).waitFor();
  await visit(page, c.at('/templates'));
  await button(page, 'Add a template').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('Newcomers');
  await dialog(page).getByLabel('Role', { exact: true }).fill('summary-only');
  await add(page, 'Add to Groups', 'Everyone here');
  await add(page, 'Add to Subscriptions', 'Basics');
  await add(page, 'Add to Flags', 'May use AI');
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('link', { name: 'Newcomers' }).waitFor();
  const kim = await c.person('kim.berg', { emails: [{ value: 'kim@example.com', type: 'work', primary: true }] });
  equal(await has(page, c, kim), { Basics: 'yes', Extras: 'no' }, 'a new account has the subscription');
  equal(await page.getByLabel('Role', { exact: true }).inputValue(), 'summary-only', 'the role');
  await page.getByRole('link', { name: 'Everyone here' }).first().waitFor();
  await page.locator('.chips').getByText('May use AI').waitFor();
  await visit(page, c.at(`/audit?action=template&objectId=${kim}`));
  equal(await page.locator('tbody tr').count(), 1, 'the audit log shows the template');
  await visit(page, c.at('/templates'));
  await page.getByRole('button', { name: 'Who would match Newcomers' }).click();
  await dialog(page).getByText('1 existing account would match').waitFor();
  await dialog(page).getByRole('link', { name: 'kim.berg' }).waitFor();
  // The same person has another account.
  await visit(page, c.at('/users'));
  await addIn(page, 'Add a local user', { 'User name': 'kim', 'E-mail': 'KIM@example.com' });
  await page.getByRole('heading', { name: 'kim' }).waitFor();
  await button(page, 'Grant Extras by hand').click();
  await button(page, 'Withdraw the grant').waitFor();
  const link = async (subject) => {
    await visit(page, c.at('/link'));
    await addIn(page, 'Add a link', { User: 'kim', 'Identity provider': 'https://login.example', Subject: subject });
    await page.getByText(subject).waitFor();
  };
  await link('kim-saml');
  await visit(page, c.at('/duplicates'));
  await row(page, /kim@example\.com/).first().waitFor();
  equal((await c.ask('POST', '/Users', { schemas: [USER], userName: 'kim2', emails: [{ value: 'kim@example.com', primary: true }] })).status, 409, 'no third one');
  await whyRefused(page, c, /already exists/);
  // An obsolete link is removed, and another one added.
  const [local] = (await made('GET', `${c.own}/users?source=local`)).items;
  await visit(page, c.at(`/users/${local.id}`));
  await confirm(page, 'Clear');
  equal((await made('GET', `${c.own}/links`)).items, [], 'cleared');
  await link('kim-oidc');
  // Merged: the provisioned account stays, with what the other one had.
  await visit(page, c.at('/duplicates'));
  const pair = row(page, /kim@example\.com/).first();
  const names = await pair.getByRole('row', { name: /^User name/ }).locator('td').allInnerTexts();
  await button(page, `Keep account ${names.indexOf('kim.berg') + 1}`).click();
  await dialog(page).getByText('is deleted, and').waitFor();
  await dialog(page).getByText('kim-oidc').waitFor();
  await button(page, 'Merge').click();
  await page.getByRole('heading', { name: 'kim.berg' }).waitFor();
  await page.getByText('kim-oidc').first().waitFor();
  await visit(page, c.at('/duplicates'));
  await page.getByRole('heading', { name: 'No duplicates' }).waitFor();
  await visit(page, c.at(`/users/${local.id}`));
  await page.locator('.sub').getByText('deleted').waitFor();
  equal(await has(page, c, kim), { Basics: 'yes', Extras: 'yes' }, 'with what the other one was granted');
  equal((await c.ask('GET', `/Users/${kim}`)).data.userName, 'kim.berg', 'the identity provider sees its account as it was');
  await visit(page, c.at(`/audit?objectId=${kim}&action=merge`));
  await page.locator('tbody').getByText('administrator').first().waitFor();
  ok(await page.locator('tbody tr').count() >= 1, 'the audit log has the merge');
}

/** Each customer is alone in its tenant, so two stories run at the same time. */
export default async function customers() {
  const rows = [
    [['three ways of access', access], ['one token at a time, projects as groups', oneToken]],
    [['a token for 30 days, accounts read-only', expiry], ['tokens rotated, roles, a group unlinked and archived', rotation],
      ['a template for new users, a merge', template]],
  ];
  await Promise.all(rows.map(async (row) => {
    const page = await open();
    for (const [name, story] of row) await test(`customer: ${name}`, page, () => story(page));
    await page.context().close();
  }));
}
