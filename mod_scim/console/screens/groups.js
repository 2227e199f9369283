/** Groups: who manages them, what they give, and who is in them. */
import { adder, button, card, changeForm, chip, code, col, empty, facts, format, h, link, list, model, name, num,
  operationButton, screen, suggester, tag, time, typeahead } from '../kit.js';
import { laterHistory } from './history.js';
import { sourceTag } from './users.js';

/** @type {View} */
export async function groups(c) {
  const columns = [
    col('Group', (row) => [link(c.to('groups', row.id), name(row.displayName)), row.project && h('small', 'project')]),
    col('Source', (row) => [sourceTag(row), row.archivedAt && [' ', tag('plain', 'archived')]]),
    num('Members', (row) => format.count(row.members)), num('Gives', (row) => row.mappings || '–'),
    col('Changed', (row) => time(row.lastModified))];
  return screen({ title: 'Groups', lead: 'Groups of the identity provider, of the application, and your own.',
    actions: adder(c, 'group', 'Add a group', (made) => c.go('groups', made.id)) },
  card('', await list(c, { operation: 'group-list', columns, nothing: empty('No group yet',
    'Assign or push groups at the identity provider, or add one of your own.') })));
}

/** @param {Place} c @param {Row} data @param {Row[]} mappings */
function gives(c, data, mappings) {
  const given = (/** @type {Row} */ each) => {
    const what = each.subscription ?? each.role;
    const text = each.role ? `role ${what}` : link(c.to('access', each.subscriptionId), name(what, 'one'));
    return chip(text, `Take ${what} from ${data.displayName}`,
      () => c.act('mapping-remove', { mapping: each.id }, ['Removed ', h('bdi', what)]));
  };
  const adds = !data.archivedAt && typeahead({ label: 'Add a subscription', kind: 'add',
    suggest: suggester(c, 'subscription', 'name', () => mappings.map((each) => each.subscription)),
    choose: (subscription) =>
      c.act('mapping-add', { group: data.id, subscription }, ['Added ', h('bdi', subscription)]) });
  const effect = data.archivedAt ? ['It is archived and gives nothing. Restore it to add something.']
    : ['Members get it at once where access goes “by groups”. See first who would gain or lose under ',
      link(c.to('access'), 'Access'), '.'];
  return card('What it gives', h('div.chips', mappings.map(given), adds), h('p'), h('small', effect));
}

/** @param {Place} c @param {Row} data */
async function members(c, data) {
  const editable = data.source !== 'scim' && !data.archivedAt;
  const called = (/** @type {Row} */ row) => row.displayName ?? row.name;
  const remove = (/** @type {Row} */ row) => button('Remove', async () => {
    await c.send('group-remove-member', { group: data.id, member: row.id });
    await shown.again();
  }, { label: `Remove ${called(row)}`, kind: 'plain' });
  const columns = [
    col('Member', (row) => link(c.to(row.type === 'Group' ? 'groups' : 'users', row.id), name(called(row)))),
    col('User name', (row) => (row.type === 'Group' ? tag('plain', 'group') : name(row.name))),
    col('Since', (row) => time(row.added)), ...(editable ? [col('', remove)] : [])];
  const shown = await list(c, { operation: 'group-members', values: { group: data.id }, columns, bare: true,
    nothing: empty('Nobody is in it', editable ? 'Add a member above.' : 'The identity provider adds members.') });
  const add = editable && typeahead({ label: 'Add a member', kind: 'add', suggest: suggester(c, 'user', 'userName'),
    choose: async (member) => {
      await c.send('group-add-members', { group: data.id, members: [member] });
      await shown.again();
    } });
  return card(['Members ', data.source === 'scim' && tag('plain', 'locked here')], add, shown);
}

/** @param {Place} c @param {Row} data @param {string | null} etag */
function actions(c, data, etag) {
  const act = (/** @type {string} */ verb, /** @type {string} */ text) => operationButton(c, { operation:
    `group-${verb}`, values: { group: data.id }, etag, text, danger: verb === 'remove' });
  if (data.archivedAt) return act('restore', 'Restore');
  return data.source === 'scim' ? act('unlink', 'Unlink')
    : [data.source === 'local' && act('link', 'Hand over'), act('remove', 'Archive')];
}

/** @type {View} */
export async function group(c) {
  const shown = await c.get('group-show', { group: c.id });
  const { data } = shown;
  const [mapped, people] = await Promise.all([c.get('mapping-list', { group: data.id, limit: 100 }), members(c, data)]);
  const fields = data.project ? ['project', 'access'] : ['displayName'];
  const only = model.need('group-set').body.map((each) => each.name)
    .filter((each) => fields.includes(each) && !(data.locked ?? []).includes(each));
  const editable = data.source !== 'scim' && only.length > 0;
  return screen({ title: name(data.displayName), trail: link(c.to('groups'), 'Groups'), tags: [sourceTag(data),
    data.archivedAt && tag('bad', ['archived ', time(data.archivedAt)])], actions: actions(c, data, shown.etag) },
  h('div.grid', gives(c, data, mapped.data.items), card('What it is', facts(['Members', format.count(data.members)],
    ['External id', code(data.externalId)], ['Made', time(data.created, format.moment)],
    ['Changed', time(data.lastModified)]), editable && changeForm(c, 'group', { group: c.id }, shown, { only }))),
  people, laterHistory(c, data.id, 'Group'));
}
