/** The overview: what needs attention first, then the base URL, tokens, people, and the requests of a day. */
import { ask, button, card, chart, choices, col, copyable, empty, fold, format, h, link, model, name, num, screen,
  secretShown, setHeld, setTenant, table, tag, telling, time, way } from '../kit.js';
import { tokenTag } from './tokens.js';

/** @param {Place} c @param {Row} entry */
function step(c, entry) {
  if (entry.kind === 'off') return button('Switch on', () => switchOn(c), { kind: 'main' });
  const [text, place, one] = model.words('attention', entry.kind) ?? ['Look', String(entry.operation).split('-')[0]];
  return way(c.to(place, one ? entry.objectId : ''), text, `${text}: ${entry.text}`);
}

/** @param {Place} c @param {Row} entry */
function attentionRow(c, entry) {
  const [kind, mark, word] = model.words('severities', entry.severity) ?? model.words('severities', 'info');
  const often = /refusal|failure/.test(entry.kind) && entry.count > 1
    && [' ', tag('plain', format.many(entry.count, 'time'))];
  const last = entry.at && /refusal|failure|hold/.test(entry.kind) && [' Last time: ', time(entry.at), '.'];
  return h('li',
    h(`span.${kind}`, { title: word }, h('span.seldom', `${word}: `), h('span', { 'aria-hidden': 'true' }, mark)),
    h('div', h('p', telling(entry.text), often), h('p.soft', h('bdi', entry.fix), last)), step(c, entry));
}

/** @param {Place} c @param {Row[]} entries */
function attention(c, entries) {
  return card('What needs attention', entries.length ? h('ul.todo', entries.map((each) => attentionRow(c, each)))
    : h('p', tag('good', 'Nothing', '✓'), ' No token ends soon, nothing is held, and nothing has to be corrected.'));
}

/** @param {Place} c @param {Row[]} all */
function tokens(c, all) {
  const used = (/** @type {Row} */ row) => (row.lastUsed
    ? ['used ', time(row.lastUsed), row.lastAddress && [' from ', h('bdi', row.lastAddress)]] : 'never used');
  const columns = [col('Token', (row) => [link(c.to('tokens', row.keyId), name(row.name)), h('small', used(row))]),
    num('Ends', tokenTag)];
  return card('Tokens', all.length ? table(columns, all.slice(0, 5))
    : h('p.soft', 'No token is valid. ', link(c.to('connect'), 'Connect an identity provider')),
  all.length > 5 && h('p', link(c.to('tokens'), `All ${all.length}`)));
}

/** @param {Child} value @param {Child} text */
function figure(value, text) {
  return h('span', h('b', value), h('small', text));
}

/** @param {Place} c @param {Row} data */
function people(c, data) {
  const seats = (/** @type {Row} */ each) => figure(each.seats === null ? format.count(each.seated ?? each.entitled)
    : `${format.count(each.seated)} / ${format.count(each.seats)}`, [each.seats === null ? 'have ' : 'seats of ',
    link(c.to('access', each.id), name(each.name, 'one')), each.waiting > 0 && `, ${each.waiting} waiting`]);
  return card('Who is here', h('div.figures',
    figure(format.count(data.users), [link(c.to('users'), 'users'), ' from the identity provider']),
    data.localUsers > 0 && figure(format.count(data.localUsers), 'local users'),
    figure(format.count(data.groups), link(c.to('groups'), 'groups')), data.subscriptions.slice(0, 4).map(seats)));
}

/** @param {Place} c @param {any} counted */
function requests(c, { hours, ...sums }) {
  const title = 'Requests, last 24 hours';
  const keys = ['done', 'refused', 'failed', 'held'];
  if (!keys.some((key) => sums[key])) return card(title, empty('No request yet', 'Each call of the identity provider '
    + 'is counted here, by the hour and by how it ended.', way(c.to('connect'), 'Connect it')));
  const columns = [col('Hour', (row) => time(row.at, format.moment)),
    ...keys.map((key) => num(model.label(key), (row) => format.count(row[key])))];
  const legend = keys.filter((key) => sums[key] || key === 'done').map((key) => h('span', h(`i.${key}`),
    link(c.to('activity', '', { outcome: key }), `${format.count(sums[key])} ${key}`)));
  return card(title, chart(hours), h('div.row.apart', h('div.legend', legend)),
    fold('As a table', table(columns, hours, 'Requests of each hour by outcome')));
}

/** @param {Place} c */
async function switchOn(c) {
  const { data } = await c.send('tenant-enable');
  if (data.token) await secretShown(c, data.token);
  setTenant(data);
  c.again();
}

/** @param {Place} c @param {Row} data */
export async function switchOff(c, data) {
  let accounts = 'keep';
  const users = format.many(data.users, 'provisioned user');
  const ways = [
    { value: 'keep', title: 'Keep them as they are', text: `${users} stay, with the access that they have.` },
    { value: 'local', title: 'Make them local', text: `${users} and ${format.many(data.groups, 'group')} are yours to `
      + 'manage from then on. The identity provider no longer sees them.' },
    { value: 'deactivate', title: 'Deactivate them', text: `${users} lose their access at once.` }];
  const body = [h('p', 'Every request of the identity provider is refused until you switch it on again. What shall '
    + 'become of the accounts?'),
  choices('What happens to the accounts', ways, accounts, (value) => { accounts = value; })];
  await ask({ title: 'Switch provisioning off?', body, action: 'Switch off', danger: true, large: true,
    work: () => c.act('tenant-disable', { accounts }, 'Provisioning is off') });
}

/** @param {Row} data */
function lastCall({ lastRequest, tokens: all }) {
  if (!lastRequest) return 'The identity provider has not called yet.';
  const often = all.find((/** @type {Row} */ each) => each.usualEvery)?.usualEvery;
  return ['The identity provider last called ', time(lastRequest),
    often && `; it usually calls every ${format.minutes(often)}`, '.'];
}

/** @type {View} */
export async function overview(c) {
  const { data } = await c.get('tenant-overview');
  setTenant(data);
  setHeld(c.tenant, data.attention.filter((/** @type {Row} */ each) => each.kind === 'hold').length);
  const base = data.baseUrl ? [copyable(data.baseUrl, 'the base URL'), h('p'),
    h('small', 'Identity providers call it Tenant URL, Base URL or SCIM endpoint.')]
    : h('p.soft', 'The server does not know its own URL: an operator sets ScimBaseURL.');
  return screen({ title: 'Overview', lead: lastCall(data),
    actions: data.enabled && button('Switch provisioning off…', () => switchOff(c, data)) },
  attention(c, data.attention), h('div.grid', card('Base URL', base), tokens(c, data.tokens), people(c, data)),
  requests(c, data.requests));
}
