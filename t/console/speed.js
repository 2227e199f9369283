/**
 * Requests and milliseconds of each screen at 100,000 users, as a table: not part of every run, because the data takes minutes to load.
 * `sh t/console/run BUILD_DIR speed`.
 *
 * The browser records the requests of a screen. Each is then repeated some times, and the CPU time that all processes of httpd and
 * PostgreSQL spend on it is measured, the least of the times: other work on the machine disturbs it less than the time until the answer.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { api, env, made, open, sql, visit } from './browser.js';

const TURNS = 7;
const USERS = 100000;

/** 100,000 users with their audit log, and as many requests of the last seven days, one of a hundred refused. */
function load() {
  const file = new URL('../bench.d/load.sql', import.meta.url).pathname;
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', `users=${USERS}`, '-f', file], { cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
}

function requests(token) {
  // The tenant's roles are deleted with its users, before the data is loaded.
  sql(`insert into scim.resource (tenant, id, type, doc, display_name_key, modified_hour) select 'bench', gen_random_uuid(), type, doc, display_name_key, modified_hour
    from scim.resource where tenant = 'demo' and type = 'Role' and doc ->> 'type' = 'built-in'`);
  sql(`insert into scim.activity (tenant, at, token, token_name, method, path, status, duration, object, reason)
    select 'bench', now() - i * interval '6 seconds', '${token}', 'speed', (array['GET', 'POST', 'PATCH'])[i % 3 + 1], '/Users/00000001-0000-7000-8000-' || lpad(i::text, 12, '0'),
      case when i % 100 = 0 then 400 else 200 end, 4000, 'user' || i || '@example.com', case when i % 100 = 0 then 'Role not found: R' || i % 7 end
    from generate_series(1, ${USERS}) i`);
  // As a list that counts them does.
  sql("set scim.tenant = 'bench'; select scim.fold_tally('bench')");
  sql('vacuum analyze');
}

async function places() {
  const first = async (path) => (await made('GET', `/tenants/bench/${path}`)).items[0] ?? {};
  const [user, group, subscription, request] = [(await first('users?q=user777')).id, (await first('groups?q=Group 0')).id, (await first('subscriptions')).id,
    (await first('activity?outcome=refused')).id];
  const { keyId } = await first('tokens');
  return { Tenants: '#/', Overview: '', 'Connect: guide': '/connect/entra', Tokens: '/tokens', Token: `/tokens/${keyId}`,
    Users: '/users', 'Users: by a part of the name': '/users?q=number+777', 'Users: a text that nobody has': '/users?q=nobody+has+this', 'Users: a role': '/users?role=user', 'Users: a role that nobody has': '/users?role=administrator',
    'Users: a group': '/users?group=Group+0', 'Users: a subscription': '/users?subscription=Subscription+1', 'Users: inactive': '/users?state=inactive', 'Users: by user name': '/users?sort=userName', User: `/users/${user}`,
    Groups: '/groups', 'Groups: a text': '/groups?q=199', 'Group of 100,000': `/groups/${group}`, Access: '/access', Subscription: `/access/${subscription}`, 'Access review': '/review',
    'Access review, a moment ago': `/review?at=${new Date(Date.now() - 1000).toISOString()}`, 'What new users get': '/templates', 'Roles and flags': '/roles',
    Activity: '/activity', 'Activity: refused': '/activity?outcome=refused', 'Activity: a text that nothing has': '/activity?q=nobody+has+this', Request: `/activity/${request}`, Audit: '/audit',
    'Audit: a text': '/audit?q=user777', 'Audit: a text that nothing has': '/audit?q=nobody+has+this', 'Audit: a person': '/audit?user=user777@example.com', 'Held requests': '/holds', Duplicates: '/duplicates', Settings: '/settings', 'Everything else: mappings': '/mapping' };
}

