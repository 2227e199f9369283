/** One person: access, reasons for missing access, who manages what, and all changes of the account. */
import { ask, button, card, changeForm, chip, code, facts, fail, fill, format, h, link, model, name, operationButton,
  screen, state, suggester, tag, time, typeahead } from '../kit.js';
import { accessTable } from './why.js';
import { history } from './history.js';
import { sourceTag } from './users.js';

/** The data that the identity provider manages, or that can be edited for a local user. @param {Row} data */
function managed(data) {
  const values = (/** @type {Row[]} */ all) => (all ?? []).map((each) => each.value).join(', ');
  return facts(['Name', name(data.displayName)], ['User name', code(data.userName)],
    ['E-mail', name(values(data.emails) || data.email)], ['Phone', name(values(data.phoneNumbers) || data.phone)],
    ['External id', code(data.externalId)], ['Made', time(data.created, format.moment)],
    ['Changed', time(data.lastModified)]);
}

/** @param {Place} c @param {Row} data */
function groups(c, data) {
  const member = (/** @type {Row} */ each) => chip(link(c.to('groups', each.id), name(each.displayName, 'one')),
    `Remove from ${each.displayName}`, each.source === 'scim' ? null
    : () => c.act('group-remove-member', { group: each.id, member: data.id },
      ['Removed from ', h('bdi', each.displayName)]));
  const add = typeahead({ label: 'Add to a group that is managed here', placeholder: 'Add to a group…', kind: 'add',
    suggest: suggester(c, 'group', 'displayName', () => (data.groups ?? []).map((/** @type {Row} */ each) =>
      each.displayName)), choose: (group) =>
      c.act('group-add-members', { group, members: [data.id] }, ['Added to ', h('bdi', group)]) });
  const own = data.groups?.length ? h('div.chips', data.groups.map(member)) : h('p.soft', 'In no group.');
  return card('Groups', own, h('p'), add, h('p'), h('small', 'Change groups of the identity provider there.'));
}

/** @param {Place} c @param {Row} data */
function links(c, data) {
  if (!data.links?.length) return null;
  const clear = (/** @type {Row} */ each) => operationButton(c, { operation: 'link-remove', values: { link: each.id },
    text: 'Clear', kind: 'plain' });
  const rows = data.links.map((/** @type {Row} */ each) =>
    [h('bdi', each.issuer), [code(each.subject), ' ', clear(each)]]);
  return card('Logins', h('p.soft', 'Under these names identity providers log this person in.'), facts(...rows));
}

/** What a merge would carry over, to choose from. @param {any} preview @param {Row} data
 * @param {(carry: string[]) => void} chosen */
function mergePreview({ refused, carry, into, next, groups: joined, flags, links: logins, grants }, data, chosen) {
  if (refused) return h('p.hint.warn', refused);
  const text = (/** @type {any} */ each) => format.plain(each.subscription ?? each.subject ?? each);
  const names = (/** @type {any[] | null} */ all) => (all?.length ? format.listed(all.map(text)) : 'none');
  const changed = () => chosen(boxes.filter((each) => each.checked).map((each) => each.value));
  const boxes = ['userName', 'externalId', 'source', 'links'].map((value) =>
    h('input', { type: 'checkbox', value, checked: carry.includes(value), onchange: changed }));
  return [h('p', h('bdi', data.userName), ' is deleted, and ', h('b', h('bdi', into.userName)), ' gets:'),
    facts(['Groups', names(joined)], ['Flags', names(flags)], ['Logins', names(logins)], ['Grants', names(grants)],
      ['Who it is', boxes.map((each) => h('label.row', each, model.label(each.value)))]), next && h('p.hint', next)];
}

/** Merges a person into another one, after a preview of what would be carried over. @param {Place} c @param {Row} data
 * @param {string} [other] */
export async function merge(c, data, other) {
  let into = other ?? '';
  /** @type {string[] | undefined} */
  let carry;
  const shown = h('div');
  const look = async () => {
    const asked = { user: data.id, into, carry: carry?.join(',') };
    const { data: preview } = await c.get('user-merge-preview', asked);
    carry ??= preview.carry;
    fill(shown, mergePreview({ ...preview, carry }, data, (now) => { carry = now; look().catch(fail); }));
  };
  const choose = !other && typeahead({ label: 'The account that stays', placeholder: 'User name', action: 'Choose',
    suggest: suggester(c, 'user', 'userName'), choose: (value) => {
      [into, carry] = [value, undefined];
      return look();
    } });
  if (other) await look();
  const done = await ask({ title: 'Merge into another account', large: true, action: 'Merge', danger: true,
    body: [!other && h('p', 'Which account stays?'), choose, shown], work: async () => {
      if (!into) throw new Error('Choose the account that stays.');
      return (await c.send('user-merge', { user: data.id, into, carry, confirm: data.userName })).data;
    } });
  if (done) c.go('users', done.id);
}

/** @param {Place} c @param {Row} data @param {string | null} etag */
function actions(c, data, etag) {
  const act = (/** @type {string} */ verb, /** @type {string} */ text, gone = false) => operationButton(c,
    { operation: `user-${verb}`, values: { user: data.id }, etag, text, danger: gone,
      done: gone ? () => c.go('users') : undefined });
  if (data.state === 'deleted') return [act('restore', 'Restore'), act('erase', 'Erase', true)];
  return [data.protected ? act('unprotect', 'End protection') : act('protect', 'Protect'),
    data.source === 'scim' && act('convert', 'Make it local'), button('Merge…', () => merge(c, data)),
    data.source === 'local' && act('remove', 'Delete', true)];
}

/** @param {Place} c @param {Answer} shown */
function settings(c, shown) {
  const { data } = shown;
  const locked = new Set(data.locked ?? []);
  const only = model.need('user-set').body.map((each) => each.name).filter((each) => !locked.has(each));
  return card('Managed here', changeForm(c, 'user', { user: data.id }, shown,
    { only, start: { ...data, role: data.ownRole } }));
}

/** @type {View} */
export async function user(c) {
  const shown = await c.get('user-show', { user: c.id });
  const { data, etag } = shown;
  // A deleted account has no access to show; what it had is in its history.
  const here = data.state !== 'deleted';
  const [access, past] = await Promise.all([here && c.get('access-show', { user: data.id }),
    history(c, data.id, 'User')]);
  const own = data.source === 'scim';
  const guarded = data.protected === 'main-contact' ? 'Main contact' : 'Protected';
  const tags = [code(data.userName, 'one'), state(data.state), sourceTag(data),
    data.protected && tag('plain', guarded, '◆')];
  return screen({ title: name(data.displayName ?? data.userName), trail: link(c.to('users'), 'Users'), tags,
    actions: actions(c, data, etag) },
  data.mergedInto && h('p.hint', 'Merged into ', link(c.to('users', data.mergedInto), 'another account'), '.'),
  access && accessTable(c, access.data, data), h('div.grid',
    card(own ? ['Managed by the identity provider ', tag('plain', 'locked here')] : 'What it is', managed(data),
      own && h('small', 'Change these at the identity provider.')),
    here && settings(c, shown), here && groups(c, data), links(c, data)), past);
}
