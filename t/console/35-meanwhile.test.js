/** Simultaneous changes by other administrators, identity providers and operators. Nothing is done twice, nothing is lost. */
import { api, env, equal, made, ok, open, scim, settled, sql, test, visit } from './browser.js';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');

/** Does `work` with each, some at a time. */
async function each(things, work) {
  const rest = [...things.entries()];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let next = rest.shift(); next; next = rest.shift()) await work(next[1], next[0]);
  }));
}

async function tenantOf(name) {
  await made('POST', '/tenants', { tenant: name });
  return `/tenants/${name}`;
}

/** Somebody else changes the policy while a change is drafted: the user is asked, and the answer decides. */
async function twoPolicies(page) {
  const own = await tenantOf('two-at-once');
  await made('POST', `${own}/subscriptions`, { name: 'Mail' });
  await made('POST', `${own}/groups`, { displayName: 'Sales' });
  await visit(page, '#/two-at-once/access');
  await page.getByText('By groups', { exact: true }).click();
  await page.getByLabel('Add a group to Mail', { exact: true }).fill('Sales');
  await page.keyboard.press('Enter');
  await page.locator('#preview').getByText('Nobody gains or loses anything').waitFor();
  await made('PATCH', own, { syncPolicy: 'all' });
  page.trouble.allowed = /status of 412/;
  await button(page, 'Save this change').click();
  await dialog(page).getByText('Somebody else has saved a change').waitFor();
  await dialog(page).getByRole('definition').filter({ hasText: /^all$/ }).waitFor();
  equal((await made('GET', `${own}/mappings`)).items, [], 'nothing of it is saved yet');
  await button(page, 'Save my change over it').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  equal([(await made('GET', own)).syncPolicy, (await made('GET', `${own}/mappings`)).items.length], ['groups', 1], 'all of mine');
}

/** A part of the change is no longer possible: nothing is saved, and the page says what to do. */
async function halfOfIt(page) {
  const own = await tenantOf('half');
  await made('POST', `${own}/subscriptions`, { name: 'Mail' });
  await made('POST', `${own}/groups`, { displayName: 'Sales' });
  const mapping = await made('POST', `${own}/mappings`, { group: 'Sales', subscription: 'Mail' });
  await visit(page, '#/half/access');
  await button(page, 'Remove Sales from Mail').click();
  await page.getByText('By groups', { exact: true }).click();
  await page.locator('#preview').getByText('Nobody gains or loses anything').waitFor();
  await api('DELETE', `${own}/mappings/${mapping.id}`);
  page.trouble.allowed = /status of 404/;
  await button(page, 'Save this change').click();
  await page.locator('#preview').getByRole('alert').waitFor();
  equal((await made('GET', own)).syncPolicy, 'manual', 'the policy is as it was');
  await button(page, 'Discard').click();
  await page.locator('#preview').waitFor({ state: 'detached' });
  equal(await button(page, 'Remove Sales from Mail').count(), 0, 'what is there now is shown');
}

async function paging(page) {
  const own = await tenantOf('paged');
  await each(Array.from({ length: 120 }), (_, i) => made('POST', `${own}/users`, { userName: `user-${String(i).padStart(3, '0')}` }));
  await visit(page, '#/paged/users');
  const shown = () => page.locator('tbody th').allInnerTexts();
  const first = await shown();
  equal(first.length, 50, 'a page');
  const [gone, changed] = (await made('GET', `${own}/users?limit=50`)).items;
  await api('DELETE', `${own}/users/${gone.id}`);
  await made('PATCH', `${own}/users/${changed.id}`, { displayName: 'Changed meanwhile' });
  await made('POST', `${own}/users`, { userName: 'zz-new' });
  for (const length of [100, 121]) {
    await button(page, 'Show more').click();
    await page.waitForFunction((least) => document.querySelectorAll('tbody tr').length >= least - 1, length);
  }
  const all = (await shown()).map((text) => text.split('\n')[0]);
  equal(all.length, new Set(all).size, 'each once');
  const missing = (await made('GET', `${own}/users?limit=500`)).items.filter((one) => one.id !== changed.id && one.userName !== 'zz-new' && !all.includes(one.userName));
  equal(missing, [], 'nobody who was there all the time is missing');
  equal(await button(page, 'Show more').count(), 0, 'the end');
}

async function tenantGone(page) {
  const own = await tenantOf('soon-gone');
  await visit(page, '#/soon-gone/users');
  await made('POST', `${own}/disable`, { accounts: 'keep' });
  for (let done = false; !done;) ({ done } = await made('POST', `${own}/remove`, { confirm: 'soon-gone' }));
  equal((await api('GET', own)).status, 404, 'the tenant is gone');
  page.trouble.allowed = /status of 404/;
  for (const place of ['Groups', 'Access', 'Overview']) {
    await page.getByRole('link', { name: place, exact: true }).click();
    await page.getByText('There is no tenant "soon-gone"').waitFor();
  }
  await page.locator('main').getByRole('link', { name: 'All tenants' }).click();
  await page.getByRole('heading', { name: 'Tenants' }).waitFor();
  equal(await page.getByRole('link', { name: 'soon-gone' }).count(), 0, 'it is listed no more');
}

