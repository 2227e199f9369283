/** The overview: what needs attention first, then the base URL, tokens, people, and the requests of a day. */
import {
  ask, button, card, chart, choices, col, copyable, empty, fold, format, get, h, link, model, name, num, router, screen, secretShown, send,
  setCount, setTenant, table, tag, time, to,
} from '../kit.js';
import { tokenTag } from './tokens.js';

/** Where the button of an entry leads, and what it says. @type {Record<string, [string, (entry: any) => any]>} */
const STEPS = {
  failure: ['Look', (entry) => ({ screen: 'activity', id: entry.objectId })],
  refusal: ['Look', (entry) => ({ screen: 'activity', id: entry.objectId })],
  hold: ['Decide', (entry) => ({ screen: 'holds', id: entry.objectId })],
  'token-expiring': ['Replace', (entry) => ({ screen: 'tokens', id: entry.objectId })],
  'token-expired': ['Replace', (entry) => ({ screen: 'tokens', id: entry.objectId })],
  'token-unused': ['Look', (entry) => ({ screen: 'tokens', id: entry.objectId })],
  silence: ['Look', (entry) => ({ screen: 'tokens', id: entry.objectId })],
  'no-token': ['Connect', () => ({ screen: 'connect' })],
  'dry-run': ['Settings', () => ({ screen: 'settings' })],
  'guard-open': ['Held requests', () => ({ screen: 'holds' })],
  'policy-empty': ['Access', () => ({ screen: 'access' })],
  'archived-mapping': ['Access', () => ({ screen: 'access' })],
  seats: ['Seats', (entry) => ({ screen: 'access', id: entry.objectId })],
  nobody: ['Access', () => ({ screen: 'access' })],
  duplicates: ['Compare', () => ({ screen: 'duplicates' })],
};

const SEVERITY = /** @type {Record<string, [string, string]>} */ ({ error: ['bad', 'Urgent'], warning: ['warn', 'Soon'], info: ['soft', 'To know'] });

function attentionRow(entry, tenant) {
  const [kind, word] = SEVERITY[entry.severity] ?? SEVERITY.info;
  const [text, place] = STEPS[entry.kind] ?? ['Look', () => ({ screen: String(entry.operation).split('-')[0] })];
  const step = entry.kind === 'off' ? button('Switch on', () => switchOn(tenant), { kind: 'main' })
    : h('a.button', { href: router.link({ tenant, ...place(entry) }), 'aria-label': `${text}: ${entry.text}` }, text);
  const often = /refusal|failure/.test(entry.kind) && entry.count > 1;
  return h('li', h(`span.${kind}`, { title: word }, h('span.seldom', `${word}: `),
    h('span', { 'aria-hidden': 'true' }, { bad: '✕', warn: '▲', soft: '●' }[kind])),
    h('div', h('p', h('b', h('bdi', entry.text)), often && [' ', tag('plain', format.many(entry.count, 'time'))]),
      h('p.soft', h('bdi', entry.fix), entry.at && /refusal|failure|hold/.test(entry.kind) && [' Last time: ', time(entry.at), '.'])), step);
}

function attention(data, tenant) {
  if (!data.attention.length) return h('section.card', h('h2', 'What needs attention'),
    h('p', tag('good', 'Nothing', '✓'), ' All tokens are valid, and no request of the last 24 hours was refused.'));
  return card('What needs attention', h('ul.todo', data.attention.map((entry) => attentionRow(entry, tenant))));
}

function tokens(data, tenant) {
  const rows = data.tokens.slice(0, 5);
  return h('section.card', h('h2', 'Tokens'), rows.length
    ? table([col('Token', (row) => [link(to(tenant, 'tokens', row.keyId), name(row.name)),
      h('small', row.lastUsed ? ['used ', time(row.lastUsed), row.lastAddress && [' from ', h('bdi', row.lastAddress)]] : 'never used')]),
    num('Ends', tokenTag)], rows)
    : h('p.soft', 'No token is valid. ', link(to(tenant, 'connect'), 'Connect an identity provider')),
  data.tokens.length > 5 && h('p', link(to(tenant, 'tokens'), `All ${data.tokens.length}`)));
}

