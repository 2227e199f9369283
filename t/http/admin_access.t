# Access: administrators manage subscriptions, mappings and grants, and effective access follows SCIM requests at once.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('access');
my $other = ScimTest->new('access-other');
my $own   = $t->tenant;

sub subscription {
    my ($name, %more) = @_;
    return { id => $ID, name => $name, description => undef, seats => undef, automatic => false, created => $TIME, %more };
}
# A subscription in lists and answers, with its numbers.
sub counted { return { %{ subscription(@_) }, entitled => 0, seated => 0, waiting => 0, more => false, mappings => 0, grants => 0 } }
sub policy { $_[0]->admin(PATCH => '//tenants/' . $_[0]->tenant, { syncPolicy => $_[1] })->{status} == 200 or die }

# An account's access in the applications' view, as one line.
sub has {
    my ($user, $tenant) = @_;
    $tenant //= $own;
    return sql("set scim.tenant = '$tenant'; select string_agg(name || ' (' || (select string_agg(s ->> 'text', ', ') from jsonb_array_elements(sources) s) || ')',
        '; ' order by name) from scim_app.effective_access where user_id = '$user' and kind = 'subscription'");
}

# --- subscriptions ---------------------------------------------------------------------------------------------------------

my $made = $t->admin(POST => '/subscriptions', { name => 'Web - Bilingual', description => 'Both', seats => 5 });
is_admin($made, 201, subscription('Web - Bilingual', description => 'Both', seats => 5), 'make a subscription');
my $bilingual = $made->{json}{id};
is($made->{headers}->header('Location'), "/admin/tenants/$own/subscriptions/$bilingual", 'its place');
is_admin($t->admin(POST => '/subscriptions', { name => 'Web - French', automatic => true }), 201, subscription('Web - French', automatic => true), 'another');
is_problem($t->admin(POST => '/subscriptions', { name => 'WEB - french' }), 409, 'There is a subscription "Web - French" already; choose another name, or change that one.',
    { name => $ANY }, 'a name that differs in case alone');
is_problem($t->admin(POST => '/subscriptions', { name => 'x', seats => -1, colour => 'red' }), 400, $ANY,
    { seats => qr/^must be a whole number from 0 to/, colour => 'is unknown; the arguments are: name, description, seats, automatic.' }, 'wrong fields');
is_admin($t->admin(GET => '/subscriptions'), 200, items(counted('Web - Bilingual', description => 'Both', seats => 5),
    counted('Web - French', automatic => true)), 'all');
is_admin($t->admin(GET => '/subscriptions?q=FREN'), 200, items(counted('Web - French', automatic => true)), 'look for one');
my $page = $t->admin(GET => '/subscriptions?limit=1');
is_admin($page, 200, { items => [counted('Web - Bilingual', description => 'Both', seats => 5)], next => $bilingual }, 'a page');
is_admin($t->admin(GET => "/subscriptions?limit=1&after=$bilingual"), 200, items(counted('Web - French', automatic => true)), 'the next');

my $shown = $t->admin(GET => '/subscriptions/web%20-%20bilingual');
is_admin($shown, 200, counted('Web - Bilingual', description => 'Both', seats => 5), 'show one, in whatever case');
my $etag = $shown->{headers}->header('ETag');
is_admin($t->admin(PATCH => "/subscriptions/$bilingual", { seats => undef, description => undef }, 'If-Match' => $etag), 200,
    subscription('Web - Bilingual'), 'no limit and no description from now on');
is_problem($t->admin(PATCH => "/subscriptions/$bilingual", { seats => 1 }, 'If-Match' => $etag), 412, $ANY, undef, 'another version');
is_problem($t->admin(PATCH => "/subscriptions/$bilingual", { name => 'web - FRENCH' }), 409, 'There is a subscription "Web - French" already; choose another name, or change that one.',
    { name => $ANY }, 'a name that another one has');
