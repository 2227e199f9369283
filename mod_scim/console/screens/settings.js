/** Settings: grouped, explained, each with its default; the risky ones ask first. */
import { ask, button, card, changeForm, copyable, facts, fill, format, h, model, router, screen, setTenant, single,
  tag, time, way } from '../kit.js';
import { switchOff } from './overview.js';

/** What a change means for existing people. @param {[string, any]} change @param {any} tenant */
function risk([key, value], { users, localUsers }) {
  /** @type {Record<string, string>} */
  const parts = { users: format.many(users, 'account'), localUsers: format.many(localUsers, 'local account'),
    all: format.many(users + localUsers, 'account'), value: model.word(value) };
  const text = model.words('risks', `${key}.${value}`) ?? model.words('risks', key);
  return text?.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ part) => parts[part]);
}

/** @param {Values} values @param {any} tenant */
async function confirmed(values, tenant) {
  const risks = Object.entries(values).map((each) => risk(each, tenant)).filter(Boolean);
  const body = h('ul', risks.map((text) => h('li', text)));
  return !risks.length || ask({ title: 'Save these settings?', action: 'Save', body });
}

/** Removes the tenant piece by piece, and shows how much is erased. If interrupted, it continues when it is started
 * again. @param {Place} c */
async function remove(c) {
  const confirm = h('input', { id: 'confirm', autocomplete: 'off', spellcheck: 'false' });
  const told = h('p', { role: 'status' });
  const body = [h('p', 'Everything is erased for good. Only the audit log stays, and the name cannot be used again. '
    + 'You cannot undo this.'),
  h('div.field', h('label', { for: 'confirm' }, `Repeat its name, ${c.tenant}`), confirm), told];
  const work = async () => {
    for (let erased = 0, done = false; !done && !c.signal.aborted;) {
      const { data } = await c.send('tenant-remove', { confirm: confirm.value });
      [erased, done] = [erased + data.erased, data.done];
      fill(told, `${format.many(erased, 'row')} of the database erased…`);
    }
    return true;
  };
  if (await ask({ title: 'Remove this tenant?', action: 'Remove for good', danger: true, body, work })) router.go({});
}

/** The groups of settings in words.json; all other settings come last. @param {Place} c @param {Answer} shown */
function forms(c, shown) {
  const groups = model.all('settings');
  const elsewhere = ['syncPolicy', 'loginPolicy', ...groups.flatMap(([, [, own]]) => own)];
  const rest = model.need('tenant-set').body.map((each) => each.name).filter((each) => !elsewhere.includes(each));
  const first = (/** @type {Values} */ said) => confirmed(said, shown.data);
  /** @type {[string, any][]} */
  const all = rest.length ? [...groups, ['More', ['', rest]]] : groups;
  return all.map(([title, [text, only]]) => card(title, text && h('p.soft', text),
    changeForm(c, 'tenant', {}, shown, { only, first, saved: setTenant })));
}

/** @type {View} */
export async function settings(c) {
  const shown = await c.get('tenant-show');
  const { data } = shown;
  setTenant(data);
  const off = data.enabled ? button('Switch provisioning off…', () => switchOff(c, data), { kind: 'danger' })
    : [!data.removing && way(c.to(), 'Switch it on in the overview'), ' ',
      !single() && button(data.removing ? 'Go on removing it…' : 'Remove this tenant…', () => remove(c),
        { kind: 'danger' })];
  const provisioning = card('Provisioning', facts(
    ['State', data.enabled ? tag('good', 'on') : tag('plain', 'off', '○')],
    ['Base URL', data.baseUrl && copyable(data.baseUrl, 'the base URL')], ['Made', time(data.created, format.moment)],
    data.guardUntil && ['Guard open until', time(data.guardUntil, format.moment)]), h('div.actions', off));
  return screen({ title: 'Settings', lead: 'Settings of this tenant. Who gets access is decided under Access.' },
    provisioning, forms(c, shown));
}