/** @param {string | number} value @param {import('../render.js').Child} text */
function figure(value, text) {
  return h('span', h('b', value), h('small', text));
}

function people(data, tenant) {
  return card('Who is here', h('div.figures', figure(format.count(data.users), [link(to(tenant, 'users'), 'users'), ' from the identity provider']),
    data.localUsers > 0 && figure(format.count(data.localUsers), 'local users'), figure(format.count(data.groups), link(to(tenant, 'groups'), 'groups')),
    data.subscriptions.slice(0, 4).map((each) => figure(each.seats === null ? format.count(each.seated ?? each.entitled)
      : `${format.count(each.seated)} / ${format.count(each.seats)}`,
      [each.seats === null ? 'have ' : 'seats of ', h('a', { href: to(tenant, 'access', each.id) }, name(each.name, 'one')), each.waiting > 0
        && `, ${each.waiting} waiting`]))));
}

function requests(data, tenant) {
  const { hours, ...sums } = data.requests;
  const total = Object.values(sums).reduce((sum, each) => sum + (each ?? 0), 0);
  if (!total) return h('section.card', h('h2', 'Requests, last 24 hours'),
    empty('No request yet', 'Each call of the identity provider is counted here, by the hour and by how it ended.',
      link(to(tenant, 'connect'), 'Connect it')));
  const columns = [col('Hour', (row) => time(row.at, format.moment)), ...['done', 'refused', 'failed', 'held']
    .map((key) => ({ head: model.label(key), num: true, cell: (row) => format.count(row[key]) }))];
  return card('Requests, last 24 hours', chart(hours), h('div.row.apart',
    h('div.legend', ['done', 'refused', 'failed', 'held'].filter((key) => sums[key] || key === 'done')
    .map((key) => h('span', h(`i.${key}`), link(to(tenant, 'activity', '', { outcome: key }), `${format.count(sums[key])} ${key}`))))),
  fold('As a table', table(columns, hours, { caption: 'Requests of each hour by outcome' })));
}

async function switchOn(tenant) {
  const { data } = await send('POST', model.at('tenant-enable', { tenant }), {});
  if (data.token) await secretShown(data.token, tenant);
  setTenant(data);
  router.again();
}

export async function switchOff(data, tenant) {
  let accounts = 'keep';
  const users = format.many(data.users, 'provisioned user');
  const body = [h('p', 'Every request of the identity provider is answered 403 until you switch it on again. What shall become of the accounts?'),
    choices('What becomes of the accounts', [
      { value: 'keep', title: 'Keep them as they are', text: `${users} stay, with the access that they have.` },
      { value: 'local', title: 'Make them local',
        text: `${users} and ${format.many(data.groups, 'group')} are yours to manage from then on; the identity provider no longer sees them.` },
      { value: 'deactivate', title: 'Deactivate them', text: `${users} lose their access at once.` }], accounts, (value) => { accounts = value; })];
  const done = await ask({ title: 'Switch provisioning off?', body, action: 'Switch off', danger: true, large: true,
    work: async () => (await send('POST', model.at('tenant-disable', { tenant }), { accounts })).data });
  if (!done) return;
  setTenant(done);
  router.again();
}

export async function overview({ tenant, signal }) {
  const { data } = await get(model.at('tenant-overview', { tenant }), {}, signal);
  setTenant(data);
  setCount('holds', data.attention.filter((each) => each.kind === 'hold').length);
  const often = data.tokens.find((each) => each.usualEvery)?.usualEvery;
  const last = data.lastRequest ? ['The identity provider last called ', time(data.lastRequest), often
    && `; it usually calls every ${format.minutes(often)}`, '.'] : 'The identity provider has not called yet.';
  return screen({ title: 'Overview', lead: last, actions: data.enabled && button('Switch provisioning off…', () => switchOff(data, tenant)) },
    attention(data, tenant),
    h('div.grid', card('Base URL', data.baseUrl ? [copyable(data.baseUrl, 'the base URL'), h('p'),
      h('small', 'Identity providers call it Tenant URL, Base URL or SCIM endpoint.')]
      : h('p.soft', 'The server does not say it: an operator sets ScimBaseURL.')), tokens(data, tenant), people(data, tenant)),
    requests(data, tenant));
}
