/** Activity: the requests of identity providers, their answers, and what to change if a request was refused. */
import { button, card, code, col, empty, facts, fill, format, h, link, list, model, name, pause, router, screen, state,
  table, tag, telling, time, way } from '../kit.js';
import { difference, said } from './history.js';

/** A request in words. @param {Row} row */
export function asked(row) {
  const [place, query] = String(row.path).split('?');
  const [, type = '', id] = place.split('/');
  const thing = model.words('things', type);
  if (type === 'Bulk') return 'Sends many changes at once';
  if (!thing) return `Asks for ${place}`;
  const reads = query?.includes('filter=') ? `Looks for ${thing}` : `Reads all ${type.toLowerCase()}`;
  if (row.method === 'GET' && !id) return reads;
  return `${model.words('verbs', row.method) ?? row.method} ${thing}`;
}

/** The request as it was sent, with its path as people write it. @param {Row} row @param {string} [kind] */
export function sent(row, kind) {
  return code(`${row.method} ${router.decode(row.path.replace(/\+/g, ' '))}`, kind);
}

/** The resource of a request, unless its name is masked. @param {Row} row */
export function object(row) {
  return row.object && row.object !== '***' && [' ', h('b', name(row.object, 'one'))];
}

/** @param {Row} row */
export function outcome(row) {
  return h('span.whole', row.dryRun ? tag('plain', 'dry run') : state(row.outcome), ' ', h('span.soft', row.status));
}

/** @param {Place} c */
function columns(c) {
  return [col('When', (row) => link(c.to('activity', row.id), time(row.at, format.second))),
    col('Request', (row) => [asked(row), object(row), h('small', sent(row, 'one.fit'))]),
    col('Outcome', outcome), col('Why', (row) => row.reason && name(row.reason)),
    col('Token', (row) => name(row.tokenName))];
}

/** Shows new rows as they come, until the screen is left. The server answers when there is one, or after a while.
 * @param {Place} c @param {(rows: Row[]) => void} arrived  the newest first */
export async function follow(c, arrived) {
  const ask = async (/** @type {Values} */ query) => (await c.get('activity-list', { limit: 50, ...query })).data.items;
  let newer = (await ask({ limit: 1 }))[0]?.id;
  for (;;) {
    const began = Date.now();
    // The page is hidden, so no request waits at the server.
    const rows = document.hidden ? [] : await ask(newer ? { newer, wait: 25 } : {});
    if (rows.length) {
      newer = rows[0].id;
      arrived(rows);
    }
    // If many requests wait, the server answers at once.
    if (Date.now() - began < 1500) await pause(1.5, c.signal);
  }
}

/** @type {View} */
export async function activity(c) {
  const listed = list(c, { operation: 'activity-list', columns: columns(c), nothing: empty('No request yet',
    'Every request of the identity provider appears here, with its answer.', way(c.to('connect'), 'Connect it')) });
  const news = h('div', { role: 'status' });
  let waiting = 0;
  follow(c, async (rows) => {
    const shown = await listed;
    waiting += rows.length;
    const show = () => { waiting = 0; fill(news); return shown.again(); };
    if (!shown.querySelector('tbody')) shown.again();
    else fill(news, h('div.row', h('span.live', format.many(waiting, 'new request')), button('Show', show)));
  }).catch(() => {});
  const lead = 'Requests of identity providers, newest first. Secrets and masked attributes are not kept.';
  return screen({ title: 'Activity', lead, actions: news }, card('', await listed));
}

/** @param {Place} c @param {Row} data */
function trouble(c, data) {
  if (data.status < 400) return null;
  const held = data.outcome === 'held';
  return card(held ? 'Why it is held' : 'Why it was refused', data.reason && h('p', telling(data.reason)),
    h('p', model.words('advice', data.status) ?? model.words('advice', 'other')),
    held && way(c.to('holds'), 'Held requests'));
}

/** The place that shows the object of an audit entry. @param {Place} c @param {Row} row */
export function placeOf(c, { objectType, objectName, objectId }) {
  const at = model.words('places', objectType);
  if (!at) return c.to('audit', '', { objectId });
  return c.to(at, at === 'settings' ? '' : /^(role|flag)$/.test(at) ? objectName : objectId);
}

/** The user or the group that a request was about. @param {Place} c @param {Row} row */
function about(c, row) {
  const at = placeOf(c, { objectType: row.resourceType, objectId: row.resourceId });
  return row.resourceId && ['About', link(at, object(row) || `this ${row.resourceType.toLowerCase()}`)];
}

/** @param {Row} data */
function answered(data) {
  return card('What was answered', facts(['Status', data.status],
    data.scimType && ['Kind of error', code(data.scimType)],
    ['Took', `${format.count(Math.round(data.duration / 100) / 10)} ms`],
    data.dryRun && ['Dry run', 'nothing was changed'],
    data.leniencies?.length > 0 && ['Accepted, although it deviates from the standard', h('ul.plainlist',
      data.leniencies.map((/** @type {string} */ each) => h('li', model.words('leniencies', each) ?? each)))]));
}

/** @param {Place} c @param {Row} data */
function body(c, data) {
  if (data.body) return card('What was sent', h('pre', JSON.stringify(data.body, null, 2)));
  return data.bodyLength > 0 && h('p.soft', `The request had a body of ${format.many(data.bodyLength, 'byte')}, which `
    + 'was not kept. “Keep bodies” in the ', link(c.to('settings'), 'settings'), ' keeps later ones.');
}

/** @type {View} */
export async function request(c) {
  const { data } = await c.get('activity-show', { activity: c.id });
  const changed = data.request ? (await c.get('audit-list', { request: data.request, limit: 50 })).data.items : [];
  const what = (/** @type {Row} */ row) => [h('b', said(row.action)[2]), ' ',
    link(placeOf(c, row), name(row.objectName ?? row.objectId, 'one'))];
  return screen({ title: [asked(data), object(data)],
    trail: link(c.to('activity'), 'Activity'), tags: outcome(data) }, trouble(c, data),
  h('div.grid', card('What was asked', facts(['Request', sent(data)],
    ['When', [time(data.at, format.moment), ' (', time(data.at), ')']],
    ['Token', link(c.to('tokens', data.tokenId), name(data.tokenName))], about(c, data),
    ['From', data.address], ['Id in the logs', code(data.request)])), answered(data)),
  changed.length > 0 && card('What changed', table([col('Change', what), col('What', difference)], changed)),
  data.changes && card(data.dryRun ? 'What would have changed' : 'What it came to',
    h('pre', JSON.stringify(data.changes, null, 2))), body(c, data));
}
