/** Accounts that may be one person: side by side, to merge them or to dismiss them as different people. */
import { button, card, col, empty, format, h, list, name, screen, state, table, tag, time } from '../kit.js';
import { merge } from './user.js';
import { sourceTag, userLink } from './users.js';

/** The values that are compared. @type {[string, (account: Row, c: Place) => Child][]} */
const LINES = [['Account', (each, c) => userLink(c, each)], ['User name', (each) => name(each.userName)],
  ['E-mail', (each) => name(each.email)], ['State', (each) => state(each.state)], ['Source', sourceTag],
  ['Role', (each) => name(each.role)], ['Made', (each) => time(each.created)],
  ['Changed', (each) => time(each.lastModified)]];

/** @param {Place} c @param {Row[]} all */
function compare(c, all) {
  const [one, other] = all;
  const columns = [col('', (line) => h('span.soft', line[0])), ...all.slice(0, 4).map((account, i) =>
    col(`Account ${i + 1}`, (line) => line[1](account, c) ?? '–'))];
  const keep = all.length === 2 && [button('Keep account 1', () => merge(c, other, one.id)),
    button('Keep account 2', () => merge(c, one, other.id))];
  const different = button('Not the same person', () => c.act('duplicate-dismiss',
    { users: all.map((each) => each.id) }, 'They are not listed as duplicates any more'));
  return h('div.stack', table(columns, LINES), h('div.row', keep, different, !keep
    && h('span.soft', `${format.many(all.length, 'account')} share it. Open one to merge it into another.`)));
}

/** @type {View} */
export async function duplicates(c) {
  const columns = [col('The same', (row) => [name(row.key), h('small', 'user name, e-mail address or external id'), ' ',
    tag('plain', format.many(row.accounts.length, 'account'))]), col('Accounts', (row) => compare(c, row.accounts))];
  return screen({ title: 'Duplicates', lead: 'Accounts that may belong to one person. A merge carries groups, flags, '
    + 'logins and grants over, and shows them first.' }, card('', await list(c, { operation: 'duplicate-list', columns,
    nothing: empty('No duplicates', 'No two accounts share a user name, an e-mail address or an external id.') })));
}
