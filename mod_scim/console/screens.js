/** The screens that are written by hand; every other noun has those of record.js. */
import { access } from './screens/access.js';
import { activity, request } from './screens/activity.js';
import { audit } from './screens/audit.js';
import { connect } from './screens/connect.js';
import { duplicates } from './screens/duplicates.js';
import { group, groups } from './screens/groups.js';
import { hold, holds } from './screens/holds.js';
import { overview } from './screens/overview.js';
import { review } from './screens/review.js';
import { roles } from './screens/roles.js';
import { settings } from './screens/settings.js';
import { subscription } from './screens/subscription.js';
import { templates } from './screens/templates.js';
import { tenants } from './screens/tenants.js';
import { token, tokens } from './screens/tokens.js';
import { user } from './screens/user.js';
import { users } from './screens/users.js';

export { tenants };

/** By the name in the address: the screen, and that of one object. @type {Record<string, {all: View, one?: View}>} */
export const table = {
  overview: { all: overview }, connect: { all: connect, one: connect }, tokens: { all: tokens, one: token },
  users: { all: users, one: user }, groups: { all: groups, one: group }, access: { all: access, one: subscription },
  review: { all: review }, templates: { all: templates }, roles: { all: roles },
  activity: { all: activity, one: request }, audit: { all: audit }, holds: { all: holds, one: hold },
  duplicates: { all: duplicates }, settings: { all: settings },
};
