/** The data of the tests: a second tenant whose names consist of markup, of right-to-left text, and of many characters. */
import { api, env, made, scim } from './browser.js';

export const MARKUP = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
export const ARABIC = 'شركة الاتصالات — أحمد العربي';
export const LONG = `${'Wintergerst-Obermoser-Zellweger-'.repeat(31)}eightend`;
const NAMES = [MARKUP, ARABIC, LONG];

const user = (userName, displayName, more = {}) => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, displayName, externalId: `ext-${userName}`.slice(0, 60),
  emails: [{ value: `${userName.replace(/[^a-z0-9]/gi, '').slice(0, 20) || 'x'}@example.com`, type: 'work', primary: true }], ...more });

/** @returns the tenant's token, users and groups */
export async function nasty() {
  const tenant = 'nasty';
  await made('POST', '/tenants', { tenant, displayName: MARKUP });
  const base = env.SCIM_BASE_URL.replace(/[^/]+$/, tenant);
  const { token } = await made('POST', `/tenants/${tenant}/tokens`, { name: LONG.slice(0, 200), description: MARKUP });
  const ask = async (method, path, body) => {
    const response = await fetch(base + path, { method, body: JSON.stringify(body), headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' } });
    return (await response.json()).id;
  };
  const users = [];
  const groups = [];
  for (const [i, name] of NAMES.entries()) {
    // Clients may send characters that reverse the direction of text; administrators may not.
    users.push(await ask('POST', '/Users', user(`${name.slice(0, 200)}${i}`, i === 1 ? `\u202E${name}` : name, { title: name })));
    groups.push(await ask('POST', '/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: name, members: users.map((value) => ({ value })) }));
    await made('POST', `/tenants/${tenant}/subscriptions`, { name: name.slice(0, 190), description: name, seats: i === 2 ? null : 1 });
    await made('POST', `/tenants/${tenant}/mappings`, { group: groups[i], subscription: name.slice(0, 190) });
    await made('POST', `/tenants/${tenant}/roles`, { role: `role-${i}`, displayName: name.slice(0, 190) });
    await made('POST', `/tenants/${tenant}/flags`, { flag: name.slice(0, 90), description: name.slice(0, 500) });
    await made('POST', `/tenants/${tenant}/templates`, { name: name.slice(0, 190), role: `role-${i}` });
  }
  await ask('POST', '/Users', user('refused', MARKUP, { roles: [{ value: MARKUP, primary: true }] }));
  await api('POST', `/tenants/${tenant}/users`, { userName: 'twin', displayName: LONG.slice(0, 100), email: 'twin@example.com' });
  await ask('POST', '/Users', user('twin2', ARABIC, { emails: [{ value: 'twin@example.com', primary: true }] }));
  await made('PATCH', `/tenants/${tenant}`, { syncPolicy: 'groups', guardLimit: 1 });
  await ask('PUT', `/Groups/${groups[2]}`, { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: NAMES[2], members: [] });
  const ids = async (path) => (await made('GET', `/tenants/${tenant}/${path}`)).items[0];
  return { tenant, users, groups, hold: (await ids('holds'))?.id, activity: (await ids('activity'))?.id, subscription: (await ids('subscriptions')).id, token: (await ids('tokens')).keyId };
}

export { scim };
