/** A timeline of everything that changed a thing: account, groups and access, each entry with the request behind it. */
import { add, button, empty, fold, format, get, h, link, model, name, problem, time, to } from '../kit.js';

/** How actions are said, and marked. @type {Record<string, [string, string, string]>} */
const ACTIONS = {
  create: ['+', 'good', 'made'], 'add-members': ['+', 'good', 'members added'], 'remove-members': ['−', 'bad', 'members removed'],
    'set-members': ['✎', 'soft', 'members changed'],
  enable: ['+', 'good', 'switched on'], disable: ['−', 'bad', 'switched off'], adopt: ['⇢', 'soft', 'taken over by the identity provider'],
    erase: ['−', 'bad', 'erased'],
  'add-link': ['+', 'good', 'login linked'], 'remove-link': ['−', 'bad', 'login cleared'],
  release: ['+', 'good', 'released'], reject: ['−', 'bad', 'rejected'],
  'template-failed': ['!', 'bad', 'template could not be applied'], login: ['•', 'soft', 'logged in'], update: ['✎', 'soft', 'changed'],
    delete: ['−', 'bad', 'deleted'], remove: ['−', 'bad', 'removed'], restore: ['+', 'good', 'restored'],
  grant: ['+', 'good', 'granted'], withdraw: ['−', 'bad', 'withdrawn'], map: ['+', 'good', 'mapped'], unmap: ['−', 'bad', 'mapping removed'],
    archive: ['−', 'bad', 'archived'],
  deactivate: ['−', 'bad', 'deactivated'], activate: ['+', 'good', 'activated'],
  revoke: ['−', 'bad', 'revoked'], 'add-member': ['+', 'good', 'member added'],
  'remove-member': ['−', 'bad', 'member removed'], merge: ['⇢', 'soft', 'merged'], protect: ['◆', 'soft', 'protected'],
    unprotect: ['◇', 'soft', 'no longer protected'],
  template: ['+', 'good', 'got what a template gives'], unlink: ['−', 'bad', 'unlinked'], convert: ['⇢', 'soft', 'made local'],
  gain: ['+', 'good', 'gained'], lose: ['−', 'bad', 'lost'], join: ['+', 'good', 'joined'], leave: ['−', 'bad', 'left'],
};

/** @param {string} action @returns {[string, string, string]} */
export function said(action) {
  return ACTIONS[action] ?? ['•', 'soft', action.replace(/-/g, ' ')];
}

/** What an entry of the audit log has changed, a line for each member; who joined or left a group is named. @param {any} entry */
export function difference({ before, after, members }) {
  if (members?.items?.length) {
    const names = members.items.map((each) => each.name ?? each.id);
    return h('ul.change', h('li', h('bdi', format.listed(names.slice(0, 20))), members.count > 20 && ` and ${members.count - 20} more`));
  }
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((key) => key !== 'schemas' && key !== 'meta');
  const changed = keys.filter((key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]));
  const value = (each) => (each === undefined || each === null ? '–' : typeof each === 'object' && !Array.isArray(each) ? JSON.stringify(each)
    : format.plain(each));
  if (!changed.length) return null;
  const member = (key) => h('li', h('span.soft', `${model.label(key)} `), before && key in before && [h('del', h('bdi', value(before[key]))), ' → '],
    after && key in after ? h('ins', h('bdi', value(after[key]))) : h('span.soft', 'none'));
  return h('ul.change', changed.map(member));
}

function by(entry, tenant) {
  const who = entry.actor && [' by ', h('bdi', entry.actor)];
  const found = model.need('activity-list').query.some((each) => each.name === 'request');
  return [who, found && entry.actorKind === 'token' && entry.request && [' ', link(to(tenant, 'activity', '', { request: entry.request }), 'request')]];
}

function line(entry, tenant) {
  const [mark, kind, words] = said(entry.action ?? entry.kind ?? '');
  const diff = difference(entry);
  const text = entry.text ? h('bdi', entry.text) : [h('b', words), entry.objectName && entry.objectType !== 'User' && [': ', name(entry.objectName, 'one')]];
  return h('li', time(entry.at, format.moment), h(`span.mark.${kind}`, { 'aria-hidden': 'true' }, mark),
    h('div', text, by(entry, tenant), diff && fold('What changed', diff)));
}

/** The same, read when it is opened. @param {string} tenant @param {string} id @param {string} type @param {AbortSignal} signal */
export function laterHistory(tenant, id, type, signal) {
  const box = fold('History');
  box.addEventListener('toggle', async () => add(box, await history(tenant, id, type, signal).catch(problem)), { once: true });
  return box;
}

/** @param {string} tenant @param {string} id @param {string} type @param {AbortSignal} signal */
export async function history(tenant, id, type, signal) {
  const own = model.find(`${type.toLowerCase()}-history`);
  const where = own ? model.at(own.id, { tenant, [type.toLowerCase()]: id }) : model.at('audit-list', { tenant });
  const ask = async (/** @type {string | undefined} */ after) => (await get(where, { ...(own ? {} : { objectId: id }), limit: 20, after }, signal)).data;
  const first = await ask(undefined);
  const lines = h('ol.line', first.items.map((each) => line(each, tenant)));
  const box = h('section.card', h('h2', 'History'), first.items.length ? lines : empty('Nothing yet', 'Every change is kept here, with who made it.'));
  const more = (next) => {
    const further = h('div.actions', button('Show more', async () => {
      const page = await ask(next);
      add(lines, page.items.map((each) => line(each, tenant)));
      further.remove();
      if (page.next) more(page.next);
    }));
    add(box, further);
  };
  if (first.next) more(first.next);
  return box;
}
