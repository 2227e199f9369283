/** Access: who gets what by being provisioned. A change is drafted, previewed by name, and saved after that. */
import {
  askFor, button, card, chip, choices, col, empty, fill, format, get, h, link, model, name, num, problem, router, save, screen, send,
  suggester, table, tag, tell, to, typeahead,
} from '../kit.js';

/** @typedef {{tenant: any, etag: string | null, subscriptions: any[], mappings: any[], more: boolean}} State */
/** @typedef {{sync: string, login: string, automatic: Set<string>, add: {group: string, subscription?: string, role?: string}[], remove: any[]}} Draft */

const SYNC = [
  { value: 'manual', title: 'By hand', text: 'Nobody gets anything by being provisioned. You grant access one by one.' },
  { value: 'all', title: 'Everybody who is synchronised', text: 'Each provisioned person gets the subscriptions that are marked for everybody.' },
  { value: 'groups', title: 'By groups', text: 'Members of a group get what it is mapped to, and lose it when they leave.' },
];
const LOGIN = [
  { value: 'manual', title: 'Nothing', text: 'Logging in gives nobody anything.' },
  { value: 'first-login', title: 'What is for everybody',
    text: 'The first login gives the subscriptions that are marked for everybody. Provisioning, where it decides, comes first.' },
];

/** @param {string} tenant @param {AbortSignal} signal @returns {Promise<State>} */
async function load(tenant, signal) {
  const [shown, subscriptions, mappings] = await Promise.all([get(model.at('tenant-show', { tenant }), {}, signal),
    get(model.at('subscription-list', { tenant }), { limit: 200 }, signal), get(model.at('mapping-list', { tenant }), { limit: 500 }, signal)]);
  return { tenant: shown.data, etag: shown.etag, subscriptions: subscriptions.data.items, mappings: mappings.data.items, more: Boolean(mappings.data.next) };
}

/** @param {State} state @returns {Draft} */
function fresh(state) {
  return { sync: state.tenant.syncPolicy, login: state.tenant.loginPolicy,
    automatic: new Set(state.subscriptions.filter((each) => each.automatic).map((each) => each.id)), add: [], remove: [] };
}

/** Subscriptions whose mark for everybody differs. @param {State} state @param {Draft} draft */
function remarked(state, draft) {
  return state.subscriptions.filter((each) => each.automatic !== draft.automatic.has(each.id));
}

/** @param {State} state @param {Draft} draft */
function isChanged(state, draft) {
  return draft.sync !== state.tenant.syncPolicy || draft.login !== state.tenant.loginPolicy || remarked(state, draft).length > 0 || draft.add.length > 0
    || draft.remove.length > 0;
}

/** As the operations write a mapping. @param {any} mapping */
function written(mapping) {
  return `${mapping.groupId ?? mapping.group}=${mapping.role ? `role:${mapping.role}` : mapping.subscription}`;
}

/** What the preview is asked. @param {State} state @param {Draft} draft */
function question(state, draft) {
  return {
    ...(draft.sync !== state.tenant.syncPolicy && { syncPolicy: draft.sync }),
    ...(remarked(state, draft).length > 0 && { automatic: [...draft.automatic] }),
    ...(draft.add.length > 0 && { map: draft.add.map(written) }),
    ...(draft.remove.length > 0 && { unmap: draft.remove.map((each) => each.id) }),
    limit: 50,
  };
}

/** @param {{count: number, items: any[]}} found @param {'gain' | 'lose'} verb @param {string} tenant */
function side(found, verb, tenant) {
  const by = new Map();
  for (const each of found.items) {
    const what = each.subscription ?? `the role ${each.role}`;
    by.set(what, [...(by.get(what) ?? []), each]);
  }
  const least = found.count > found.items.length ? 'at least ' : '';
  const person = (each, i) => [i > 0 && ', ', h('a', { href: to(tenant, 'users', each.userId), target: '_blank' },
    name(each.displayName ?? each.userName, 'one'))];
  return [...by].map(([what, rows]) => h('p', tag(verb === 'gain' ? 'good' : 'bad', [least, format.many(rows.length, 'person', 'people'), ' ',
    rows.length === 1 ? `${verb}s ` : `${verb} `, what], verb === 'gain' ? '+' : '−'), ' ', rows.slice(0, 20).map(person), rows.length > 20
      && ` and ${rows.length - 20} more`));
}

