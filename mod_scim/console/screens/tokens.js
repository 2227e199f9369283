/** Tokens, with which identity providers log in. A secret is shown once, when the token is created. */
import { ask, button, card, changeForm, code, col, empty, facts, form, format, h, link, list, model, name,
  operationButton, screen, secretShown, tag, time, way } from '../kit.js';

/** The state of a token, and when it expires. @param {Row} row */
export function tokenTag(row) {
  if (row.status === 'revoked') return tag('plain', 'revoked', '○');
  if (row.status === 'expired') return tag('bad', ['ended ', time(row.expires)]);
  const lasts = tag(row.status === 'expiring' ? 'warn' : 'plain', [format.left(row.expires), ' left']);
  return row.quiet ? [tag('warn', 'silent', '…'), ' ', lasts] : lasts;
}

const LIVES = [['30', '30 days'], ['90', '90 days'], ['180', '180 days'], ['365', 'One year'], ['', 'Another date…']];

/** The lifetime of a token: a choice of days, or a date. */
function lifetime() {
  const when = h('input', { type: 'datetime-local', 'aria-label': 'Ends on', hidden: true });
  const life = h('select', { id: 'life', onchange: () => { when.hidden = life.value !== ''; } },
    LIVES.map(([value, text]) => h('option', { value }, text)));
  const read = () => (life.value ? new Date(Date.now() + Number(life.value) * 86400000).toISOString()
    : format.fromLocal(when.value));
  const element = h('div.field', h('label', { for: 'life' }, 'It ends after'), life, when,
    h('small', 'Note the expiry in a calendar. The overview warns you two weeks before.'));
  return { element, read };
}

/** The form for a new token; returns the server's answer, null if the dialog was closed.
 * @param {Place} c @param {string} suggested @param {Child} [intro] @returns {Promise<any>} */
export async function makeToken(c, suggested, intro) {
  const operation = model.need('token-add');
  const fields = operation.body.filter((each) => each.name !== 'expires');
  const ends = lifetime();
  let made = /** @type {any} */ (null);
  const body = form(c, { operation: { ...operation, body: fields }, action: 'Make the token', cancel: true,
    extra: ends.element, submit: async (values) => {
      const expires = ends.read();
      made = (await c.send('token-add', { ...values, ...(expires && { expires }) })).data;
      if (body.closest('dialog')?.open) return body.closest('dialog').close();
      // The dialog was closed meanwhile. The token exists anyway, and can only be seen now.
      return secretShown(c, made.token);
    } });
  body.querySelector('input').value = suggested;
  await ask({ title: 'A new token', body: [intro && h('p', intro), body], cancel: '', large: true });
  if (made) await secretShown(c, made.token);
  return made;
}

/** @param {Place} c @param {Row} row */
function lastUse(c, { keyId, lastUsed, lastAddress }) {
  if (!lastUsed) return h('span.soft', 'never');
  return [link(c.to('activity', '', { token: keyId }), time(lastUsed)),
    lastAddress && h('small', 'from ', h('bdi', lastAddress))];
}

/** @type {View} */
export async function tokens(c) {
  const columns = [col('Token', (row) => [link(c.to('tokens', row.keyId), name(row.name)),
      row.description && h('small', name(row.description))]),
    col('State', tokenTag), col('Last use', (row) => lastUse(c, row)),
    col('Made', (row) => [time(row.created), h('small', 'by ', h('bdi', row.createdBy))]),
    col('Ends', (row) => (row.revoked ? ['revoked ', time(row.revoked), h('small', 'by ', h('bdi', row.revokedBy))]
      : time(row.expires, format.date)))];
  const make = button('Make a token', async () => {
    if (await makeToken(c, '')) c.again();
  }, { kind: 'main' });
  return screen({ title: 'Tokens', actions: make, lead: 'A token is what an identity provider logs in with. Several '
    + 'may be valid at once, so that you can replace one without an interruption.' },
  card('', await list(c, { operation: 'token-list', columns, nothing: empty('No token yet', 'Create one and enter it '
    + 'at your identity provider; the guide tells where.', way(c.to('connect'), 'Connect an identity provider')) })));
}

/** @param {Row} data */
function details(data) {
  const by = (/** @type {string} */ at, /** @type {string} */ who) => [time(at, format.moment), ' by ', h('bdi', who)];
  const from = data.lastAddress && [' from ', h('bdi', data.lastAddress)];
  return facts(['Key', code(data.keyId)], ['Made', by(data.created, data.createdBy)],
    ['Ends', [time(data.expires, format.moment), ' (', time(data.expires), ')']],
    ['Last use', data.lastUsed ? [time(data.lastUsed), from] : 'never'],
    data.usualEvery && ['Usually used', `every ${format.minutes(data.usualEvery)}`],
    data.revoked && ['Revoked', by(data.revoked, data.revokedBy)],
    ['For', data.scope === 'me' ? ['the user ', h('bdi', data.userName)] : 'the whole tenant']);
}

/** @type {View} */
export async function token(c) {
  const values = { token: c.id };
  const shown = await c.get('token-show', values);
  const { data } = shown;
  const valid = /^(active|expiring)$/.test(data.status);
  const replace = button('Replace…', async () => {
    const made = await makeToken(c, `${data.name.slice(0, 190)} (new)`, 'Create the second token here and enter it at '
      + 'the identity provider. When it has been used, revoke the first. Both work until then.');
    if (made) c.go('tokens');
  }, { kind: 'main' });
  const revoke = operationButton(c, { operation: 'token-revoke', values, text: 'Revoke', danger: true });
  return screen({ title: name(data.name), trail: link(c.to('tokens'), 'Tokens'),
    tags: [tokenTag(data), data.readOnly && tag('plain', 'read only')],
    actions: [data.status !== 'revoked' && replace, valid && revoke] },
  h('div.grid', card('What it is', details(data)), card('What it did',
    h('p', 'Every request with this token, its answer, and why it was refused.'),
    way(c.to('activity', '', { token: data.keyId }), 'Activity of this token'))),
  valid && card('What it may do', changeForm(c, 'token', values, shown)));
}
