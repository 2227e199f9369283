/** Accounts that may be one person: side by side, to merge them or to say that they are not. */
import { button, card, col, empty, format, h, list, model, name, router, screen, send, state, table, tag, tell, time } from '../kit.js';
import { merge } from './user.js';
import { sourceTag, userLink } from './users.js';

/** What is compared. @type {[string, (account: any, tenant: string) => any][]} */
const LINES = [['Account', userLink], ['User name', (each) => name(each.userName)], ['E-mail', (each) => name(each.email)],
  ['State', (each) => state(each.state)], ['Source', sourceTag],
  ['Role', (each) => name(each.role)], ['Made', (each) => time(each.created)], ['Changed', (each) => time(each.lastModified)]];

function compare(row, tenant) {
  const accounts = row.accounts.slice(0, 4);
  const columns = [col('', (line) => h('span.soft', line[0])),
    ...accounts.map((account, i) => (col(`Account ${i + 1}`, (line) => line[1](account, tenant) ?? '–')))];
  const pair = accounts.length === 2;
  return h('div.stack', table(columns, LINES), h('div.row', pair
    && [button('Keep account 1', () => merge(tenant, accounts[1], accounts[0].id)),
      button('Keep account 2', () => merge(tenant, accounts[0], accounts[1].id))], model.find('duplicate-dismiss') && different(tenant, row.accounts),
    !pair && h('span.soft', `${format.many(row.accounts.length, 'account')} share it. Open one to merge it into another.`)));
}

function different(tenant, accounts) {
  return button('Not the same person', async () => {
    await send('POST', model.at('duplicate-dismiss', { tenant }), { users: accounts.map((each) => each.id) });
    tell('They are not listed as duplicates any more');
    router.again();
  });
}

export async function duplicates({ tenant, query, signal }) {
  const columns = [col('The same', (row) => [name(row.key), h('small', row.why ?? row.reason ?? 'user name, e-mail address or external id'), ' ',
    tag('plain', format.many(row.accounts.length, 'account'))]),
    col('Accounts', (row) => compare(row, tenant))];
  return screen({ title: 'Duplicates',
    lead: 'Accounts that may belong to one person. A merge carries groups, flags, logins and grants over, and shows them before.' },
    card('', await list({ operation: 'duplicate-list', values: { tenant }, tenant, query, signal, columns,
      nothing: empty('No duplicates', 'No two accounts share a user name, an e-mail address or an external id.') })));
}