is_admin($t->admin(PATCH => "/subscriptions/$bilingual", { name => 'WEB - Bilingual' }), 200, subscription('WEB - Bilingual'), 'its own name in another case');
is_admin($t->admin(PATCH => "/subscriptions/$bilingual", { name => 'Web - Bilingual' }), 200, subscription('Web - Bilingual'), 'and back');
is_problem($t->admin(GET => '/subscriptions/none'), 404, 'There is no subscription "none"; make it first, or correct the name. The subscriptions here are: Web - Bilingual, Web - French.', { subscription => $ANY }, 'no such subscription');
is_problem($other->admin(GET => "/subscriptions/$bilingual"), 404, $ANY, { subscription => $ANY }, 'not for another tenant');

# Clients see subscriptions as entitlements, in both formats.
sub on_wire { my ($name, %more) = @_; return $t->resource(Entitlements => 'urn:ietf:params:scim:schemas:core:2.0:Entitlement', 'Entitlement',
    { value => $name, display => $name, type => 'subscription', supported => true, limitedAssignmentsPermitted => false, %more }) }
is_reply($t->request(GET => '/Entitlements'), 200, listing(2, 1, on_wire('Web - Bilingual'), on_wire('Web - French')), 'entitlements');
is_reply($t->request(GET => "/OktaEntitlements/$bilingual"), 200, $t->resource(OktaEntitlements =>
    'urn:okta:scim:schemas:core:1.0:Entitlement', 'OktaEntitlement', { displayName => 'Web - Bilingual', type => 'subscription' }, $bilingual), 'for Okta');
my $spare = $t->admin(POST => '/subscriptions', { name => 'Spare', seats => 7 })->{json}{id};
is($t->request(GET => "/Entitlements/$spare")->{json}{totalAssignmentsPermitted}, 7, 'seats of an entitlement');
is_empty($t->admin(DELETE => '/subscriptions/spare'), 204, 'take it away');
is_error($t->request(GET => "/Entitlements/$spare"), 404, undef, undef, 'the entitlement is gone');
is(sql("select string_agg(action || ' ' || object_name, ', ' order by id) from scim.audit where tenant = '$own' and object_id = '$spare'"),
    'create Spare, delete Spare', 'the audit log has it');

# --- mappings ----------------------------------------------------------------------------------------------------------------

my $sales  = $t->make(Groups => displayName => 'Sales');
my $gone   = $t->make(Groups => displayName => 'Gone');
is($t->request(DELETE => "/Groups/$gone")->{status}, 204, 'a group goes');
sub mapping {
    my ($group, $subscription, $role) = @_;
    return { id => $ID, group => $group, groupId => $ID, archived => false, subscription => $subscription,
        subscriptionId => $subscription ? $ID : undef, role => $role, created => $TIME, createdBy => 'admin' };
}
my $first = $t->admin(POST => '/mappings', { group => 'SALES', subscription => 'web - french' });
is_admin($first, 201, mapping('Sales', 'Web - French'), 'map a group');
is_admin($t->admin(POST => '/mappings', { group => $sales, subscription => $bilingual }), 201, mapping('Sales', 'Web - Bilingual'), 'to a second subscription');
is_admin($t->admin(POST => '/mappings', { group => $sales, role => 'OFFICE-ADMIN' }), 201, mapping('Sales', undef, 'office-admin'), 'and to a role');
for (
    [{ group => 'sales', subscription => 'Web - FRENCH' }, 409, 'The group "Sales" is mapped to "Web - French" already; there is nothing to add.', 'subscription'],
    [{ group => 'sales', role => 'Office-Admin' }, 409, 'The group "Sales" is mapped to "office-admin" already; there is nothing to add.', 'role'],
    [{ group => 'nobody', subscription => 'Web - French' }, 404, 'There is no group "nobody"; make it first, or correct the name.', 'group'],
    [{ group => $gone, subscription => 'Web - French' }, 404, qr/^The group "Gone" was archived on \d{4}-\d\d-\d\d; restore it first\.$/, 'group'],
    [{ group => 'gone', subscription => 'Web - French' }, 404, qr/^The group "Gone" was archived on \d{4}-\d\d-\d\d; restore it first\.$/, 'group'],
    [{ group => 'Sales', subscription => 'Mail' }, 404, 'There is no subscription "Mail"; make it first, or correct the name. The subscriptions here are: Web - Bilingual, Web - French.', 'subscription'],
    [{ group => 'Sales', role => 'king' }, 404, 'There is no role "king"; make it first, or correct the name. The roles here are: administrator, office-admin, user, read-only, summary-only.', 'role'],
    [{ group => 'Sales' }, 400, 'Name either a subscription or a role.', 'subscription'],
    [{ group => 'Sales', subscription => 'Web - French', role => 'user' }, 400, 'Name either a subscription or a role.', 'subscription'],
    [{ subscription => 'Web - French' }, 400, $ANY, 'group'],
) {
    my ($body, $status, $detail, $field) = @$_;
    is_problem($t->admin(POST => '/mappings', $body), $status, $detail, { $field => $ANY }, json($body));
}
is_problem($other->admin(POST => '/mappings', { group => $sales, subscription => $bilingual }), 404, $ANY, { group => $ANY }, "another tenant's group");
is(sql("select count(*) from scim.mapping where tenant = '$own'"), 3, 'nothing else was mapped');
is_admin($t->admin(GET => '/mappings?group=sales&limit=2'), 200, { next => $ID,
    items => [mapping('Sales', 'Web - French'), mapping('Sales', 'Web - Bilingual')] }, 'what a group is mapped to');
