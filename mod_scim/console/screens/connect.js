/** Connect: the guide of each identity provider, with the tenant's own URL, a token made in place, a test of the
 * connection, and the provider's calls as they arrive. docs/identity-providers.md is generated from the same guides. */
import { button, card, col, copyable, fill, format, get, h, link, model, name, problem, router, screen, table,
  tag } from '../kit.js';
import { asked, follow, object, outcome } from './activity.js';
import { makeToken } from './tokens.js';

/** A guide, or the index of all. @param {Place} c @param {string} file */
async function guideFile(c, file) {
  return (await get(`/console/guides/${file}.json`, {}, c.signal)).data;
}

/** The little markup of the guides, **strong** and `code`, as elements. @param {string} text */
function prose(text) {
  const element = (/** @type {string} */ piece) => (piece.startsWith('**') ? h('b', piece.slice(2, -2))
    : piece.startsWith('`') ? h('code', piece.slice(1, -1)) : piece);
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map(element);
}

/** @param {Place} c */
async function choose(c) {
  const guides = await guideFile(c, 'index');
  const choice = (/** @type {Guide} */ each) => h('a.choice.pick', { href: c.to('connect', each.id) },
    h('span', { 'aria-hidden': 'true' }, '→'), h('b', each.name));
  return screen({ title: 'Connect an identity provider', lead: 'The identity provider is the system that knows your '
    + 'people and sends them here. Choose yours: its guide has your own address, and shows the first requests.' },
  h('div.choices', guides.map(choice)));
}

/** Creates the token for this guide, and shows it while the page is open. @param {Place} c @param {Guide} guide
 * @param {{token: string}} kept */
function tokenPlace(c, guide, kept) {
  const box = h('div');
  const ask = 'The token is not shown again. Have you entered it at the identity provider?';
  const maker = button('Make a token', async () => {
    const made = await makeToken(c, `${guide.id}-${new Date().getFullYear()}`,
      `The token is what ${guide.short} logs in with. Give it a name by which you will recognise it.`);
    if (!made || c.signal.aborted) return;
    kept.token = made.token;
    router.guard(() => Promise.resolve(window.confirm(ask)));
    draw();
  }, { kind: 'main' });
  const draw = () => fill(box, kept.token ? [copyable(kept.token, 'the token'), h('p'),
    h('p.hint.warn', 'Enter it now: it is shown on this page until you leave, and never again.')]
    : h('div.row', maker, h('small', 'or enter one that you have. ', link(c.to('tokens'), 'Tokens'))));
  draw();
  return box;
}

/** @param {Place} c @param {Guide} guide @param {string} url @param {{token: string}} kept */
function steps(c, guide, url, kept) {
  const address = (/** @type {string} */ more) => (url ? copyable(url + more, 'the URL')
    : h('p.hint', 'The server does not know its own URL: an operator sets ScimBaseURL.'));
  const places = { url: () => address(guide.suffix ?? ''), tokenUrl: () => address('/oauth2/token'),
    token: () => tokenPlace(c, guide, kept) };
  return h('ol.steps', guide.steps.map(({ text, copy }) =>
    h('li', h('div', h('p', prose(text)), copy && places[copy]()))));
}

/** One step of a test: ok is null if it was not tried. @param {Row} row */
function testStep({ step, request: call, expected, found, ok, fix }) {
  const [kind, mark, text] = ok ? ['good', '✓', 'as expected']
    : ok === false ? ['bad', '✕', 'not as expected'] : ['soft', '○', 'not tried'];
  return h('li', h(`span.${kind}`, { 'aria-hidden': 'true' }, mark),
    h('div', h('p', h('b', model.words('testSteps', step) ?? step), ` (${text})`),
      h('p.soft', h('code', call), h('br'), 'Expected ', h('bdi', expected), h('br'), 'Found ', h('bdi', found)),
      fix && h('p', h('bdi', fix))));
}

