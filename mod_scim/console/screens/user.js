/** One person: access and why not, what is managed where, and everything that changed it. */
import {
  ask, button, card, changeForm, chip, facts, fill, format, get, h, link, model, name, operationButton, router, screen, send, state,
  suggester, tag, tell, time, to, typeahead,
} from '../kit.js';
import { accessTable } from './why.js';
import { history } from './history.js';
import { sourceTag } from './users.js';

/** What the identity provider manages, or what can be edited of a local user. @param {any} data */
function managed(data) {
  const phones = (data.phoneNumbers ?? []).map((each) => each.value).join(', ');
  const mails = (data.emails ?? []).map((each) => each.value).join(', ');
  return facts([['Name', name(data.displayName)], ['User name', h('code', name(data.userName))], ['E-mail', name(mails || data.email)],
    ['Phone', name(phones || data.phone)],
    ['External id', data.externalId && h('code', name(data.externalId))], ['Made', [time(data.created, format.moment)]],
      ['Changed', time(data.lastModified)]]);
}

function groups(data, tenant) {
  const list = data.groups ?? [];
  const own = list.length ? h('div.chips',
    list.map((each) => chip(link(to(tenant, 'groups', each.id), name(each.displayName, 'one')), `Remove from ${each.displayName}`,
    each.source === 'scim' ? null : async () => {
      await send('DELETE', model.at('group-remove-member', { tenant, group: each.id, member: data.id }));
      tell('Removed from ', h('bdi', each.displayName));
      router.again();
    }))) : h('p.soft', 'In no group.');
  return card('Groups', own, h('p'),
    typeahead({ label: 'Add to a group that is managed here', placeholder: 'Add to a group…', kind: 'add', suggest: suggester(tenant, 'group', 'displayName'),
    choose: async (group) => {
    await send('POST', model.at('group-add-members', { tenant, group }), { members: [data.id] });
    tell('Added to ', h('bdi', group));
    router.again();
  } }), h('p'), h('small', 'Groups of the identity provider are changed there.'));
}

function links(data, tenant) {
  if (!data.links?.length) return null;
  const rows = data.links.map((each) => [h('bdi', each.issuer), [h('code', each.subject), ' ',
    operationButton({ operation: 'link-remove', tenant, values: { link: each.id },
    text: 'Clear', kind: 'plain', question: 'The person is linked anew at the next login.', done: router.again })]]);
  return card('Logins', h('p.soft', 'Under which name identity providers log this person in.'), facts(rows));
}

/** What would be carried over by a merge. @param {any} preview */
function mergePreview(preview) {
  const names = (/** @type {any[] | null} */ things) => (things?.length ? format.listed(things.map((each) => format.plain(each))) : 'none');
  return facts([['Groups', names(preview.groups)], ['Flags', names(preview.flags)], ['Logins', names(preview.links)],
    ['Grants', names(preview.grants?.map((each) => each.subscription ?? each))]]);
}

/** Merges a person into another one, after a look at what would be carried over. @param {string} tenant @param {any} data @param {string} [other] */
export async function merge(tenant, data, other) {
  let into = other ?? '';
  const shown = h('div');
  const look = async () => {
    const { data: preview } = await get(model.at('user-merge-preview', { tenant, user: data.id }), { into });
    fill(shown, preview.refused ? h('p.hint.warn', preview.refused)
      : [h('p', h('bdi', data.userName), ' is deleted, and ', h('b', h('bdi', preview.into?.userName ?? into)), ' gets:'), mergePreview(preview),
        preview.next && h('p.hint', preview.next)]);
  };
  const choose = other ? null : typeahead({ label: 'The account that stays', placeholder: 'User name', suggest: suggester(tenant, 'user', 'userName'),
    choose: async (value) => {
    into = value;
    await look();
  } });
  if (other) await look();
  const done = await ask({ title: 'Merge into another account', large: true, action: 'Merge', danger: true,
    body: [!other && h('p', 'Which account stays?'), choose, shown],
    work: async () => {
      if (!into) throw new Error('Choose the account that stays.');
      return (await send('POST', model.at('user-merge', { tenant, user: data.id }), { into, confirm: data.userName })).data;
    } });
  if (done) router.go({ tenant, screen: 'users', id: done.id });
}

/** @param {any} data @param {string} tenant @param {string | null} etag */
function actions(data, tenant, etag) {
  const values = { user: data.id };
  const done = () => router.again();
  const common = { tenant, values, etag, done };
  const gone = () => router.go({ tenant, screen: 'users' });
  if (data.state === 'deleted') {
    return [operationButton({ ...common, operation: 'user-restore', text: 'Restore',
      question: 'The account is there again, under the same id; groups and access follow from the identity provider.' }),
      operationButton({ ...common, operation: 'user-erase', text: 'Erase', danger: true, done: gone,
        question: 'Everything of this account is erased for good; the audit log alone keeps what was done. This cannot be undone.' })];
  }
  return [data.protected ? operationButton({ ...common, operation: 'user-unprotect', text: 'End protection',
    question: 'Provisioning may change the account and its access again.' })
    : operationButton({ ...common, operation: 'user-protect', text: 'Protect',
      question: 'Provisioning neither changes the account nor its access: for the main contact, and for emergencies.' }),
  data.source === 'scim' && operationButton({ ...common, operation: 'user-convert', text: 'Make it local',
    question: 'The identity provider no longer sees the account, and you manage it here.' }),
  button('Merge…', () => merge(tenant, data)),
  data.source === 'local' && operationButton({ ...common, operation: 'user-remove', text: 'Delete', danger: true, done: gone,
    question: 'The account loses its access at once. It can be restored.' })];
}

/** @param {any} data @param {string} tenant @param {string | null} etag */
function settings(data, tenant, etag) {
  const locked = new Set(data.locked ?? []);
  const only = model.need('user-set').body.map((each) => each.name).filter((each) => !locked.has(each));
  return card('Managed here', changeForm({ noun: 'user', values: { tenant, user: data.id }, data, etag, only,
    start: { ...data, role: data.ownRole } }));
}

export async function user({ tenant, id, signal }) {
  const where = { tenant, user: id };
  const [{ data, etag }, access] = await Promise.all([get(model.at('user-show', where), {}, signal),
    get(model.at('access-show', where), {}, signal).catch(noAccess)]);
  const past = await history(tenant, data.id, 'User', signal);
  const deleted = data.state === 'deleted';
  return screen({ title: name(data.displayName ?? data.userName), trail: link(to(tenant, 'users'), 'Users'),
    tags: [h('code', name(data.userName, 'one')), state(data.state), sourceTag(data), data.protected
      && tag('plain', data.protected === 'main-contact' ? 'Main contact' : 'Protected', '◆')],
    actions: actions(data, tenant, etag) },
  data.mergedInto && h('p.hint', 'Merged into ', link(to(tenant, 'users', data.mergedInto), 'another account'), '.'),
  access && !deleted && accessTable(access.data, data, tenant),
  h('div.grid', h('section.card', h('h2', data.source === 'scim' ? 'Managed by the identity provider ' : 'What it is ', data.source === 'scim'
    && tag('plain', 'locked here')), managed(data),
    data.source === 'scim' && h('small', 'Change these at the identity provider.')), !deleted && settings(data, tenant, etag), !deleted
      && groups(data, tenant), links(data, tenant)),
  past);
}

/** What a deleted account had is in its history. @param {any} error */
function noAccess(error) {
  if (error.status !== 404 && error.status !== 409) throw error;
  return null;
}