/** A tenant is removed on the page, after typing its name. */
async function removal(page) {
  await tenantOf('to-remove');
  await made('POST', '/tenants/to-remove/users', { userName: 'kim' });
  await made('POST', '/tenants/to-remove/disable', { accounts: 'keep' });
  await visit(page, '#/to-remove/settings');
  await button(page, 'Remove this tenant…').click();
  page.trouble.allowed = /status of 400/;
  await dialog(page).getByLabel('Repeat its name, to-remove').fill('to-rem');
  await button(page, 'Remove for good').click();
  await dialog(page).getByRole('alert').waitFor();
  equal((await made('GET', '/tenants/to-remove/users')).items.length, 1, 'another name removes nothing');
  await dialog(page).getByLabel('Repeat its name, to-remove').fill('to-remove');
  await button(page, 'Remove for good').click();
  await page.getByRole('heading', { name: 'Tenants' }).waitFor();
  equal((await api('GET', '/tenants/to-remove')).status, 404, 'it is gone');
  equal(await page.getByRole('link', { name: 'to-remove' }).count(), 0, 'and listed no more');
}

async function manyMappings(page) {
  const own = await tenantOf('many');
  await each(Array.from({ length: 100 }), async (_, i) => {
    await made('POST', `${own}/groups`, { displayName: `Group ${i}` });
    await made('POST', `${own}/subscriptions`, { name: `Edition ${i}` });
  });
  sql(`insert into scim.mapping (tenant, id, group_id, subscription_id, created_by) select 'many', gen_random_uuid(), g.id, s.id, 'test'
    from scim.resource g, scim.subscription s where g.tenant = 'many' and g.type = 'Group' and s.tenant = 'many'`);
  let asked = 0;
  const count = (request) => { if (request.url().includes('/tenants/')) asked++; };
  page.on('request', count);
  const began = Date.now();
  await visit(page, '#/many/access');
  const took = Date.now() - began;
  page.off('request', count);
  equal(asked, 3, 'requests');
  ok(took < 5000, `the page of 10,000 mappings took ${took} ms`);
  equal((await made('GET', `${own}/subscriptions?limit=1`)).items[0].mappings, 100, 'each subscription has a hundred');
  const more = await page.getByRole('link', { name: /^and [\d,]+ more$/ }).allInnerTexts();
  const left = more.reduce((sum, text) => sum + Number(text.replace(/\D/g, '')), 0);
  equal(left + await page.locator('tbody .chip').count(), 10000, 'those that are shown, and how many are not');
  await button(page, 'Map groups to a role: add').waitFor();
  await page.getByText('By groups', { exact: true }).click();
  await page.locator('#preview').getByText('Nobody gains or loses anything').waitFor();
  await button(page, 'Discard').click();
  await page.getByRole('link', { name: 'All mappings' }).click();
  await page.getByRole('heading', { name: 'Mappings' }).waitFor();
}

/** A count in parts is continued to its end, with a request for each part. */
async function parts(page) {
  const own = await tenantOf('large');
  const { id } = await made('POST', `${own}/groups`, { displayName: 'Crowd' });
  await made('POST', `${own}/templates`, { name: 'All', role: 'user' });
  sql(`insert into scim.resource (tenant, id, type, doc, user_name_key, modified_hour)
    select 'large', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'User', jsonb_build_object('userName', 'user' || i), 'user' || i, scim.hour(now())
      from generate_series(1, 10010) i;
    insert into scim.membership (tenant, group_id, member_id, member_type) select 'large', '${id}', id, 'User' from scim.resource where tenant = 'large' and type = 'User';
    insert into scim.tally (tenant, type, n) values ('large', 'User', 10010)`);
  const asked = [];
  const count = (request) => { if (/preview/.test(request.url())) asked.push(request.url()); };
  page.on('request', count);
  await visit(page, '#/large/access');
  await page.getByText('By groups', { exact: true }).click();
  await page.getByLabel('Map groups to a role', { exact: true }).fill('read-only');
  await page.keyboard.press('Enter');
  await page.locator('#preview').getByText('Nobody gains or loses anything').waitFor();
  asked.length = 0;
  await page.getByLabel('Add a group to role read-only', { exact: true }).fill('Crowd');
  await page.keyboard.press('Enter');
  await page.getByText('In all 10,010 gains and 0 losses. The first of them:').waitFor();
  equal(await page.locator('#preview').getByText('Comparing further members').count(), 0, 'it is compared to the end');
  equal(asked.length, 3, 'requests, of 5,000 members each');
  await button(page, 'Discard').click();
  await visit(page, '#/large/templates');
  asked.length = 0;
  await button(page, 'Who would match All').click();
  await dialog(page).getByText(/^10,010 existing accounts would match/).waitFor();
  equal(asked.filter((each) => each.includes('/count')).length, 2, 'requests, of 10,000 accounts each');
  page.off('request', count);
}

