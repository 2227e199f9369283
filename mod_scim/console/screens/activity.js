/** Activity: what identity providers asked, what they were answered, and what to change where a request was refused. */
import {
  button, card, col, empty, facts, fill, format, get, h, link, list, model, name, pause, router, screen, state, table, tag, time, to,
} from '../kit.js';
import { difference, said } from './history.js';

const VERBS = /** @type {Record<string, string>} */ ({ GET: 'Reads', POST: 'Makes', PUT: 'Changes', PATCH: 'Changes', DELETE: 'Removes' });

/** A path with its query as people write it. @param {string} path */
export function readable(path) {
  try {
    return decodeURIComponent(path.replace(/\+/g, ' '));
  } catch {
    return path;
  }
}

/** A request in words. @param {any} row */
export function asked(row) {
  const [place, query] = String(row.path).split('?');
  const [, type = '', id] = place.split('/');
  const thing = { Users: 'a user', Groups: 'a group', Me: 'the token’s own user' }[type];
  if (type === 'Bulk') return 'Sends many changes at once';
  if (!thing) return `Asks for ${place}`;
  if (row.method === 'GET' && !id) return query?.includes('filter=') ? `Looks for ${thing}` : `Reads all ${type.toLowerCase()}`;
  return `${VERBS[row.method] ?? row.method} ${thing}`;
}

function outcome(row) {
  return [row.dryRun ? tag('plain', 'dry run') : state(row.outcome), ' ', h('span.soft', row.status)];
}

export function columns(tenant) {
  return [
    col('When', (row) => link(to(tenant, 'activity', row.id), time(row.at, format.second))),
    col('Request', (row) => [asked(row), row.object && [' ', h('b', name(row.object, 'one'))],
      h('small', h('code', name(`${row.method} ${readable(row.path)}`, 'one')))]),
    col('Outcome', outcome),
    col('Why', (row) => row.reason && name(row.reason)),
    col('Token', (row) => name(row.tokenName)),
  ];
}

/**
 * Shows new rows as they come, until the screen is left. The server answers when there is something, or after some seconds.
 * @param {string} tenant @param {AbortSignal} signal @param {(rows: any[]) => void} arrived  the newest first
 */
export async function follow(tenant, signal, arrived) {
  const ask = async (query) => (await get(model.at('activity-list', { tenant }), { limit: 50, ...query }, signal)).data.items;
  const waits = model.need('activity-list').query.some((each) => each.name === 'wait');
  const until = (rows, id) => rows.slice(0, id ? rows.findIndex((each) => each.id === id) : rows.length);
  let newer = (await ask({ limit: 1 }))[0]?.id;
  for (;;) {
    const began = Date.now();
    // Nobody looks, so nobody waits at the server.
    const rows = document.hidden ? [] : newer && waits ? await ask({ newer, wait: 25 }) : until(await ask({}), newer);
    if (rows.length) {
      newer = rows[0].id;
      arrived(rows);
    }
    // Where many wait the server answers at once.
    if (Date.now() - began < 1500) await pause(1.5, signal);
  }
}

export async function activity({ tenant, query, signal }) {
  const shown = /** @type {any} */ (await list({ operation: 'activity-list', values: { tenant }, tenant, query, signal, columns: columns(tenant),
    nothing: empty('No request yet', 'Every request of the identity provider is listed here, with what it was answered.',
      link(to(tenant, 'connect'), 'Connect it')) }));
  const news = h('div', { role: 'status' });
  let waiting = 0;
  follow(tenant, signal, (rows) => {
    waiting += rows.length;
    fill(news, h('div.row', h('span.live', format.many(waiting, 'new request')), button('Show', () => {
      waiting = 0;
      fill(news);
      shown.again();
    })));
  }).catch(() => {});
  return screen({ title: 'Activity', lead: 'What identity providers asked for, newest first. Secrets and what you have masked are never kept.',
    actions: news }, card('', shown));
}

