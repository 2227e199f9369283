/** A timeline of everything that changed a thing: account, groups and access, each entry with the request behind it. */
import { add, card, empty, fold, format, further, h, link, model, name, problem, time } from '../kit.js';

/** How an action is marked and said. @param {string} action @returns {[string, string, string]} */
export function said(action) {
  return model.words('actions', action) ?? ['•', 'soft', action.replace(/-/g, ' ')];
}

/** @param {any} value */
function shown(value) {
  if (value === undefined || value === null) return '–';
  return typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : format.plain(value);
}

/** What an entry of the audit log changed, a line each; who joined or left a group is named. @param {Row} entry */
export function difference({ before, after, members }) {
  if (members?.items?.length) {
    const names = members.items.map((/** @type {Row} */ each) => each.name ?? each.id);
    const more = members.count > 20 && ` and ${members.count - 20} more`;
    return h('ul.change', h('li', h('bdi', format.listed(names.slice(0, 20))), more));
  }
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = keys.filter((key) => !/^(schemas|meta)$/.test(key)
    && JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]));
  const member = (/** @type {string} */ key) => h('li', h('span.soft', `${model.label(key)} `),
    before && key in before && [h('del', h('bdi', shown(before[key]))), ' → '],
    after && key in after ? h('ins', h('bdi', shown(after[key]))) : h('span.soft', 'none'));
  return changed.length ? h('ul.change', changed.map(member)) : null;
}

/** @param {Place} c @param {Row} entry */
function line(c, entry) {
  const [mark, kind, words] = said(entry.action ?? entry.kind ?? '');
  // A person's entry says which group; who else joined is no matter of this page.
  const diff = entry.text && /-members$/.test(entry.action) ? null : difference(entry);
  const about = entry.objectName && entry.objectType !== 'User' && [': ', name(entry.objectName, 'one')];
  const request = entry.actorKind === 'token' && entry.request
    && [' ', link(c.to('activity', '', { request: entry.request }), 'request')];
  return h('li', time(entry.at, format.moment), h(`span.mark.${kind}`, { 'aria-hidden': 'true' }, mark),
    h('div', entry.text ? h('bdi', entry.text) : [h('b', words), about], entry.actor && [' by ', h('bdi', entry.actor)],
      request, diff && fold('What changed', diff)));
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