is_admin($t->admin(GET => '/mappings?group=gone'), 200, items(), 'an archived one too');
is_admin($t->admin(GET => '/mappings?role=office-admin'), 200, items(mapping('Sales', undef, 'office-admin')), 'what is mapped to a role');
is_admin($t->admin(GET => '/mappings?q=biling'), 200, items(mapping('Sales', 'Web - Bilingual')), 'look for mappings');
is_problem($t->admin(GET => '/mappings?group=nobody'), 404, $ANY, { group => $ANY }, 'of no group');
is_problem($t->admin(DELETE => '/subscriptions/web%20-%20french'), 409,
    'The subscription "Web - French" is mapped to the group "Sales"; remove its mappings first.', { subscription => $ANY }, 'a subscription in use stays');
$t->admin(POST => '/roles', { role => 'mapped' });
my $with_role = $t->admin(POST => '/mappings', { group => 'sales', role => 'mapped' })->{json}{id};
is_problem($t->admin(DELETE => '/roles/mapped'), 409, 'The role "mapped" is mapped to the group "Sales"; remove its mappings first.', { role => $ANY },
    'a role that is mapped stays');
is_empty($t->admin(DELETE => "/mappings/$with_role"), 204, 'take the mapping away');
is_empty($t->admin(DELETE => '/roles/mapped'), 204, 'then it goes');
is_problem($t->admin(DELETE => "/mappings/$with_role"), 404, qr/^There is no mapping /, { mapping => $ANY }, 'a mapping goes once');
is_problem($t->admin(DELETE => '/mappings/sales'), 404, 'There is no mapping "sales"; the list of mappings shows their ids.', { mapping => $ANY }, 'no id');
is(sql("select string_agg(action || ' ' || coalesce(after, before)::text, ', ' order by id) from scim.audit where tenant = '$own' and action like '%map'"),
    'map {"subscription": "Web - French"}, map {"subscription": "Web - Bilingual"}, map {"role": "office-admin"}, map {"role": "mapped"}, unmap {"role": "mapped"}',
    'the audit log has them');

# --- policy manual: no automatic access ----------------------------------------------------------------------------------------

