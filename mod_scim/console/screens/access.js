/** Access: what provisioning gives to whom. A change is drafted, previewed by name, then saved as a whole. */
import { adder, button, card, chip, choices, col, empty, fill, format, h, inParts, link, model, name, num, problem,
  router, save, screen, suggester, table, tag, tell, typeahead, way } from '../kit.js';

/** @typedef {{tenant: any, etag: string | null, subscriptions: Row[], mappings: Row[], more: boolean}} State */
/** @typedef {{group: string, subscription?: Row, role?: string}} Mapping */
/** @typedef {{sync: string, login: string, marks: Set<string>, add: Mapping[], remove: Row[], roles: string[]}} Draft
 */

/** A choice in the words of words.json. @param {string} label @param {string} kind @param {string} value
 * @param {(value: string) => void} chosen */
function ways(label, kind, value, chosen) {
  return choices(label, model.all(kind).map(([each, [title, text]]) => ({ value: each, title, text })), value, chosen);
}

/** @param {Place} c @returns {Promise<State>} */
async function load(c) {
  const [shown, subscriptions, mappings] = await Promise.all([c.get('tenant-show'),
    c.get('subscription-list', { limit: 200 }), c.get('mapping-list', { limit: 500 })]);
  return { tenant: shown.data, etag: shown.etag, subscriptions: subscriptions.data.items,
    mappings: mappings.data.items, more: Boolean(mappings.data.next) };
}

/** @param {State} state @returns {Draft} */
function fresh({ tenant, subscriptions }) {
  const automatic = subscriptions.filter((each) => each.automatic).map((each) => each.id);
  return { sync: tenant.syncPolicy, login: tenant.loginPolicy, marks: new Set(automatic), add: [], remove: [],
    roles: [] };
}

/** The differences, in the form for preview and saving. @param {State} state @param {Draft} draft */
function changes({ tenant, subscriptions }, draft) {
  const marked = subscriptions.filter((each) => each.automatic !== draft.marks.has(each.id));
  const ids = (/** @type {boolean} */ now) => marked.filter((each) => draft.marks.has(each.id) === now)
    .map((each) => each.id);
  const common = {
    ...(draft.sync !== tenant.syncPolicy && { syncPolicy: draft.sync }),
    ...(draft.add.length > 0 && { map: draft.add.map(({ group, subscription, role }) =>
      (subscription ? { group, subscription: subscription.id } : { group, role })) }),
    ...(draft.remove.length > 0 && { unmap: draft.remove.map((each) => each.id) }),
  };
  const saved = {
    ...common,
    ...(draft.login !== tenant.loginPolicy && { loginPolicy: draft.login }),
    ...(ids(true).length > 0 && { automatic: ids(true) }),
    ...(ids(false).length > 0 && { notAutomatic: ids(false) }),
  };
  return { preview: { ...common, ...(marked.length > 0 && { automatic: [...draft.marks] }), limit: 50 }, saved };
}

/** Who gains or loses what. @param {Place} c @param {{count: number, items: Row[]}} found @param {boolean} gain */
function side(c, found, gain) {
  const [one, more] = gain ? ['gains', 'gain'] : ['loses', 'lose'];
  const least = found.count > found.items.length ? 'at least ' : '';
  const by = Map.groupBy(found.items, (each) => each.subscription ?? `the role ${each.role}`);
  const person = (/** @type {Row} */ each, /** @type {number} */ i) => [i > 0 && ', ',
    h('a', { href: c.to('users', each.userId), target: '_blank' }, name(each.displayName ?? each.userName, 'one'))];
  return [...by].map(([what, rows]) => h('p', tag(gain ? 'good' : 'bad',
    [least, format.people(rows.length), ' ', rows.length === 1 ? one : more, ' ', what], gain ? '+' : '−'), ' ',
  rows.slice(0, 20).map(person), rows.length > 20 && ` and ${rows.length - 20} more`));
}