/** The first requests of a provider, sent by the server. @param {Place} c @param {Guide} guide
 * @param {{token: string}} kept */
function test(c, guide, kept) {
  const asks = guide.test.map((each) =>
    h('li', h('code', `${each.method} ${each.path}`), h('span.soft', `, expects ${each.expect}`)));
  const token = h('input', { id: 'token', autocomplete: 'off', spellcheck: 'false', maxlength: 200,
    placeholder: 'the one that was made above' });
  const result = h('div', { 'aria-live': 'polite' });
  const run = async () => {
    fill(result, h('div.bone.short'));
    const said = token.value.trim() || kept.token;
    const calls = guide.test.map((each) => encodeURI(each.path));
    await c.send('connection-test', said ? { token: said, calls } : { calls }).then(
      ({ data }) => fill(result, h('ul.todo', data.steps.map(testStep))), (error) => fill(result, problem(error)));
  };
  const help = 'It is used for this test and not kept. Without a token the steps that need one are not tried.';
  return card('Test the connection', h('p', 'The server calls its own base URL as an identity provider does, and '
    + `checks the certificate. Among the calls are those of ${guide.short} itself:`), h('ul', asks),
  h('div.fields', h('div.field', h('label', { for: 'token' }, 'Token'), token, h('small', help))),
  h('div.row.actions', button('Test the connection', run, { kind: 'main' })), result);
}

/** @param {Guide} guide @param {Row[]} rows */
function verdict({ short }, rows) {
  const done = rows.filter((each) => each.outcome === 'done');
  const verb = done.some((each) => each.method !== 'GET') ? 'provisions' : 'has tested the connection';
  if (done.length) return tag('good', `${short} ${verb}`, '✓');
  return rows[0] && tag('bad', `${short} was refused: ${rows[0].reason ?? rows[0].status}`);
}

/** The provider's calls as they arrive. @param {Place} c @param {Guide} guide */
function waiting(c, guide) {
  let rows = /** @type {Row[]} */ ([]);
  const news = h('div', { role: 'status' },
    h('p', h('span.live', `Waiting for the first request of ${guide.short}…`)),
    h('p.soft', 'Let it test the connection now. Its calls appear here as they arrive.'));
  const columns = [col('When', (row) => link(c.to('activity', row.id), format.second(row.at))),
    col('Request', (row) => [asked(row), object(row)]), col('Outcome', outcome),
    col('Why', (row) => row.reason && name(row.reason))];
  follow(c, (fresh) => {
    rows = [...fresh, ...rows].slice(0, 20);
    fill(news, h('p', verdict(guide, rows)), table(columns, rows));
  }).catch(() => {});
  return card('Live', news);
}

/** @type {View} */
export async function connect(c) {
  if (!c.id) return choose(c);
  const [guide, { data }] = await Promise.all([guideFile(c, c.id), c.get('tenant-show')]);
  const kept = { token: '' };
  const columns = [col(`In ${guide.short}`, (row) => h('code', row.from)), col('In SCIM', (row) => h('code', row.to)),
    col('Note', (row) => row.note)];
  const trouble = guide.trouble.map((/** @type {Row} */ each) =>
    h('p', h('b', prose(each.see)), h('br'), prose(each.do)));
  return screen({ title: ['Connect ', guide.name], trail: link(c.to('connect'), 'Connect'),
    lead: 'Other products change their menus from time to time: words there may differ a little.' },
  !data.enabled && h('p.hint.warn', 'Provisioning is off: all requests are refused. Switch it on in the overview.'),
  card('Steps', steps(c, guide, data.baseUrl ?? '', kept)), waiting(c, guide), test(c, guide, kept),
  card('Attributes', table(columns, guide.mapping, 'Attribute mapping, with the names as they stand in that product')),
  h('div.grid', card('What to expect', h('ul', guide.expect.map((/** @type {string} */ each) => h('li', prose(each))))),
    card('When it fails', trouble)));
}