my $kim = $t->make(Users => userName => 'Kim', externalId => 'e-kim');
my $lee = $t->make(Users => userName => 'Lee', roles => [{ value => 'read-only' }]);
sub join_group  { is($t->patch("/Groups/$_[0]", [{ op => 'add', path => 'members', value => [{ value => $_[1] }] }])->{status}, 204, $_[2] // 'joins') }
sub leave_group { is($t->patch("/Groups/$_[0]", [{ op => 'remove', path => qq(members[value eq "$_[1]"]) }])->{status}, 204, $_[2] // 'leaves') }
join_group($sales, $kim);
is(has($kim), '', 'manual: a member of a group has nothing');

my $granted = $t->admin(POST => '/grants', { user => 'KIM', subscription => 'web - french' });
sub grant_of { return { id => $ID, userId => $ID, userName => $_[0], subscription => $_[1], subscriptionId => $ID, role => undef,
    source => $_[2] // 'manual', granted => $TIME, grantedBy => $_[3] // 'admin' } }
is_admin($granted, 201, grant_of('Kim', 'Web - French'), 'grant by hand');
like(has($kim), qr/^Web - French \(granted by admin on \d{4}-\d\d-\d\d\)$/, 'counts');
is_problem($t->admin(POST => '/grants', { user => $kim, subscription => 'Web - French' }), 409, 'The user "Kim" was granted "Web - French" already; there is nothing to add.',
    { subscription => $ANY }, 'twice');
is_problem($t->admin(POST => '/grants', { user => 'nobody', subscription => 'Web - French' }), 404, 'There is no user "nobody"; make it first, or correct the name.', { user => $ANY }, 'to nobody');
is_problem($t->admin(POST => '/grants', { user => 'kim', subscription => 'Mail' }), 404, 'There is no subscription "Mail"; make it first, or correct the name. The subscriptions here are: Web - Bilingual, Web - French.', { subscription => $ANY }, 'nothing');
is_admin($t->admin(GET => '/grants?user=kim'), 200, items(grant_of('Kim', 'Web - French')), 'the grants of a user');
is_admin($t->admin(GET => '/grants?subscription=web%20-%20french&source=manual'), 200, items(grant_of('Kim', 'Web - French')), 'of a subscription');
is_admin($t->admin(GET => '/grants?user=lee'), 200, items(), 'none');

# --- policy groups: joining and leaving have an effect at once ------------------------------------------------------------------

policy($t, 'groups');
like(has($kim), qr/^Web - Bilingual \(group Sales\); Web - French \((group Sales, granted|granted)/, 'two subscriptions by one group, and the grant');
is(has($lee), '', 'no member, no access');
join_group($sales, $lee);
is(has($lee), 'Web - Bilingual (group Sales); Web - French (group Sales)', 'joining grants');
my $access = $t->admin(GET => '/users/lee/access');
sub seated { return { id => $ID, name => $_[0], has => true, standing => 'seated', since => $TIME, reasons => [],
    sources => [{ source => 'group', id => $sales, name => 'Sales', since => $TIME, text => 'group Sales' }] } }
is_admin($access, 200, { whyNot => [], subscriptions => [map { seated($_) } 'Web - Bilingual', 'Web - French'], userId => $lee, userName => 'Lee', active => true, source => 'scim', protected => undef, syncPolicy => 'groups', notes => [],
    summary => ['Web - Bilingual: group Sales', 'Web - French: group Sales', 'role office-admin: group Sales', "role read-only: the account's own"],
    access => [
        map({ { kind => 'subscription', id => $ID, name => $_, seated => true, since => $TIME,
            sources => [{ source => 'group', id => $sales, name => 'Sales', since => $TIME, text => 'group Sales' }] } } 'Web - Bilingual', 'Web - French'),
        { kind => 'role', id => undef, name => 'office-admin', seated => true, since => $TIME,
            sources => [{ source => 'group', id => $sales, name => 'Sales', since => $TIME, text => 'group Sales' }] },
        { kind => 'role', id => undef, name => 'read-only', seated => true, since => $TIME,
            sources => [{ source => 'account', id => undef, name => undef, since => $TIME, text => "the account's own" }] },
    ] }, 'what an account has, and why');
leave_group($sales, $lee);
is(has($lee), '', 'leaving withdraws');
is_json($t->admin(GET => "/users/$lee/access")->{json}{notes},
    ['The account is in no group; the sync policy "groups" gives what groups are mapped to.'], 'and why not');

# Deactivation, deletion, and the way back; manual grants stay.
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivate');
is(has($kim), '', 'withdraws all');
is_json($t->admin(GET => '/users/kim/access')->{json}{notes}, ['The account is deactivated; it has no access until it is active again.'], 'and why');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'activate');
like(has($kim), qr/^Web - Bilingual \(group Sales\); Web - French \(/, 'all is back');
is($t->request(PUT => "/Groups/$sales", { schemas => [$GROUP], displayName => 'Sales' })->{status}, 200, 'a sync empties the group');
like(has($kim), qr/^Web - French \(granted by admin on [^,]+\)$/, 'the manual grant survives');
join_group($sales, $kim);
is($t->request(DELETE => "/Users/$kim")->{status}, 204, 'delete');
is(has($kim), '', 'withdraws all');
is_problem($t->admin(GET => "/users/$kim/access"), 404, qr/^The user "Kim" was deleted on \d{4}-\d\d-\d\d; restore it first\.$/, { user => $ANY }, 'and says when');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/grants?user=kim')->{json}{items} }], ['Kim'], 'but its grants are there');
is($t->make(Users => userName => 'Kim', externalId => 'e-kim'), $kim, 'restored');
like(has($kim), qr/^Web - French \(granted by admin on [^,]+\)$/, 'with what was granted by hand');

# Archived groups give nothing.
join_group($sales, $lee);
is($t->request(DELETE => "/Groups/$sales")->{status}, 204, 'archive a group');
is(has($lee), '', 'gives nothing any longer');
is_json($t->admin(GET => '/mappings?limit=1')->{json}{items}[0]{archived}, true, 'its mappings show that');

# --- nested groups ---------------------------------------------------------------------------------------------------------------

my ($top, $middle, $low) = map { $t->make(Groups => displayName => $_) } qw(Top Middle Low);
$t->admin(POST => '/mappings', { group => 'Top', subscription => 'Web - French' });
join_group($top, $middle);
join_group($middle, $low);
join_group($low, $lee);
is(has($lee), 'Web - French (group Top through Low)', 'a group in a group in a group');
is(sql("set scim.tenant = '$own'; select string_agg(group_name || ' ' || direct, ', ' order by group_name) from scim_app.memberships where user_id = '$lee'"),
    'Low true, Middle false, Top false', 'memberships say so');
is_admin($t->admin(GET => '/subscriptions/Web%20-%20French/users?q=LEE'), 200, items({ userId => $lee, userName => 'Lee', displayName => 'Lee',
    seated => true, since => $TIME, sources => [{ source => 'group', id => $top, name => 'Top', since => $TIME, text => 'group Top through Low' }],
    why => ['group Top through Low'] }), 'and the list of a subscription');
join_group($low, $top, 'a circle');
is(has($lee), 'Web - French (group Top through Low)', 'does no harm');
leave_group($low, $top);
leave_group($top, $middle);
is(has($lee), '', 'cut off above');

# --- policy all ---------------------------------------------------------------------------------------------------------------------

policy($t, 'all');
is(has($lee), 'Web - French (policy all)', 'what is automatic');
my $new = $t->make(Users => userName => 'newcomer');
is(has($new), 'Web - French (policy all)', 'a new account has it at once');
is_problem($t->admin(DELETE => '/subscriptions/web%20-%20french'), 409,
    'The subscription "Web - French" is what the policy "all" gives; make another one automatic first.', { subscription => $ANY },
    'which cannot be taken away');
sql("update scim.resource set source = 'local' where tenant = '$own' and id = '$new'");
is(has($new), '', 'a local account is not synchronised');
is_json($t->admin(GET => '/users/newcomer/access')->{json}{notes},
    ['The account is a local one; the sync policy "all" applies only to synchronised accounts.'], 'and why');
is($t->admin(PATCH => '/subscriptions/Web%20-%20Bilingual', { automatic => true })->{status}, 200, 'a second one');
is(has($lee), 'Web - Bilingual (policy all); Web - French (policy all)', 'both');

# --- protected accounts ------------------------------------------------------------------------------------------------------------

policy($t, 'groups');
my $pat  = $t->make(Users => userName => 'pat');
my $crew = $t->make(Groups => displayName => 'Crew');
$t->admin(POST => '/mappings', { group => 'Crew', subscription => 'Web - French' });
$t->admin(POST => '/mappings', { group => 'Crew', role => 'administrator' });
join_group($crew, $pat);
my $since = sql("set scim.tenant = '$own'; select since from scim_app.effective_access where user_id = '$pat' and kind = 'subscription'");
sql("set scim.tenant = '$own'; update scim.resource set protected = 'main-contact' where tenant = '$own' and id = '$pat'");
is(has($pat), 'Web - French (kept when the account was protected)', 'what it has, it keeps');
is(sql("set scim.tenant = '$own'; select since from scim_app.effective_access where user_id = '$pat' and kind = 'subscription'"), $since, 'since the same time');
is(sql("set scim.tenant = '$own'; select roles from scim_app.facts where id = '$pat'"), '{administrator,user}', 'roles too');
policy($t, 'manual');
is(has($pat), 'Web - French (kept when the account was protected)', 'whatever the policy');
policy($t, 'all');
is(has($pat), 'Web - French (kept when the account was protected)', 'be it more');
sql("set scim.tenant = '$own'; update scim.resource set protected = null where tenant = '$own' and id = '$pat'");
is(has($pat), 'Web - Bilingual (policy all); Web - French (policy all)', 'no longer protected');
is(sql("select count(*) from scim.access_grant where tenant = '$own' and user_id = '$pat'"), 0, 'nothing is kept');

# --- simultaneous requests ------------------------------------------------------------------------------------------------------------

my $id = $granted->{json}{id};
my $tag = '"' . 'a' x 32 . '"';
is_problem($t->admin(DELETE => "/grants/$id", undef, 'If-Match' => $tag), 412, $ANY, undef, 'a grant of another version');
is_empty($t->admin(DELETE => "/grants/$id"), 204, 'take it back');
is_problem($t->admin(DELETE => "/grants/$id"), 404, qr/^There is no grant /, { grant => $ANY }, 'which happens once');
$t->admin(POST => '/grants', { user => 'lee', subscription => 'Web - French' });
$t->admin(PATCH => "/subscriptions/$_", { automatic => false }) for 'Web%20-%20French', 'Web%20-%20Bilingual';
is_empty($t->admin(DELETE => '/mappings/' . $_->{id}), 204, 'a mapping goes') for @{ $t->admin(GET => '/mappings')->{json}{items} };
is_problem($t->admin(DELETE => '/subscriptions/Web%20-%20French'), 409,
    'The subscription "Web - French" is granted to the user "Lee"; remove its grants first.', { subscription => $ANY }, 'a grant keeps a subscription');

# Erasing an account removes everything about it.
sql("delete from scim.resource where tenant = '$own' and id = '$lee'");
is(sql("select count(*) from scim.access_grant where tenant = '$own' and user_id = '$lee'"), 0, 'erasure takes the grants');

# --- the same by scimctl -----------------------------------------------------------------------------------------------------------------

is_json(unjson(scimctl(qw(subscription add Extra --seats 3 --automatic --json --tenant), $own)), subscription('Extra', seats => 3, automatic => true),
    'scimctl subscription add');
is_json(unjson(scimctl(qw(subscription set extra --seats none --automatic=false --json --tenant), $own)), subscription('Extra'), 'subscription set');
is_json(unjson(scimctl(qw(mapping add --group crew --subscription extra --json --tenant), $own)), { %{ mapping('Crew', 'Extra') }, createdBy => qr/^\w+$/ },
    'mapping add');
is_json(unjson(scimctl(qw(grant add --user pat --subscription extra --json --tenant), $own)), grant_of('pat', 'Extra', 'manual', qr/^\w+$/), 'grant add');
like(scimctl(qw(access show pat --tenant), $own), qr/^Access +Extra: granted by \w+ on [-\d]+, role user: the tenant's default$/m, 'access show');
like(scimctl(qw(access list extra --tenant), $own), qr/^User +Name +Seated +Since +Why\npat +pat +yes +\S+ +granted by/, 'access list');
like(scimctl(qw(subscription usage extra --tenant), $own), qr/^Entitled +1\nSeated +1\nWaiting +0$/m, 'subscription usage');

done_testing;