function previewed(answer, tenant) {
  if (!answer.granted.count && !answer.withdrawn.count) return h('p', tag('plain', 'Nobody gains or loses anything', '='));
  return [side(answer.granted, 'gain', tenant), side(answer.withdrawn, 'lose', tenant)];
}

/** Does what the draft says, in an order in which nobody loses what stays. @param {string} tenant @param {State} state @param {Draft} draft */
async function store(tenant, state, draft) {
  const policies = { ...(draft.sync !== state.tenant.syncPolicy && { syncPolicy: draft.sync }),
    ...(draft.login !== state.tenant.loginPolicy && { loginPolicy: draft.login }) };
  for (const each of remarked(state, draft)) await send('PATCH', model.at('subscription-set', { tenant, subscription: each.id }),
    { automatic: draft.automatic.has(each.id) });
  const many = model.find('mapping-add-many');
  const target = (each) => (each.role ? `role:${each.role}` : each.subscription);
  for (const one of new Set(many ? draft.add.map(target) : [])) {
    const same = draft.add.filter((each) => target(each) === one);
    const gives = same[0].role ? { roles: [same[0].role] } : { subscriptions: [one] };
    await send('POST', model.at('mapping-add-many', { tenant }), { groups: same.map((each) => each.group), ...gives });
  }
  for (const each of many ? [] : draft.add) await send('POST', model.at('mapping-add', { tenant }), each);
  for (const each of draft.remove) await send('DELETE', model.at('mapping-remove', { tenant, mapping: each.id }));
  if (!Object.keys(policies).length) return;
  const where = model.at('tenant-show', { tenant });
  await save({ method: 'PATCH', path: where, show: where, body: policies, etag: state.etag, start: state.tenant });
}

/** The groups of one target: those that are mapped, those that would be. */
/** @param {any[]} mapped @param {Draft} draft @param {{subscription?: string, role?: string}} target @param {string} tenant @param {() => void} redraw */
function groupChips(mapped, draft, target, tenant, redraw) {
  const title = target.subscription ?? `role ${target.role}`;
  const added = draft.add.filter((each) => each.subscription === target.subscription && each.role === target.role);
  return h('div.chips', mapped.map((each) => {
    const gone = draft.remove.includes(each);
    const text = link(to(tenant, 'groups', each.groupId), name(each.group, 'one'));
    return chip([text, each.archived && ' (archived)'], gone ? `Keep ${each.group}` : `Remove ${each.group} from ${title}`, () => {
      draft.remove = gone ? draft.remove.filter((other) => other !== each) : [...draft.remove, each];
      redraw();
    }, gone ? 'gone' : '');
  }), added.map((each) => chip(each.group, `Remove ${each.group} from ${title}`, () => {
    draft.add = draft.add.filter((other) => other !== each);
    redraw();
  }, 'new')), typeahead({ label: `Add a group to ${title}`, placeholder: 'Add a group', kind: 'add', suggest: suggester(tenant, 'group', 'displayName'),
    choose: (group) => {
    const known = [...mapped.map((each) => each.group), ...added.map((each) => each.group)].some((each) => each.toLowerCase() === group.toLowerCase());
    if (!known) draft.add = [...draft.add, { group, ...target }];
    redraw();
  } }));
}

export function seats(row) {
  const taken = row.seated ?? row.entitled;
  if (taken === undefined) return row.seats === null ? 'no limit' : format.count(row.seats);
  const text = row.seats === null ? `${format.count(taken)}${row.more ? '+' : ''}` : `${format.count(taken)} of ${format.count(row.seats)}`;
  return [text, row.waiting > 0 && h('small.warn', `${format.count(row.waiting)} waiting`)];
}

