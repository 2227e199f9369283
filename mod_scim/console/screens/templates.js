/** Templates: what new users get, in their order, and the users that each matches. */
import { adder, ask, button, card, code, col, empty, format, h, inParts, link, list, lookFirst, name, num, screen }
  from '../kit.js';
import { userLink } from './users.js';

/** The existing users that a template matches. @param {Place} c @param {Row} row */
async function matches(c, row) {
  const fixed = { template: row.id };
  const people = await list(c, { operation: 'template-preview', fixed, hide: ['condition'], bare: true, limit: 20,
    columns: [col('Name', (each) => userLink(c, each)), col('User name', (each) => name(each.userName))],
    nothing: h('p', 'It matches no existing user.') });
  const count = h('p', 'Counting…');
  const closed = ask({ title: h('bdi', row.name), large: true, cancel: 'Close', body: [count, people] });
  let sum = 0;
  await inParts(count, (on) => c.get('template-count', { ...fixed, ...on }), (data) => {
    sum += data.accounts;
    return `${data.next ? 'At least ' : ''}${format.many(sum, 'existing account')} would match. `
      + 'They get nothing from it: a template is applied once, when an account is created.';
  });
  await closed;
}

/** @param {Row} row */
function gives(row) {
  const parts = Object.entries({ role: row.role && [row.role], groups: row.groups, subscriptions: row.subscriptions,
    flags: row.flags });
  return h('ul.plainlist', parts.filter(([, values]) => values?.length).map(([what, values]) =>
    h('li', h('span.soft', `${what}: `), h('bdi', values.join(', ')))));
}

/** Applies it to existing users that match, after a preview. @param {Place} c @param {Row} row */
async function apply(c, row) {
  const columns = [col('User name', (each) => link(c.to('users', each.id), name(each.userName))),
    col('Gets', (each) => each.gets && gives(each.gets)), col('Why not', (each) => name(each.cause ?? ''))];
  const { look, report } = lookFirst(c, 'template-apply', 'Apply it', (said) => said, columns, (data) => data.accounts);
  await ask({ title: ['Apply ', h('bdi', row.name)], large: true, cancel: 'Close', body: h('div.stack', h('p',
    'Existing users who match its condition get what they lack of it. You can undo that as a whole.'),
  h('div.row', button('See what it would do', () => look({ template: row.id }))), report) });
  c.again();
}

/** @type {View} */
export async function templates(c) {
  const columns = [col('Template', (row) => link(c.to('template', row.id), name(row.name))),
    num('Order', (row) => format.count(row.priority)),
    col('For', (row) => code(row.condition) ?? 'everybody'), col('Gives', gives),
    col('', (row) => h('div.row', button('Who would match', () => matches(c, row),
      { label: `Who would match ${row.name}` }),
    button('Apply…', () => apply(c, row), { label: `Apply ${row.name}` })))];
  return screen({ title: 'What new users get', trail: link(c.to('access'), 'Access'), actions: adder(c, 'template',
    'Add a template'), lead: 'Templates are applied in their order when an account is created. The first that gives a '
    + 'role decides it; all else adds up.' },
  card('', await list(c, { operation: 'template-list', columns, nothing: empty('No template yet',
    'A new account has the default role, and what its groups give.') })));
}
