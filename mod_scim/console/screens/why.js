/** What a person has, since when and from where, and why not. */
import { button, card, col, format, h, link, model, name, router, send, table, tag, tell, time, to } from '../kit.js';

function standing(row) {
  if (row.standing === 'waiting' || (row.seated === false && row.sources?.length)) return tag('warn', 'waiting for a seat', '…');
  return row.has ?? row.seated ? tag('good', row.since ? ['since ', time(row.since, format.date)] : 'yes', '✓') : tag('bad', 'no');
}

function from(source, tenant) {
  if (source.source === 'group' && source.id) return ['member of ', link(to(tenant, 'groups', source.id), name(source.name, 'one'))];
  return h('bdi', source.text);
}

/** The step that a reason calls for. @param {any} reason @param {string} tenant @param {string} user @param {any} row */
function step(reason, tenant, user, row) {
  if (reason.operation === 'grant-add') return grantButton(tenant, user, row);
  if (reason.operation === 'mapping-add') return link(to(tenant, 'access'), 'Map a group');
  if (reason.operation === 'subscription-set') return link(to(tenant, 'access', row.id), 'Look at the seats');
  if (reason.operation === 'group-restore') return link(to(tenant, 'groups', '', { archived: 'true' }), 'Archived groups');
  return null;
}

function grantButton(tenant, user, row) {
  return button('Grant by hand', async () => {
    await send('POST', model.at('grant-add', { tenant }), { user, subscription: row.id });
    tell('Granted ', h('bdi', row.name));
    router.again();
  }, { label: `Grant ${row.name} by hand` });
}

function why(row, tenant, user) {
  const grant = (row.sources ?? []).find((each) => each.source === 'manual');
  const reasons = row.reasons ?? [];
  const canGrant = !row.sources?.length && !reasons.some((each) => each.operation === 'grant-add') && row.kind !== 'role'
    && !reasons.some((each) => each.code === 'inactive');
  return [h('ul.plainlist', (row.sources ?? []).map((each) => h('li', from(each, tenant))),
    reasons.map((each) => h('li', h('bdi', each.text), ' ', step(each, tenant, user, row)))),
    canGrant && h('div', grantButton(tenant, user, row)), grant?.id && button('Take the grant back', async () => {
      await send('DELETE', model.at('grant-remove', { tenant, grant: grant.id }));
      tell('Taken back');
      router.again();
    }, { kind: 'plain' })];
}

/** @param {any} access  as `access show` answers @param {any} user @param {string} tenant */
export function accessTable(access, user, tenant) {
  const roles = access.access.filter((each) => each.kind === 'role');
  const rows = [...access.subscriptions, ...roles];
  const columns = [col('Subscription', (row) => (row.kind === 'role' ? [name(row.name), h('small', 'role')]
    : link(to(tenant, 'access', row.id), name(row.name)))),
    col('Has it', standing), col('Why', (row) => why(row, tenant, user.id))];
  return card('Access', access.notes?.length > 0 && h('p.hint', access.notes.join(' ')), table(columns, rows));
}
