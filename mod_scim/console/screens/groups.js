/** Groups: whose they are, what they give, and who is in them. */
import {
  askFor, button, card, changeForm, chip, col, empty, facts, format, get, h, link, list, model, name, num, operationButton, router, screen,
  send, suggester, tag, tell, time, to, typeahead,
} from '../kit.js';
import { laterHistory } from './history.js';
import { sourceTag } from './users.js';

export async function groups({ tenant, query, signal }) {
  const columns = [col('Group', (row) => [link(to(tenant, 'groups', row.id), name(row.displayName)), row.project && h('small', 'project')]),
    col('Source', (row) => [sourceTag(row), row.archivedAt && [' ', tag('plain', 'archived')]]),
    num('Members', (row) => format.count(row.members)), num('Mapped to', (row) => row.mappings || '–'),
    col('Changed', (row) => time(row.lastModified))];
  const make = button('Add a group', async () => {
    const made = await askFor({ operation: 'group-add', tenant, values: {}, title: 'Add a group', action: 'Add',
      intro: 'A local group is hidden from the identity provider; one of the application is shown to it, and it may change the members.' });
    if (made) router.go({ tenant, screen: 'groups', id: made.id });
  });
  return screen({ title: 'Groups', lead: 'Groups of the identity provider, of the application, and your own.', actions: make },
    card('', await list({ operation: 'group-list', values: { tenant }, tenant, query, signal, columns,
      nothing: empty('No group yet', 'Assign or push groups at the identity provider, or add one of your own.') })));
}

function gives(data, mappings, tenant) {
  const remove = (each) => async () => {
    await send('DELETE', model.at('mapping-remove', { tenant, mapping: each.id }));
    tell('Removed ', h('bdi', each.subscription ?? each.role));
    router.again();
  };
  return card('What it gives', h('div.chips',
    mappings.map((each) => chip(each.role ? `role ${each.role}` : link(to(tenant, 'access', each.subscriptionId), name(each.subscription, 'one')),
    `Take ${each.subscription ?? each.role} from ${data.displayName}`, remove(each))),
      typeahead({ label: 'Add a subscription', placeholder: 'Add a subscription', kind: 'add', suggest: suggester(tenant, 'subscription', 'name'),
      choose: async (subscription) => {
      await send('POST', model.at('mapping-add', { tenant }), { group: data.id, subscription });
      tell('Added ', h('bdi', subscription));
      router.again();
    } })), h('p'), h('small', 'Members get it at once where the policy is “by groups”. See who would gain or lose before you change much: ',
      link(to(tenant, 'access'), 'Access'), '.'));
}

/** @param {any} data @param {string} tenant @param {AbortSignal} signal */
async function members(data, tenant, signal) {
  const editable = data.source !== 'scim' && !data.archivedAt;
  const values = { tenant, group: data.id };
  const columns = [col('Member', (row) => link(router.link({ tenant, screen: row.type === 'Group' ? 'groups' : 'users', id: row.id }),
    name(row.displayName ?? row.name))),
    col('Name', (row) => (row.type === 'Group' ? tag('plain', 'group') : name(row.name))), col('Since', (row) => time(row.added)),
    editable && col('', (row) => button('Remove', async () => {
      await send('DELETE', model.at('group-remove-member', { ...values, member: row.id }));
      shown.again();
    }, { label: `Remove ${row.displayName ?? row.name}` }))].filter((each) => each !== false);
  const shown = /** @type {any} */ (await list({ operation: 'group-members', values, tenant, columns, signal, bare: true,
    nothing: empty('Nobody is in it', editable ? 'Add the first member above.' : 'The identity provider adds members.') }));
  const add = editable && typeahead({ label: 'Add a member', placeholder: 'Add a member', kind: 'add', suggest: suggester(tenant, 'user', 'userName'),
    choose: async (member) => {
    await send('POST', model.at('group-add-members', values), { members: [member] });
    shown.again();
  } });
  return card(['Members ', data.source === 'scim' && tag('plain', 'locked here')], add, shown);
}

/** @param {any} data @param {string} tenant @param {string | null} etag */
function actions(data, tenant, etag) {
  const common = { tenant, values: { group: data.id }, etag, done: router.again };
  if (data.archivedAt) return operationButton({ ...common, operation: 'group-restore', text: 'Restore',
    question: 'The group is there again, with those of its members who still are.' });
  return [data.source === 'scim'
    && operationButton({ ...common, operation: 'group-unlink', text: 'Unlink',
    question: 'The group becomes yours to manage. The identity provider no longer sees it; members and what they have stay.' }),
    data.source !== 'scim' && operationButton({ ...common, operation: 'group-remove', text: 'Archive', danger: true,
      question: 'The group is gone for everybody, and what it gives with it. It can be restored.' })];
}

export async function group({ tenant, id, signal }) {
  const { data, etag } = await get(model.at('group-show', { tenant, group: id }), {}, signal);
  const [mapped, people] = await Promise.all([get(model.at('mapping-list', { tenant }), { group: data.id, limit: 100 },
    signal).catch(() => ({ data: { items: [] } })), members(data, tenant, signal)]);
  const only = model.need('group-set').body.map((each) => each.name).filter((each) => !(data.locked ?? []).includes(each)
    && (data.project ? each !== 'displayName' : each === 'displayName'));
  const change = data.source === 'scim' || !only.length ? null
    : changeForm({ noun: 'group', values: { tenant, group: id }, data, etag, only });
  return screen({ title: name(data.displayName), trail: link(to(tenant, 'groups'), 'Groups'),
    tags: [sourceTag(data), data.archivedAt && tag('bad', ['archived ', time(data.archivedAt)])], actions: actions(data, tenant, etag) },
    h('div.grid', gives(data, mapped.data.items, tenant), card('What it is',
      facts([['Members', format.count(data.members)], ['External id', data.externalId && h('code', name(data.externalId))],
      ['Made', time(data.created, format.moment)], ['Changed', time(data.lastModified)]]), change)),
    people, laterHistory(tenant, data.id, 'Group', signal));
}