/** Requests when a person drafts, opens or begins something, in addition to the screen's. */
async function later() {
  const { id } = await made('POST', '/tenants/bench/templates', { name: 'Of a department', role: 'user', condition: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Department 7"' });
  const everybody = await made('POST', '/tenants/bench/templates', { name: 'Of all', role: 'user' });
  const [subscription] = (await made('GET', '/tenants/bench/subscriptions?q=Subscription 9')).items;
  const [mapping] = (await made('GET', '/tenants/bench/mappings?group=Group 0')).items;
  const preview = (body) => ['POST', '/tenants/bench/preview', { limit: 50, ...body }];
  return { 'Access: nobody by being provisioned': preview({ syncPolicy: 'manual' }), 'Access: everybody': preview({ syncPolicy: 'all' }),
    'Access: everybody, with a subscription': preview({ syncPolicy: 'all', automatic: [subscription.id] }),
    'Access: a group of 100,000 gets a subscription': preview({ map: [{ group: 'Group 0', subscription: subscription.id }] }),
    'Access: a group of 100,000 loses one': preview({ unmap: [mapping.id] }), 'Access: a group of 100,000 gets a role': preview({ map: [{ group: 'Group 0', role: 'administrator' }] }),
    'Template: how many match': ['GET', `/tenants/bench/template-preview/count?template=${id}`], 'Template: how many match, all': ['GET', `/tenants/bench/template-preview/count?template=${everybody.id}`],
    'Template: who matches': ['GET', `/tenants/bench/template-preview?limit=20&template=${id}`],
    'Template: what it would do': ['POST', `/tenants/bench/templates/${id}/apply`, { preview: true }],
    'Suggestions: groups': ['GET', '/tenants/bench/groups?q=Group 1&limit=20'], 'Suggestions: users': ['GET', '/tenants/bench/users?q=user77&limit=20'] };
}

const status = (path) => { try { return readFileSync(path, 'latin1'); } catch { return ''; } };

/** The processes of httpd and of PostgreSQL: each main process with its children. */
function processes() {
  const all = [Number(env.HTTPD_PID), Number(status(`${env.PGDATA}/postmaster.pid`).split('\n')[0])];
  const parents = readdirSync('/proc').filter((each) => /^\d+$/.test(each)).map((each) => [Number(each), Number(status(`/proc/${each}/stat`).replace(/.*\) /s, '').split(' ')[1])]);
  return [all, [...all, ...parents.filter(([, parent]) => all.includes(parent)).map(([each]) => each)]];
}

/** The CPU time of all of them so far in milliseconds, with that of children which have ended. */
function spent([mains, all]) {
  const threads = all.flatMap((id) => { try { return readdirSync(`/proc/${id}/task`).map((thread) => `/proc/${id}/task/${thread}/schedstat`); } catch { return []; } });
  const ended = mains.map((id) => status(`/proc/${id}/stat`).replace(/.*\) /s, '').split(' ')).reduce((sum, each) => sum + Number(each[13]) + Number(each[14]), 0);
  return threads.reduce((sum, each) => sum + Number(status(each).split(' ')[0]), 0) / 1e6 + ended * 10;
}

/** The least CPU time, and the least time until the answer, in milliseconds. */
async function cost([method, path, body]) {
  const [cpu, wall] = [[], []];
  for (let i = 0; i <= TURNS; i++) {
    const who = processes();
    const [before, began] = [spent(who), performance.now()];
    // The server may close an idle connection during the next request.
    const { status: code } = await api(method, path, body).catch(() => api(method, path, body));
    wall.push(performance.now() - began);
    if (code >= 300) throw new Error(`${method} ${path}: ${code}`);
    cpu.push(spent(processes()) - before);
  }
  return { cpu: Math.min(...cpu), wall: Math.min(...wall) };
}

/** The requests of a screen, without those that wait for new data. */
async function asked(page, place) {
  const paths = [];
  const seen = (request) => { if (/scim-admin\/tenants/.test(request.url()) && !/wait=/.test(request.url())) paths.push(request.url().slice(env.SCIM_ADMIN_URL.length)); };
  page.on('request', seen);
  await visit(page, place.startsWith('#') ? place : `#/bench${place}`);
  await page.waitForTimeout(300);
  page.off('request', seen);
  return paths.map((path) => ['GET', path]);
}

const short = (path) => path.replace(/^\/tenants(\/bench)?/, '').replace(/\?.*/, '').replace(/[0-9a-f-]{36}|\d{9,}-\d+/g, 'ID') || '/';

export default async function speed() {
  load();
  requests((await made('POST', '/tenants/bench/tokens', { name: 'speed' })).keyId);
  const page = await open();
  page.setDefaultTimeout(60000);
  console.log('| screen | requests | CPU ms of each | until the answer |\n| --- | ---: | --- | --- |');
  const wanted = Object.entries(await places());
  for (const [name, place] of wanted) {
    const found = [];
    for (const each of await asked(page, place)) found.push([short(each[1]), await cost(each)]);
    const told = (which) => found.map(([path, ms]) => `\`${path}\` ${ms[which].toFixed(0)}`).join(', ');
    console.log(`| ${name} | ${found.length} | ${told('cpu')} | ${found.map(([, ms]) => ms.wall.toFixed(0)).join(', ')} |`);
  }
  for (const [name, each] of Object.entries(await later())) {
    const ms = await cost(each);
    console.log(`| ${name} | 1 | \`${short(each[1])}\` ${ms.cpu.toFixed(0)} | ${ms.wall.toFixed(0)} |`);
  }
  console.log('ok 1 - every screen was measured');
}