/** The answer to a change comes when another page is shown: the draft there stays. */
async function lateAnswer(page) {
  const [person] = (await made('GET', '/tenants/demo/users?q=grace')).items;
  await visit(page, `#/demo/users/${person.id}`);
  let answer;
  const waits = new Promise((resolve) => { answer = resolve; });
  await page.route('**/grants', async (route) => {
    await waits;
    await route.continue();
  });
  await button(page, 'Grant Reports by hand').click();
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  await page.getByText('By hand', { exact: true }).click();
  await page.locator('#preview').getByText(/lose/).first().waitFor();
  const granted = page.waitForResponse('**/grants');
  answer();
  await granted;
  await page.getByText(/^Granted/).waitFor();
  equal(await page.locator('#preview').count(), 1, 'the draft stays');
  equal((await made('GET', `/tenants/demo/grants?user=${person.userName}`)).items.map((one) => one.subscription), ['Reports'], 'once');
  await button(page, 'Discard').click();
  await page.unroute('**/grants');
}

/** A double click creates one token, one user, one template. */
async function doubleClicks(page) {
  const own = await tenantOf('twice');
  await visit(page, '#/twice/tokens');
  await button(page, 'Make a token').click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('only one');
  await button(page, 'Make the token').dblclick();
  await button(page, 'I have stored it').click();
  await page.getByRole('link', { name: 'only one' }).waitFor();
  for (const [place, opener, field, list] of [['users', 'Add a local user', 'User name', 'users'], ['roles', 'Add a flag', 'Flag', 'flags'],
    ['groups', 'Add a group', 'Display name', 'groups']]) {
    await visit(page, `#/twice/${place}`);
    await button(page, opener).click();
    await dialog(page).getByLabel(field, { exact: true }).fill('only one');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).last().dblclick();
    await dialog(page).waitFor({ state: 'detached' });
    await settled(page);
    equal((await made('GET', `${own}/${list}`)).items.length, 1, list);
  }
  equal((await made('GET', `${own}/tokens`)).items.length, 1, 'tokens');
}

/** The tab is closed while a token is shown: it asks. The token exists, and can be revoked. */
async function tabClosed(page) {
  const other = await page.context().newPage();
  await visit(other, '#/demo/tokens');
  await button(other, 'Make a token').click();
  await dialog(other).getByLabel('Name', { exact: true }).fill('never stored');
  await button(other, 'Make the token').click();
  await dialog(other).getByText('Copy it now').waitFor();
  const asked = other.waitForEvent('dialog');
  await other.close({ runBeforeUnload: true });
  const question = await asked;
  equal(question.type(), 'beforeunload', 'it asks');
  await question.accept();
  await visit(page, '#/demo/tokens');
  await page.getByRole('link', { name: 'never stored' }).click();
  await button(page, 'Revoke').waitFor();
}

/** New requests appear on the page by themselves, also after a restart of the server. */
async function restarted(page) {
  await visit(page, '#/demo/activity');
  await scim('GET', '/Users?count=1');
  await page.getByText(/^\d+ new requests?$/).waitFor();
  process.kill(Number(env.HTTPD_PID), 'SIGHUP');
  page.trouble.allowed = /ERR_|status of 503/;
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await page.getByRole('heading', { name: 'Groups' }).waitFor();
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  await page.waitForFunction(() => !document.getElementById('banner').textContent);
  await page.waitForTimeout(500);
  equal((await scim('GET', '/Users?count=1')).status, 200, 'the server is back');
  await page.getByText(/^\d+ new requests?$/).waitFor();
  equal(await page.locator('#banner').innerText(), '', 'and all is well');
}

export default async function meanwhile() {
  const page = await open();
  const check = (name, work) => test(name, page, async () => {
    await work(page);
    await page.waitForTimeout(100);
    page.trouble.allowed = null;
  });
  await check('another administrator changes the policy', twoPolicies);
  await check('a part of a change is not possible any more', halfOfIt);
  await check('a list that changes while it is paged', paging);
  await check('a tenant is removed', tenantGone);
  await check('a tenant is removed on the page', removal);
  await check('10,000 mappings', manyMappings);
  await check('what is counted in parts', parts);
  await check('a change is answered late', lateAnswer);
  await check('double clicks', doubleClicks);
  await check('a token is shown and the tab is closed', tabClosed);
  await check('httpd is restarted', restarted);
  await page.context().close();
}
