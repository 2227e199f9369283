/**
 * Connect: the guide of each identity provider, with this tenant's own URL, a token made in place, a test of the connection,
 * and the provider's calls as they arrive. The guides are data (guides/), which docs/identity-providers.md is made of as well.
 */
import {
  button, card, col, copyable, fill, format, get, h, link, model, name, problem, router, screen, send, state, table, tag, to,
} from '../kit.js';
import { asked, follow } from './activity.js';
import { makeToken } from './tokens.js';

/** @typedef {{id: string, name: string, short: string, suffix?: string, steps: {text: string, copy?: 'url' | 'token'}[],
 *   mapping: {from: string, to: string, note?: string}[],
 *   test: {method: string, path: string, expect: string}[], expect: string[], trouble: {see: string, do: string}[]}} Guide */

/** A file of the console. @param {string} file @param {AbortSignal} signal */
async function guideFile(file, signal) {
  return (await get(`/console/guides/${file}.json`, {}, signal)).data;
}

/** The little markup of the guides, **strong** and `code`, as elements. @param {string} text */
export function prose(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((piece) => (piece.startsWith('**') ? h('b', piece.slice(2, -2)) : piece.startsWith('`')
    ? h('code', piece.slice(1, -1)) : piece));
}

async function choose({ tenant, signal }) {
  const guides = await guideFile('index', signal);
  return screen({ title: 'Connect an identity provider',
    lead: 'Which one do you have? The guide shows the fields with your own address, makes the token, and watches for the first request.' },
    h('div.choices', guides.map((each) => h('a.choice.pick', { href: to(tenant, 'connect', each.id) }, h('span', { 'aria-hidden': 'true' }, '→'),
      h('b', each.name)))));
}

/** Where the token of this guide is made, and kept while the page is open. @param {string} tenant @param {Guide} guide @param {{token: string}} kept */
function tokenPlace(tenant, guide, kept) {
  const box = h('div');
  const draw = () => fill(box, kept.token ? [copyable(kept.token, 'the token'), h('p'),
    h('p.hint.warn', 'Enter it now: it is shown on this page until you leave, and never again.')]
    : h('div.row', button('Make a token', async () => {
      const made = await makeToken(tenant, `${guide.id}-${new Date().getFullYear()}`, `For ${guide.short}. Give it a name that you will know it by.`);
      if (!made) return;
      kept.token = made.token;
      router.guard(() => Promise.resolve(window.confirm('The token is not shown again. Have you entered it at the identity provider?')));
      draw();
    }, { kind: 'main' }), h('small', 'or enter one that you have already. ', link(to(tenant, 'tokens'), 'Tokens'))));
  draw();
  return box;
}

/** @param {Guide} guide @param {string} url @param {string} tenant @param {{token: string}} kept */
function steps(guide, url, tenant, kept) {
  return h('ol.steps', guide.steps.map((each) => h('li', h('div', h('p', prose(each.text)), each.copy === 'url'
    && (url ? copyable(url + (guide.suffix ?? ''), 'the URL') : h('p.hint', 'The server does not say its URL: an operator sets ScimBaseURL.')),
    each.copy === 'token' && tokenPlace(tenant, guide, kept)))));
}

const STEPS = { discovery: 'The endpoint is reached', stranger: 'Nobody gets in without a token', users: 'It looks for a user',
  groups: 'It looks for groups' };

/** One step of a test: ok is null where it was not tried. */
function testStep({ step, request: call, expected, found, ok, fix }) {
  const [kind, mark, text] = ok ? ['good', '✓', 'as expected'] : ok === false ? ['bad', '✕', 'not as expected'] : ['soft', '○', 'not tried'];
  return h('li', h(`span.${kind}`, { 'aria-hidden': 'true' }, mark), h('div', h('p', h('b', STEPS[step] ?? step), ` (${text})`),
    h('p.soft', h('code', call), h('br'), 'Expected ', h('bdi', expected), h('br'), 'Found ', h('bdi', found)), fix && h('p', h('bdi', fix))));
}