/** What helps, by what was answered. @type {Record<number, string>} */
const ADVICE = {
  400: 'Change the mapping or the value at the identity provider as the text says; it sends the request again by itself.',
  401: 'The client itself was not told why.',
  403: 'The token may not do this, provisioning is switched off, or an administrator manages this here.',
  404: 'The identity provider asks for something that is gone. Restart its synchronisation, so that it looks for names again.',
  409: 'Something here has this name already. Rename one of the two, or merge them.',
  412: 'Two changes met; the identity provider sends its own again.',
  413: 'The request is too large; let the identity provider send smaller ones.',
  429: 'The identity provider asks faster than its token may, or the request is held.',
};

function trouble(data, tenant) {
  if (data.status < 400) return null;
  const advice = ADVICE[data.status] ?? 'An operator finds the cause in the error log; the identity provider sends the request again.';
  return h('section.card', h('h2', data.outcome === 'held' ? 'Why it is held' : 'Why it was refused'), data.reason && h('p', h('b', h('bdi', data.reason))),
    h('p', advice),
    data.outcome === 'held' && h('a.button', { href: to(tenant, 'holds') }, 'Held requests'));
}

/** The user or the group that a request was about. */
function aboutLink(data, tenant) {
  const at = { User: 'users', Group: 'groups' }[String(data.resourceType)];
  return at && data.resourceId && link(to(tenant, at, data.resourceId), data.object ? name(data.object, 'one')
    : { users: 'this user', groups: 'this group' }[at]);
}

function changesOf(changes, tenant) {
  return table([col('Change', (row) => [h('b', said(row.action)[2]), ' ', link(placeOf(row, tenant), name(row.objectName ?? row.objectId, 'one'))]),
    col('What', (row) => difference(row))], changes);
}

/** Where the thing of an entry of the audit log is shown. @param {any} row @param {string} tenant */
export function placeOf(row, tenant) {
  const at = { User: 'users', Group: 'groups', Token: 'tokens', Hold: 'holds', Entitlement: 'access', Role: 'role', Template: 'template', Flag: 'flag',
    Tenant: 'settings' }[String(row.objectType)];
  return router.link(at === 'settings' ? { tenant, screen: at } : at ? { tenant, screen: at, id: at === 'role' || at === 'flag' ? row.objectName
    : row.objectId } : { tenant, screen: 'audit', query: { objectId: row.objectId } });
}

export async function request({ tenant, id, signal }) {
  const { data } = await get(model.at('activity-show', { tenant, activity: id }), {}, signal);
  const byRequest = model.need('audit-list').query.some((each) => each.name === 'request') && data.request;
  const changed = byRequest ? (await get(model.at('audit-list', { tenant }), { request: data.request, limit: 50 }, signal)).data.items : [];
  return screen({ title: [asked(data), ' ', data.object && name(data.object, 'one')], trail: link(to(tenant, 'activity'), 'Activity'), tags: outcome(data) },
    trouble(data, tenant),
    h('div.grid', card('What was asked',
      facts([['Request', h('code', name(`${data.method} ${readable(data.path)}`))], ['When', [time(data.at, format.moment), ' (', time(data.at), ')']],
      ['Token', link(to(tenant, 'tokens', data.tokenId), name(data.tokenName))], ['About', aboutLink(data, tenant)], ['From', data.address],
        ['Id in the logs', h('code', name(data.request))]])),
    card('What was answered', facts([['Status', data.status], ['Kind', data.scimType], ['Took', `${format.count(Math.round(data.duration / 100) / 10)} ms`],
      ['Dry run', data.dryRun ? 'yes: nothing was changed' : 'no'], ['Accepted beyond the standard', data.leniencies?.length ? data.leniencies.join(', ')
        : 'nothing']]))),
    changed.length > 0 && card('What changed', changesOf(changed, tenant)),
    data.changes && card(data.dryRun ? 'What would have changed' : 'What it came to', h('pre', JSON.stringify(data.changes, null, 2))),
    data.body ? card('What was sent', h('pre', JSON.stringify(data.body, null, 2)))
      : data.bodyLength > 0 && h('p.soft', `The request had a body of ${format.many(data.bodyLength, 'byte')}, which was not kept. “Keep bodies” in the `,
        link(to(tenant, 'settings'), 'settings'), ' keeps those of later requests.'));
}