/** @param {Place} c @param {any} answer */
function previewed(c, { granted, withdrawn, next }) {
  const all = granted.count + withdrawn.count;
  const going = next && h('p.soft', 'Comparing further members…');
  if (!all) return going || h('p', tag('plain', 'Nobody gains or loses anything', '='));
  const hidden = all > granted.items.length + withdrawn.items.length;
  const [gains, losses] = [format.many(granted.count, 'gain'), format.many(withdrawn.count, 'loss', 'losses')];
  return [hidden && h('p', `In all ${next ? 'at least ' : ''}${gains} and ${losses}. The first of them:`),
    side(c, granted, true), side(c, withdrawn, false), going];
}

/** The groups of one target: the mapped ones, those to add, and how many are not shown.
 * @param {Place} c @param {Draft} draft @param {Row[]} mapped @param {{subscription?: Row, role?: string}} target
 * @param {() => void} redraw @param {number} [hidden] */
function groupChips(c, draft, mapped, target, redraw, hidden = 0) {
  const title = target.subscription ? target.subscription.name : `role ${target.role}`;
  const added = draft.add.filter((each) => each.subscription === target.subscription && each.role === target.role);
  const old = mapped.map((each) => {
    const gone = draft.remove.includes(each);
    const text = [link(c.to('groups', each.groupId), name(each.group, 'one')), each.archived && ' (archived)'];
    return chip(text, gone ? `Keep ${each.group}` : `Remove ${each.group} from ${title}`, () => {
      draft.remove = gone ? draft.remove.filter((other) => other !== each) : [...draft.remove, each];
      redraw();
    }, gone ? 'gone' : '');
  });
  const fresh_ = added.map((each) => chip(each.group, `Remove ${each.group} from ${title}`, () => {
    draft.add = draft.add.filter((other) => other !== each);
    redraw();
  }, 'new'));
  const more = hidden > 0 && target.subscription
    && link(c.to('mapping', '', { subscription: target.subscription.name }), `and ${format.count(hidden)} more`);
  return h('div.chips', old, more, fresh_, typeahead({ label: `Add a group to ${title}`, placeholder: 'Add a group',
    kind: 'add', suggest: suggester(c, 'group', 'displayName', () => [...mapped, ...added].map((each) => each.group)),
    choose: (group) => {
      const known = [...mapped, ...added].some((each) => each.group.toLowerCase() === group.toLowerCase());
      if (!known) draft.add = [...draft.add, { group, ...target }];
      redraw();
    } }));
}

/** @param {Row} row */
export function seats(row) {
  const taken = `${format.count(row.seated ?? row.entitled)}${row.more ? '+' : ''}`;
  return [row.seats === null ? taken : `${taken} of ${format.count(row.seats)}`,
    row.waiting > 0 && h('small.warn', `${format.count(row.waiting)} waiting`)];
}

/** @param {Place} c @param {State} state @param {Draft} draft @param {() => void} redraw */
function subscriptionTable(c, state, draft, redraw) {
  const none = 'A subscription is what a person can have of your application: an edition, a module, a seat.';
  if (!state.subscriptions.length) return empty('No subscription yet', none);
  const mark = (/** @type {Row} */ row) => h('input', { type: 'checkbox', 'aria-label': `Everybody gets ${row.name}`,
    checked: draft.marks.has(row.id), onchange: (/** @type {any} */ event) => {
      if (event.target.checked) draft.marks.add(row.id);
      else draft.marks.delete(row.id);
      redraw();
    } });
  const mapped = (/** @type {Row} */ row) => {
    const own = state.mappings.filter((each) => each.subscriptionId === row.id);
    return groupChips(c, draft, own, { subscription: row }, redraw, state.more ? row.mappings - own.length : 0);
  };
  const everybody = draft.sync === 'all' || draft.login === 'first-login';
  return table([col('Subscription', (row) => [link(c.to('access', row.id), name(row.name)),
    row.description && h('small', name(row.description))]),
  ...(everybody ? [col('For everybody', mark)] : []), col('Groups', mapped), num('Seats taken', seats)],
  state.subscriptions);
}