/** The calls that the provider makes when it tests the connection, made by the server. */
function test(tenant, guide, kept) {
  const asks = h('ul', guide.test.map((each) => h('li', h('code', `${each.method} ${each.path}`), h('span.soft', `, expects ${each.expect}`))));
  if (!model.find('connection-test')) return card('What its test asks', asks);
  const token = h('input', { id: 'token', autocomplete: 'off', spellcheck: 'false', maxlength: 200, placeholder: 'the one that was made above' });
  const result = h('div', { 'aria-live': 'polite' });
  const run = async () => {
    fill(result, h('div.bone.short'));
    const said = token.value.trim() || kept.token;
    const { data } = await send('POST', model.at('connection-test', { tenant }), said ? { token: said }
      : {}).catch((error) => ({ data: { steps: null, error } }));
    fill(result, data.steps ? h('ul.todo', data.steps.map(testStep)) : problem(data.error));
  };
  return card('Test the connection', h('p',
    `The server makes the first calls of an identity provider itself, to the base URL and nowhere else, and checks the certificate. ${guide.short} asks:`),
    asks,
    h('div.fields', h('div.field', h('label', { for: 'token' }, 'Token'), token,
      h('small', 'It is sent with this one test and kept nowhere. Without it the steps that need one are not tried.'))),
    h('div.row.actions', button('Test the connection', run, { kind: 'main' })), result);
}

/** @param {Guide} guide @param {any[]} rows */
function verdict(guide, rows) {
  const good = rows.some((each) => each.outcome === 'done');
  const bad = rows.find((each) => each.outcome !== 'done');
  if (rows.some((each) => each.method !== 'GET' && each.outcome === 'done')) return tag('good', `${guide.short} provisions`, '✓');
  if (good) return tag('good', `${guide.short} has tested the connection`, '✓');
  return bad && tag('bad', `${guide.short} was refused: ${bad.reason ?? bad.status}`);
}

/** The provider's calls as they arrive. @param {string} tenant @param {Guide} guide @param {AbortSignal} signal */
function waiting(tenant, guide, signal) {
  /** @type {any[]} */
  let rows = [];
  const news = h('div', { role: 'status' }, h('p', h('span.live', `Waiting for the first request of ${guide.short}…`)),
    h('p.soft', 'Let it test the connection now. Its calls appear here as they arrive.'));
  follow(tenant, signal, (fresh) => {
    rows = [...fresh, ...rows].slice(0, 20);
    fill(news, h('p', verdict(guide, rows)),
      table([col('When', (row) => link(to(tenant, 'activity', row.id), format.second(row.at))),
      col('Request', (row) => [asked(row), row.object && [' ', name(row.object, 'one')]]),
      col('Outcome', (row) => [state(row.outcome), ' ', h('span.soft', row.status)]), col('Why', (row) => row.reason && name(row.reason))], rows));
  }).catch(() => {});
  return card('Live', news);
}

export async function connect(context) {
  const { tenant, id, signal } = context;
  if (!id) return choose(context);
  const [guide, shown] = await Promise.all([guideFile(id, signal), get(model.at('tenant-show', { tenant }), {}, signal)]);
  const kept = { token: '' };
  const mapping = table([col('There', (row) => h('code', row.from)), col('Here', (row) => h('code', row.to)), col('Note', (row) => row.note)], guide.mapping,
    { caption: 'Attribute mapping, with the names as they stand in that product' });
  return screen({ title: ['Connect ', guide.name], trail: link(to(tenant, 'connect'), 'Connect'),
    lead: 'Menus of other products change: words there may differ a little.' },
    !shown.data.enabled && h('p.hint.warn', 'Provisioning is switched off: every request is answered 403 until you switch it on in the overview.'),
    card('Steps', steps(guide, shown.data.baseUrl ?? '', tenant, kept)), waiting(tenant, guide, signal), test(tenant, guide, kept),
      card('Attributes', mapping),
    h('div.grid', card('What to expect', h('ul', guide.expect.map((each) => h('li', prose(each))))),
      card('When it fails', guide.trouble.map((each) => h('p', h('b', prose(each.see)), h('br'), prose(each.do))))));
}
