/** Settings: grouped, explained, each with its default; the risky ones ask first. */
import {
  ask, button, card, changeForm, copyable, facts, format, h, model, screen, setTenant, tag, time, way,
} from '../kit.js';
import { switchOff } from './overview.js';

/** What a change means for people here. @type {Record<string, (value: any, tenant: any) => string | false>} */
const RISKS = {
  dryRun: (value, { users }) => (value ? 'While it is on, nothing that the identity provider sends has an effect on '
    + `the ${format.many(users, 'account')}.` : 'From now on requests change accounts again.'),
  deletion: (value) => value === 'erase'
    && 'From now on, accounts that the identity provider deletes are erased for good and cannot be restored.',
  localMatch: (value, { localUsers }) => value === 'adopt' && 'The identity provider may take over any of the '
    + `${format.many(localUsers, 'local account')} by sending its user name or e-mail address.`,
  restore: (value) => value === 'userName'
    && 'A reused user name brings the old account back, with its history. It may have been another person.',
  loginAttribute: (value, { users, localUsers }) =>
    `${format.many(users + localUsers, 'account')} log in by another attribute from now on: ${model.word(value)}.`,
  guardLimit: (value) => value === null
    && 'No number limits any more how many people may lose access in an hour. A percentage still does, if it is set.',
  guardShare: (value) => value === null
    && 'No percentage limits any more how many people may lose access in an hour. A number still does, if it is set.',
  oneToken: (value) => value && 'There is one token at a time. To replace it, provisioning stops for a moment.',
  defaultRole: (value, { users, localUsers }) => `Of the ${format.many(users + localUsers, 'account')}, those without `
    + `a role of their own have the role “${value}” at once.`,
};

/** @param {Values} values @param {any} tenant */
async function confirmed(values, tenant) {
  const risks = Object.entries(values).map(([key, value]) => RISKS[key]?.(value, tenant)).filter(Boolean);
  const body = h('ul', risks.map((text) => h('li', text)));
  return !risks.length || ask({ title: 'Save these settings?', action: 'Save', body });
}

/** What belongs together; what no group of words.json names comes last. @param {Place} c @param {Answer} shown */
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
    : way(c.to(), 'Switch it on in the overview');
  const provisioning = card('Provisioning', facts(
    ['State', data.enabled ? tag('good', 'on') : tag('plain', 'off', '○')],
    ['Base URL', data.baseUrl && copyable(data.baseUrl, 'the base URL')], ['Made', time(data.created, format.moment)],
    ['Guard open until', data.guardUntil && time(data.guardUntil, format.moment)]), h('div.actions', off));
  return screen({ title: 'Settings', lead: 'Settings of this tenant. Who gets access is decided under Access.' },
    provisioning, forms(c, shown));
}