/** @param {Place} c @param {State} state @param {Draft} draft @param {() => void} redraw */
function roleTable(c, state, draft, redraw) {
  const mapped = [...state.mappings, ...draft.add].map((each) => each.role).filter((each) => each);
  const roles = [...new Set([...mapped, ...draft.roles])];
  const groups = (/** @type {string} */ role) =>
    groupChips(c, draft, state.mappings.filter((each) => each.role === role), { role }, redraw);
  return [h('p.soft', 'A role that a group gives counts for members to whom the identity provider gives no role.'),
    roles.length > 0 && table([col('Role', name), col('Groups', groups)], roles),
    typeahead({ label: 'Map groups to a role', suggest: suggester(c, 'role', 'role', () => roles), choose: (role) => {
      draft.roles = [...new Set([...draft.roles, role])];
      redraw();
    } })];
}

/** The effect of the draft, with its buttons. @param {Place} c @param {State} state @param {Draft} draft */
function previewCard(c, state, draft) {
  const { preview, saved } = changes(state, draft);
  const result = h('div', { 'aria-live': 'polite' }, h('div.bone.short'));
  const done = () => {
    router.guard(null);
    c.again();
  };
  const saver = button('Save this change', async () => {
    try {
      const version = { show: c.path('tenant-show'), etag: state.etag, start: state.tenant, mine: saved };
      if (await save(c, 'policy-save', saved, version)) tell('Saved');
      done();
    } catch (error) {
      fill(result, problem(error), h('p'), h('p', 'Nothing was saved. Discard shows the current state.'));
    }
  }, { kind: 'main', disabled: true });
  const all = { granted: { count: 0, items: [] }, withdrawn: { count: 0, items: [] } };
  inParts(result, (on) => c.send('policy-preview', { ...preview, ...on }), (data) => {
    for (const [which, sum] of /** @type {[string, any]} */ (Object.entries(all))) {
      sum.count += data[which].count;
      sum.items.push(...data[which].items);
    }
    saver.disabled = false;
    return previewed(c, { ...all, next: data.next });
  }).catch((error) => fill(result, problem(error)));
  return h('section.card', { id: 'preview' }, h('h2', 'What your change would do'), result,
    h('div.row.actions', saver, button('Discard', done)));
}

/** @type {View} */
export async function access(c) {
  const state = await load(c);
  const draft = fresh(state);
  const [who, subscriptions, roles, login, preview] = [1, 2, 3, 4, 5].map(() => h('div'));
  const redraw = () => {
    fill(who, ways('Who gets access', 'waysOfAccess', draft.sync, (value) => { draft.sync = value; redraw(); }));
    const quiet = draft.sync !== 'groups' && state.mappings.length + draft.add.length > 0
      && h('p.hint', 'Groups give nothing now: “By groups” is not chosen above.');
    fill(subscriptions, h('h2', draft.sync === 'groups' ? 'Groups and what they give' : 'Subscriptions'), quiet,
      subscriptionTable(c, state, draft, redraw),
      state.more && h('p.soft', 'There are too many mappings to show all. ', link(c.to('mapping'), 'All mappings')));
    fill(roles, roleTable(c, state, draft, redraw));
    fill(login, ways('What a login gives', 'waysOfLogin', draft.login, (value) => { draft.login = value; redraw(); }));
    const changed = Object.keys(changes(state, draft).saved).length > 0;
    fill(preview, changed && previewCard(c, state, draft));
    const asks = () => Promise.resolve(window.confirm('Your change is not saved. Leave anyway?'));
    router.guard(changed ? asks : null);
  };
  redraw();
  return screen({ title: 'Access', lead: 'What people get by being provisioned. What you grant by hand stays as it is.',
    actions: [way(c.to('review'), 'Access review'), way(c.to('templates'), 'What new users get'),
      adder(c, 'subscription', 'Add a subscription', () => c.again(), '')] },
  who, h('section.card', subscriptions), preview, card('Groups and roles', roles),
  card('What a first login gives', login));
}
