/** Tokens: what identity providers log in with. A secret is shown once, when it is made. */
import {
  ask, button, card, changeForm, col, empty, facts, form, format, get, h, link, list, model, name, operationButton, router, screen,
  secretShown, send, tag, tell, time, to,
} from '../kit.js';

/** How a token is, and how long it lasts. @param {any} row */
export function tokenTag(row) {
  if (row.status === 'revoked') return tag('plain', 'revoked', '○');
  if (row.status === 'expired') return tag('bad', ['ended ', time(row.expires)]);
  if (row.quiet) return tag('warn', 'silent', '…');
  return tag(row.status === 'expiring' ? 'warn' : 'plain', [format.left(row.expires), ' left']);
}

const LIVES = [['30', '30 days'], ['90', '90 days'], ['180', '180 days'], ['365', 'One year'], ['', 'Another date…']];

function endOf(days) {
  return new Date(Date.now() + Number(days) * 86400000).toISOString();
}

/**
 * The form of a new token; answers what the server made, null where it was left.
 * @param {string} tenant @param {string} suggested @param {import('../render.js').Child} [intro]
 */
export function makeToken(tenant, suggested, intro) {
  const operation = model.need('token-add');
  return new Promise((resolve) => {
    /** @type {any} */
    let made = null;
    const when = h('input', { type: 'datetime-local', 'aria-label': 'Ends on', hidden: true });
    const life = h('select', { id: 'life', onchange: () => { when.hidden = life.value !== ''; } },
      LIVES.map(([value, text]) => h('option', { value }, text)));
    const ends = h('div.field', h('label', { for: 'life' }, 'It ends after'), life, when,
      h('small', 'Put the end into a calendar; the overview warns you two weeks before.'));
    const body = form({
      operation: { ...operation, body: operation.body.filter((each) => each.name !== 'expires').map((each) => (each.name === 'name'
        ? { ...each, help: 'What you will know it by: the product and the year, say.' } : each)) },
      tenant, action: 'Make the token', cancel: true, extra: [h('p'), ends],
      submit: async (values) => {
        const expires = life.value ? endOf(life.value) : format.fromLocal(when.value);
        const answer = await send('POST', model.at('token-add', { tenant }), { ...values, ...(expires && { expires }) });
        made = answer.data;
        const dialog = body.closest('dialog');
        // Whoever has closed the dialog meanwhile has a token all the same, and this is the one time to see it.
        if (dialog.open) dialog.close();
        else await secretShown(made.token, tenant);
      },
    });
    body.querySelector('input').value = suggested;
    ask({ title: 'A new token', body: [intro && h('p', intro), body], cancel: '', large: true }).then(async () => {
      if (made) await secretShown(made.token, tenant);
      resolve(made);
    });
  });
}

function lastUse(row, tenant) {
  if (!row.lastUsed) return h('span.soft', 'never');
  return [link(to(tenant, 'activity', '', { token: row.keyId }), time(row.lastUsed)), row.lastAddress && h('small', 'from ', h('bdi', row.lastAddress))];
}

export async function tokens({ tenant, query, signal }) {
  const columns = [
    col('Token', (row) => [link(to(tenant, 'tokens', row.keyId), name(row.name)), row.description && h('small', name(row.description))]),
    col('State', tokenTag),
    col('Last use', (row) => lastUse(row, tenant)),
    col('Made', (row) => [time(row.created), h('small', 'by ', h('bdi', row.createdBy))]),
    col('Ends', (row) => (row.revoked ? ['revoked ', time(row.revoked), row.revokedBy && h('small', 'by ', h('bdi', row.revokedBy))]
      : time(row.expires, format.date))),
  ];
  const make = button('Make a token', async () => {
    if (await makeToken(tenant, '')) router.again();
  }, { kind: 'main' });
  return screen({ title: 'Tokens', lead: 'An identity provider logs in with a token. Several may be valid at once, so that replacing one interrupts nothing.',
    actions: make },
    h('section.card', await list({ operation: 'token-list', values: { tenant }, tenant, query, signal, columns,
      nothing: empty('No token yet', 'Make one and enter it at your identity provider; the guide tells where.',
        h('a.button', { href: to(tenant, 'connect') }, 'Connect an identity provider')) })));
}

function details(data) {
  return facts([['Key', h('code', data.keyId)], ['Made', [time(data.created, format.moment), ' by ', h('bdi', data.createdBy)]],
    ['Ends', [time(data.expires, format.moment), ' (', time(data.expires), ')']],
    ['Last use', data.lastUsed ? [time(data.lastUsed), data.lastAddress && [' from ', h('bdi', data.lastAddress)]] : 'never'],
    ['Usually used', data.usualEvery && `every ${format.minutes(data.usualEvery)}`],
    ...(data.revoked ? [/** @type {[any, any]} */ (['Revoked', [time(data.revoked, format.moment), ' by ', h('bdi', data.revokedBy)]])] : []),
    ['For', data.scope === 'me' ? ['the user ', h('bdi', data.userName)] : 'the whole tenant']]);
}

export async function token({ tenant, id, signal }) {
  const { data, etag } = await get(model.at('token-show', { tenant, token: id }), {}, signal);
  const valid = data.status === 'active' || data.status === 'expiring';
  const replace = button('Replace…', async () => {
    const steps = 'Make the second one here and enter it at the identity provider. When it has been used, revoke the first. '
      + 'Both work until then, so nothing is interrupted.';
    const made = await makeToken(tenant, `${data.name.slice(0, 190)} (new)`, steps);
    if (made) router.go({ tenant, screen: 'tokens' });
  }, { kind: 'main' });
  const revoke = operationButton({ operation: 'token-revoke', tenant, values: { token: id }, text: 'Revoke', danger: true,
    question: 'The next request with it is refused. This cannot be undone.', done: () => { tell('Revoked'); router.again(); } });
  return screen({ title: name(data.name), trail: link(to(tenant, 'tokens'), 'Tokens'), tags: [tokenTag(data), data.readOnly && tag('plain', 'read only')],
    actions: [data.status !== 'revoked' && replace, valid && revoke] },
  h('div.grid', card('What it is', details(data)), card('What it did', h('p', 'Every request with this token, its answer and why it was refused.'),
    h('a.button', { href: to(tenant, 'activity', '', { token: data.keyId }) }, 'Activity of this token'))),
  valid && card('What it may do', changeForm({ noun: 'token', values: { tenant, token: id }, data, etag })));
}
