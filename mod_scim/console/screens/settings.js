/** Settings: grouped, explained, each with its default; the risky ones ask first. */
import { ask, button, card, changeForm, facts, format, get, h, model, screen, setTenant, tag, time, to } from '../kit.js';
import { switchOff } from './overview.js';

/** What belongs together; what no group names comes last. @type {[string, string, string[]][]} */
const GROUPS = [
  ['The tenant', '', ['displayName']],
  ['Accounts', 'How accounts are matched, named, brought back and deleted.',
    ['userNameEmail', 'deriveDisplayName', 'loginAttribute', 'localMatch', 'restore', 'deletion', 'groupDepth']],
  ['Roles', 'Which role people have when none is sent, and which roles provisioning may give.', ['defaultRole', 'unknownRole', 'roleWins', 'reservedRoles']],
  ['Guard against mass changes', 'A request that takes access from more people than this in an hour is held, until you decide.',
    ['guardLimit', 'guardShare', 'guardLogins']],
  ['Requests', 'What is accepted, and whether it has effect.', ['profile', 'passwordSchema', 'dryRun', 'oneToken']],
  ['Activity', 'What is kept of requests. Passwords never are.', ['activityBodies', 'activityMask', 'activityReads']],
];

/** What a change means for people who are there. @type {Record<string, (value: any, tenant: any) => string | null>} */
const RISKS = {
  dryRun: (value, { users }) => (value ? `While it is on, nothing that the identity provider sends has an effect on the ${format.many(users, 'account')}.`
    : 'From now on requests change accounts again.'),
  deletion: (value) => (value === 'erase' ? 'Accounts that the identity provider deletes are erased for good from now on, and cannot be restored.' : null),
  localMatch: (value, { localUsers }) => (value === 'adopt'
    ? `The identity provider may take over any of the ${format.many(localUsers, 'local account')} by sending its user name or e-mail address.` : null),
  restore: (value) => (value === 'userName' ? 'A reused user name brings the old account back, with its history: it may have been another person.' : null),
  loginAttribute: (value, { users, localUsers }) => `${format.many(users + localUsers, 'account')} log in by another attribute from now on: ${value}.`,
  guardLimit: (value) => (value === null ? 'Nothing limits any more how many people may lose access at once, unless a share is set.' : null),
  guardShare: (value) => (value === null ? 'Nothing limits any more which share may lose access at once, unless a number is set.' : null),
  oneToken: (value) => (value ? 'There is one token at a time: a second one cannot be made to replace it without a gap.' : null),
  defaultRole: (value, { users, localUsers }) => `Those of the ${format.many(users + localUsers,
    'account')} who have no role of their own have the role “${value}” at once.`,
};

/** @param {Record<string, any>} values @param {any} tenant */
async function confirmed(values, tenant) {
  const risks = Object.entries(values).map(([key, value]) => RISKS[key]?.(value, tenant)).filter(Boolean);
  return !risks.length || ask({ title: 'Save these settings?', action: 'Save', body: h('ul', risks.map((text) => h('li', text))) });
}

/** @param {string} tenant @param {any} data @param {string | null} etag */
function groupForms(tenant, data, etag) {
  const operation = model.need('tenant-set');
  const elsewhere = new Set(['syncPolicy', 'loginPolicy', ...GROUPS.flatMap((each) => each[2])]);
  const rest = operation.body.map((each) => each.name).filter((each) => !elsewhere.has(each));
  /** @type {[string, string, string[]][]} */
  const all = rest.length ? [...GROUPS, ['More', '', rest]] : GROUPS;
  return all.map(([title, text, only]) => card(title, text && h('p.soft', text), changeForm({ noun: 'tenant', values: { tenant }, data, etag, only,
    first: (said) => confirmed(said, data), saved: setTenant })));
}

export async function settings({ tenant, signal }) {
  const { data, etag } = await get(model.at('tenant-show', { tenant }), {}, signal);
  setTenant(data);
  const provisioning = card('Provisioning',
    facts([['State', data.enabled ? tag('good', 'on') : tag('plain', 'off', '○')], ['Base URL', data.baseUrl && h('code', data.baseUrl)],
    ['Made', time(data.created, format.moment)], ['Guard open until', data.guardUntil && time(data.guardUntil, format.moment)]]),
    h('div.actions', data.enabled ? button('Switch provisioning off…', () => switchOff(data, tenant), { kind: 'danger' })
      : h('a.button', { href: to(tenant) }, 'Switch it on in the overview')));
  return screen({ title: 'Settings', lead: 'Of this tenant. Who gets access is decided under Access.' }, provisioning, groupForms(tenant, data, etag));
}
