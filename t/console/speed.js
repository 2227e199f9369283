/**
 * Requests and milliseconds of each screen at 100,000 users, as a table, the least of some turns: no test of every run, since the data takes minutes
 * to load. `sh t/console/run BUILD_DIR speed`.
 */
import { execFileSync } from 'node:child_process';
import { made, open, sql, visit } from './browser.js';

const TURNS = 7;
const USERS = 100000;

/** 100,000 users with their audit log, and as many requests of the last seven days, one of a hundred refused. */
function load() {
  const file = new URL('../bench.d/load.sql', import.meta.url).pathname;
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', `users=${USERS}`, '-f', file], { cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
}

function requests(token) {
  sql(`insert into scim.activity (tenant, at, token, token_name, method, path, status, duration, object, reason)
    select 'bench', now() - i * interval '6 seconds', '${token}', 'speed', (array['GET', 'POST', 'PATCH'])[i % 3 + 1], '/Users/00000001-0000-7000-8000-' || lpad(i::text, 12, '0'),
      case when i % 100 = 0 then 400 else 200 end, 4000, 'user' || i || '@example.com', case when i % 100 = 0 then 'Role not found: R' || i % 7 end
    from generate_series(1, ${USERS}) i`);
  // As a list does that counts them.
  sql("set scim.tenant = 'bench'; select scim.fold_tally('bench')");
  sql('vacuum analyze');
}

async function places() {
  const first = async (path) => (await made('GET', `/tenants/bench/${path}`)).items[0] ?? {};
  const [user, group, subscription, request] = [(await first('users?q=user777')).id, (await first('groups?q=Group 0')).id, (await first('subscriptions')).id,
    (await first('activity?outcome=refused')).id];
  return { Tenants: '#/', Overview: '', 'Connect: guide': '/connect/entra', Tokens: '/tokens', Users: '/users', 'Users: search': '/users?q=number+777', 'Users: a role': '/users?role=user',
    'Users: a group': '/users?group=Group+0', 'Users: a subscription': '/users?subscription=Subscription+1', 'Users: by name': '/users?sort=displayName', User: `/users/${user}`,
    Groups: '/groups', 'Group of 100,000': `/groups/${group}`, Access: '/access', Subscription: `/access/${subscription}`, 'Access review': '/review', 'What new users get': '/templates', 'Roles and flags': '/roles',
    Activity: '/activity', 'Activity: refused': '/activity?outcome=refused', Request: `/activity/${request}`, Audit: '/audit', 'Audit: search': '/audit?q=user777', 'Held requests': '/holds',
    Duplicates: '/duplicates', Settings: '/settings' };
}

/** The milliseconds of each request that a screen makes, without those that wait for something new. */
async function asked(page, place) {
  const times = [];
  const done = async (request) => {
    if (!/scim-admin\/tenants/.test(request.url()) || /wait=/.test(request.url())) return;
    const { requestStart, responseEnd } = request.timing();
    times.push([new URL(request.url()).pathname.replace(/.*\/tenants(\/bench)?/, '') || '/', responseEnd - requestStart]);
  };
  page.on('requestfinished', done);
  await visit(page, place.startsWith('#') ? place : `#/bench${place}`);
  await page.waitForTimeout(50);
  page.off('requestfinished', done);
  return times;
}

export default async function speed() {
  load();
  const { keyId } = await made('POST', '/tenants/bench/tokens', { name: 'speed' });
  requests(keyId);
  const page = await open();
  page.setDefaultTimeout(60000);
  console.log('| screen | requests | slowest, ms | which | in all, ms |\n| --- | ---: | ---: | --- | ---: |');
  for (const [name, place] of Object.entries(await places())) {
    const turns = [];
    for (let i = 0; i < TURNS; i++) turns.push(await asked(page, place));
    const slowest = turns.map((times) => times.toSorted((one, other) => other[1] - one[1])[0]).toSorted((one, other) => one[1] - other[1])[0];
    const all = Math.min(...turns.map((times) => times.reduce((sum, [, ms]) => sum + ms, 0)));
    console.log(`| ${name} | ${Math.max(...turns.map((times) => times.length))} | ${slowest[1].toFixed(0)} | \`${slowest[0].replace(/[0-9a-f-]{36}|\d{9,}-\d+/g, 'ID')}\` | ${all.toFixed(0)} |`);
  }
  // The preview of a change that all of them lose something by.
  const times = [];
  for (let i = 0; i < TURNS; i++) {
    const began = performance.now();
    await made('POST', '/tenants/bench/preview', { syncPolicy: 'manual', limit: 50 });
    times.push(performance.now() - began);
  }
  console.log(`| Access: preview of a loss of all | 1 | ${Math.min(...times).toFixed(0)} | \`/preview\` | |`);
  console.log('ok 1 - every screen was measured');
}