/** @param {State} state @param {Draft} draft @param {string} tenant @param {() => void} redraw */
function subscriptionTable(state, draft, tenant, redraw) {
  if (!state.subscriptions.length) return empty('No subscription yet',
    'A subscription is what a person can have of your application: an edition, a module, a seat.');
  const mark = (row) => h('input', { type: 'checkbox', 'aria-label': `Everybody gets ${row.name}`, checked: draft.automatic.has(row.id),
    onchange: (event) => {
    if (event.target.checked) draft.automatic.add(row.id);
    else draft.automatic.delete(row.id);
    redraw();
  } });
  const columns = [col('Subscription', (row) => [link(to(tenant, 'access', row.id), name(row.name)), row.description && h('small', name(row.description))]),
    (draft.sync === 'all' || draft.login === 'first-login') && col('For everybody', mark),
    col('Groups', (row) => groupChips(state.mappings.filter((each) => each.subscriptionId === row.id), draft, { subscription: row.name }, tenant, redraw)),
    num('Seats taken', seats)].filter((each) => each !== false);
  return table(columns, state.subscriptions);
}

/** @param {State} state @param {Draft} draft @param {string} tenant @param {() => void} redraw */
function roleTable(state, draft, tenant, redraw) {
  const roles = [...new Set([...state.mappings, ...draft.add].filter((each) => each.role).map((each) => each.role))];
  return [h('p.soft', 'A role that a group gives holds for members for whom the identity provider sends none.'), roles.length > 0
    && table([col('Role', (role) => name(role)),
    col('Groups', (role) => groupChips(state.mappings.filter((each) => each.role === role), draft, { role }, tenant, redraw))], roles),
  button('Map a group to a role…', async () => {
    const answer = await askFor({ operation: 'mapping-add', tenant, values: {}, title: 'Map a group to a role', only: ['group', 'role'], action: 'Map' });
    if (answer) router.again();
  })];
}

/** @param {State} state @param {Draft} draft @param {string} tenant */
function previewCard(state, draft, tenant) {
  const result = h('div', { 'aria-live': 'polite' }, h('div.bone.short'));
  send('POST', model.at('policy-preview', { tenant }), question(state, draft)).then(({ data }) => fill(result, previewed(data, tenant)),
    (error) => fill(result, problem(error)));
  return h('section.card', { id: 'preview' }, h('h2', 'What your change would do'), result, h('div.row.actions', button('Save this change', async () => {
    try {
      await store(tenant, state, draft);
      tell('Saved');
    } finally {
      router.guard(null);
      router.again();
    }
  }, { kind: 'main' }), button('Discard', () => {
    router.guard(null);
    router.again();
  })));
}

export async function access({ tenant, signal }) {
  const state = await load(tenant, signal);
  const draft = fresh(state);
  const [ways, subscriptions, roles, login, preview] = [1, 2, 3, 4, 5].map(() => h('div'));
  const redraw = () => {
    fill(ways, choices('Who gets access', SYNC, draft.sync, (value) => { draft.sync = value; redraw(); }));
    const quiet = draft.sync !== 'groups' && state.mappings.length + draft.add.length > 0
      && h('p.hint', 'Mappings of groups give nothing while the policy is another one.');
    fill(subscriptions, h('h2', draft.sync === 'groups' ? 'Groups and what they give' : 'Subscriptions'), quiet,
      subscriptionTable(state, draft, tenant, redraw),
      state.more && h('p.soft', 'The first 500 mappings are shown. ', link(to(tenant, 'mapping'), 'All mappings')));
    fill(roles, roleTable(state, draft, tenant, redraw));
    fill(login, choices('What a login gives', LOGIN, draft.login, (value) => { draft.login = value; redraw(); }));
    const changed = isChanged(state, draft);
    fill(preview, changed && previewCard(state, draft, tenant));
    router.guard(changed ? () => Promise.resolve(window.confirm('Your change is not saved. Leave all the same?')) : null);
  };
  redraw();
  const make = button('Add a subscription', async () => {
    if (await askFor({ operation: 'subscription-add', tenant, values: {}, title: 'Add a subscription', action: 'Add' })) router.again();
  });
  return screen({ title: 'Access', lead: 'What people get by being provisioned. Access that was granted by hand stays as it is.',
    actions: [h('a.button', { href: to(tenant, 'templates') }, 'What new users get'), make] },
    ways, h('section.card', subscriptions), preview, card('Groups and roles', roles), card('What a first login gives', login));
}
