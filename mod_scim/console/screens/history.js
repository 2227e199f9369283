/** A timeline of all changes of an object: account, groups and access, each entry with its request. */
import { add, breakable, card, empty, fold, format, further, h, link, model, name, problem, time } from '../kit.js';

/** The mark, kind and words of an action. @param {string} action @returns {[string, string, string]} */
export function said(action) {
  return model.words('actions', action) ?? ['•', 'soft', action.replace(/-/g, ' ')];
}

/** @param {any} value */
function shown(value) {
  if (value === undefined || value === null) return '–';
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return time(value, format.moment);
  return h('bdi', breakable(typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value)
    : format.plain(value)));
}

/** The changes of an audit entry, a line each; members who joined or left a group are named. @param {Row} entry */
export function difference({ before, after, members }) {
  if (members?.items?.length) {
    const names = members.items.map((/** @type {Row} */ each) => each.name ?? each.id);
    const more = members.count > 20 && ` and ${members.count - 20} more`;
    return h('ul.change', h('li', h('bdi', breakable(format.listed(names.slice(0, 20)))), more));
  }
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = keys.filter((key) => !/^(schemas|meta)$/.test(key)
    && JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]));
  const member = (/** @type {string} */ key) => h('li', h('span.soft', `${model.label(key)} `),
    before && key in before && [h('del', shown(before[key])), ' → '],
    after && key in after ? h('ins', shown(after[key])) : h('span.soft', 'none'));
  return changed.length ? h('ul.change', changed.map(member)) : null;
}

/** The same, folded if it is long. @param {Row} entry */
export function beforeAndAfter(entry) {
  const diff = difference(entry);
  return diff && (diff.children.length <= 4 ? diff : fold(format.many(diff.children.length, 'value'), diff));
}

/** @param {Place} c @param {Row} entry */
function line(c, entry) {
  const [mark, kind, words] = said(entry.action ?? entry.kind ?? '');
  // For settings the text has the API's names, but the difference has words.
  const text = entry.objectType === 'Tenant' ? '' : entry.text;
  // A person's entry names the group; other people who joined are not shown here.
  const diff = text && /-members$|^(un)?map$/.test(entry.action) ? null : beforeAndAfter(entry);
  const about = entry.objectName && entry.objectType !== 'User' && [': ', name(entry.objectName, 'one')];
  const request = entry.actorKind === 'token' && entry.request
    && [' · ', link(c.to('activity', '', { request: entry.request }), 'request')];
  return h('li', time(entry.at, format.moment), h(`span.mark.${kind}`, { 'aria-hidden': 'true' }, mark),
    h('div', h('p', text ? h('bdi', text) : [words, about]), entry.actor && h('small', 'by ', h('bdi', entry.actor),
      request), diff));
}

/** The same, read when it is opened. @param {Place} c @param {string} id @param {'User' | 'Group'} type */
export function laterHistory(c, id, type) {
  const box = fold('History');
  const open = async () => add(box, await history(c, id, type).catch(problem));
  box.addEventListener('toggle', open, { once: true });
  return box;
}

/** @param {Place} c @param {string} id @param {'User' | 'Group'} type */
export async function history(c, id, type) {
  const [operation, about] = type === 'User' ? ['user-history', { user: id }] : ['audit-list', { objectId: id }];
  const page = (/** @type {string} */ after = '') => c.get(operation, { ...about, limit: 20, after });
  const lines = h('ol.line');
  const append = (/** @type {Row[]} */ items) => add(lines, items.map((each) => line(c, each)));
  const { data } = await page();
  append(data.items);
  const none = () => empty('Nothing yet', 'Every change is kept here, with who made it.');
  return card('History', data.items.length ? lines : none(), further(data.next, page, append));
}
