/** What a person has, since when and from which source, and why not more. */
import { button, card, col, format, h, link, name, table, tag, time } from '../kit.js';

/** @param {Row} row */
function standing(row) {
  const waits = row.standing === 'waiting' || (row.seated === false && row.sources?.length);
  if (waits) return tag('warn', 'waiting for a seat', '…');
  if (!(row.has ?? row.seated)) return tag('bad', 'no');
  return tag('good', row.since ? ['since ', time(row.since, format.date)] : 'yes', '✓');
}

/** @param {Place} c @param {Row} source */
function from(c, { source, id, name: called, text }) {
  return source === 'group' && id ? ['member of ', link(c.to('groups', id), name(called, 'one'))] : h('bdi', text);
}

/** @param {Place} c @param {Row} row @param {string} user */
function grantButton(c, row, user) {
  return button('Grant by hand', () => c.act('grant-add', { user, subscription: row.id },
    ['Granted ', h('bdi', row.name)]), { label: `Grant ${row.name} by hand` });
}

/** The next step for a reason. @param {Place} c @param {Row} reason @param {Row} row @param {string} user */
function step(c, { operation }, row, user) {
  if (operation === 'grant-add') return grantButton(c, row, user);
  if (operation === 'mapping-add') return link(c.to('access'), 'Map a group');
  if (operation === 'subscription-set') return link(c.to('access', row.id), 'Look at the seats');
  return operation === 'group-restore' && link(c.to('groups', '', { archived: 'true' }), 'Archived groups');
}

/** @param {Place} c @param {Row} row @param {string} user */
function why(c, row, user) {
  /** @type {[Row[], Row[]]} */
  const [sources, reasons] = [row.sources ?? [], row.reasons ?? []];
  const grant = sources.find((each) => each.source === 'manual')?.id;
  const canGrant = !sources.length && row.kind !== 'role'
    && !reasons.some((each) => each.operation === 'grant-add' || each.code === 'inactive');
  return [h('ul.plainlist', sources.map((each) => h('li', from(c, each))),
    reasons.map((each) => h('li', h('bdi', each.text), ' ', step(c, each, row, user)))),
  canGrant && h('div', grantButton(c, row, user)), grant && button('Withdraw the grant',
    () => c.act('grant-remove', { grant }, 'Taken back'), { kind: 'plain' })];
}

/** @param {Place} c @param {any} access  as `access show` answers @param {Row} user */
export function accessTable(c, access, user) {
  const roles = access.access.filter((/** @type {Row} */ each) => each.kind === 'role');
  const columns = [col('Subscription', (row) => (row.kind === 'role' ? [name(row.name), h('small', 'role')]
    : link(c.to('access', row.id), name(row.name)))), col('Has it', standing),
  col('Why', (row) => why(c, row, user.id))];
  return card('Access', access.notes?.length > 0 && h('p.hint', access.notes.join(' ')),
    table(columns, [...access.subscriptions, ...roles]));
}
