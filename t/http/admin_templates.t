# Templates: what a new account gets, from every client and administrator; conditions, order, the objects that they name, and previews of
# the people to whom they would apply.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t     = ScimTest->new('templates');
my $other = ScimTest->new('templates-other');
my $own   = $t->tenant;
my $BULK  = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

sub template {
    my ($name, $priority, %more) = @_;
    return { id => $ID, name => $name, priority => $priority, condition => undef, role => undef, groups => [], subscriptions => [], flags => [],
        created => $TIME, lastModified => $TIME, %more };
}
sub add { my $res = $t->admin(POST => '/templates', {@_}); is($res->{status}, 201, "made $_[1]") or diag $res->{body}; return $res->{json}{id} }
sub refused {
    my ($res, $status, $field, $detail, $name) = @_;
    my $beside = $field && !ref $detail ? $detail =~ s/^\Q$field\E: //r : $detail;
    is_problem($res, $status, $detail, $field ? { $field => $beside } : undef, $name);
}
sub clear { $t->admin(DELETE => "/templates/$_->{id}") for @{ $t->admin(GET => '/templates')->{json}{items} } }
# An account's role, flags and groups.
sub has {
    my ($id) = @_;
    return sql("select concat_ws(' | ', coalesce(r.role, '-'), coalesce(array_to_string(r.flags, ','), '-'),
        coalesce((select string_agg(g.doc ->> 'displayName', ',' order by g.display_name_key) from scim.membership m
            join scim.resource g on g.tenant = m.tenant and g.id = m.group_id where m.tenant = r.tenant and m.member_id = r.id), '-'))
        from scim.resource r where r.tenant = '$own' and r.id = '$id'");
}
my $n = 0;
sub user { return $t->make(Users => userName => 'user' . ++$n, @_) }

my $staff = $t->admin(POST => '/groups', { displayName => 'Staff' })->{json}{id};
my $team  = $t->admin(POST => '/groups', { displayName => 'Team', kind => 'profile' })->{json}{id};
my $idp   = $t->make(Groups => displayName => 'Provisioned');
is($t->admin(POST => '/flags', { flag => $_ })->{status}, 201, "flag $_") for 'ai', 'personal-data';
my $early = user(title => 'Engineer');

# --- adding, showing, changing, removing --------------------------------------------------------------------------------------------

my $made = $t->admin(POST => '/templates', { name => 'Everybody', groups => ['STAFF', $team, 'staff'], flags => ['AI'], role => 'Office-Admin' });
is_admin($made, 201, template('Everybody', 10, role => 'office-admin', groups => ['Staff', 'Team'], flags => ['ai']), 'make a template');
my $all = $made->{json}{id};
is($made->{headers}->header('Location'), "/admin/tenants/$own/templates/$all", 'its place');
refused($t->admin(POST => '/templates', { name => 'EVERYBODY', role => 'user' }), 409, 'name', 'There is a template "Everybody" already; choose another name, or change that one.', 'its name in another case');
refused($t->admin(POST => '/templates', { name => 'x' }), 400, undef, 'A template must give something: a role, groups, subscriptions or flags.', 'one that gives nothing');
refused($t->admin(POST => '/templates', {}), 400, 'name', $ANY, 'one without a name');
for ([role => 'boss', 'Role not found: boss. The roles here are: administrator, office-admin, user, read-only, summary-only.'],
    [groups => ['Staff', 'Nobody'], 'groups: there is no group "Nobody"; make it first, or correct the name.'],
    [groups => [$idp], 'groups: the group "Provisioned" is managed by provisioning, so only your identity provider can change its members; unlink it first, or choose another one.'],
    [flags => ['ai', 'none'], 'There is no flag "none"; make it first, or correct the name. The flags here are: ai, personal-data.'],
    [condition => 'userName eq', $ANY], [condition => 'nonsense eq "x"', qr/nonsense/], [condition => 'userName like "x"', $ANY],
    [condition => 'members.value eq "x"', $ANY], [condition => 'userName eq "a" and', $ANY]) {
    my ($field, $value, $detail) = @$_;
    my $res = $t->admin(POST => '/templates', { name => 'Bad', role => 'user', $field => $value });
    is_problem($res, 400, $detail eq $ANY || ref $detail ? $ANY : $detail, { $field => ref $detail ? $detail : $detail =~ s/^$field: //r }, "$field that is none: " . (ref $value ? "@$value" : $value));
}
refused($t->admin(POST => '/templates', { name => 'Bad', subscriptions => ['Gold'] }), 400, 'subscriptions',
    'subscriptions: there is no subscription "Gold"; make it first, or correct the name.', 'an unknown subscription');
is_problem($t->admin(POST => '/templates', { name => 'Bad', role => 'user', conditionSql => 'true' }), 400, $ANY, { conditionSql => 'is unknown; the arguments are: name, priority, condition, role, groups, subscriptions, flags.' },
    'nobody sends SQL');
is(sql("select count(*) from scim.template where tenant = '$own'"), 1, 'nothing of it is stored');

my $etag = $t->admin(GET => "/templates/$all")->{headers}->header('ETag');
is_admin($t->admin(PATCH => '/templates/everybody', { condition => 'title eq "Engineer"', role => undef }, 'If-Match' => $etag), 200,
    template('Everybody', 10, condition => 'title eq "Engineer"', groups => ['Staff', 'Team'], flags => ['ai']), 'change it');
is_problem($t->admin(PATCH => "/templates/$all", { priority => 7 }, 'If-Match' => $etag), 412, $ANY, undef, 'in an old version');
is_problem($t->admin(PATCH => "/templates/$all", { condition => 'title' }), 400, $ANY, { condition => $ANY }, 'a condition that is none');
is_admin($t->admin(PATCH => "/templates/$all", { condition => undef }), 200, template('Everybody', 10, groups => ['Staff', 'Team'], flags => ['ai']), 'for everybody again');
refused($t->admin(PATCH => "/templates/$all", { groups => [], flags => undef }), 400, undef, 'A template must give something: a role, groups, subscriptions or flags.',
    'it cannot be made to give nothing');
add(name => 'First', priority => 1, role => 'user');
add(name => 'Last', flags => ['personal-data']);
is_admin($t->admin(GET => '/templates'), 200, items(template('First', 1, role => 'user'), template('Everybody', 10, groups => ['Staff', 'Team'], flags => ['ai']),
    template('Last', 20, flags => ['personal-data'])), 'in their order');
my $page = $t->admin(GET => '/templates?limit=2');
is_json([map { $_->{name} } @{ $t->admin(GET => "/templates?limit=2&after=$page->{json}{next}")->{json}{items} }], ['Last'], 'by pages');
is_json([map { $_->{name} } @{ $t->admin(GET => '/templates?q=EVERY')->{json}{items} }], ['Everybody'], 'looked for');
refused($other->admin(GET => "/templates/$all"), 404, 'template', qq(There is no template "$all"; the list of templates shows their names.), 'not for another tenant');

# --- what they give ------------------------------------------------------------------------------------------------------------------

is(has($early), '- | - | -', 'who was there before has nothing of it');
my $kim = user();
is(has($kim), 'user | ai,personal-data | Staff,Team', 'a new account has all of it');
is(has(user(roles => [{ value => 'administrator' }])), 'administrator | ai,personal-data | Staff,Team', 'but the role that is sent counts');
is_json([map { [$_->{display}, $_->{type}] } @{ $t->request(GET => "/Users/$kim")->{json}{groups} }], [['Team', 'direct']],
    'on the wire it is in the group that is there');
my $log = sub { my ($id) = @_; return unjson(sql("select coalesce(jsonb_agg(jsonb_build_array(actor_kind, after - 'templateId') order by id), '[]') from scim.audit
    where tenant = '$own' and object_id = '$id' and action = 'template'")) };
is_json($log->($kim), [['token', { template => 'First', role => 'user' }], ['token', { template => 'Everybody', groups => ['Staff', 'Team'], flags => ['ai'] }],
    ['token', { template => 'Last', flags => ['personal-data'] }]], 'the audit log tells which template gave what');
is_empty($t->request(DELETE => "/Users/$kim"), 204, 'it goes');
sql("update scim.resource set role = null, flags = null where tenant = '$own' and id = '$kim'");
my $before = sql("select count(*) from scim.audit where tenant = '$own' and action = 'template'");
$t->admin(POST => "/users/$kim/restore", {});
is(has($kim), '- | - | -', 'who comes back gets nothing');
is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'template'"), $before, 'and nothing says so');
my $jo = $t->admin(POST => '/users', { userName => 'jo', flags => ['personal-data'] });
is($jo->{status}, 201, 'an administrator makes one') or diag $jo->{body};
is(has($jo->{json}{id}), 'user | ai,personal-data | Staff,Team', 'who gets the same');
is_json($log->($jo->{json}{id})->[0], ['admin', { template => 'First', role => 'user' }], 'by the administrator');
my $version = sql("select version from scim.resource where tenant = '$own' and id = '$team'");
my $bulk = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => 'POST', path => '/Users', bulkId => "b$_",
    data => { schemas => [$USER], userName => "bulk$_", ($_ % 2 ? (roles => [{ value => 'administrator' }]) : ()) } } } 1 .. 300] });
is($bulk->{status}, 200, 'Bulk');
is(sql("select count(*) from scim.resource where tenant = '$own' and user_name_key like 'bulk%' and flags = '{ai,personal-data}'
    and role = case when right(user_name_key, 1)::int % 2 = 1 then 'administrator' else 'user' end"), 300, 'each of many has role and flags');
is(sql("select count(*) from scim.membership m join scim.resource r on r.tenant = m.tenant and r.id = m.member_id
    where m.tenant = '$own' and r.user_name_key like 'bulk%'"), 600, 'and is in both groups');
isnt(sql("select version from scim.resource where tenant = '$own' and id = '$team'"), $version, 'which have a new version');
is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'template' and object_name like 'bulk%'"), 900, 'each is told');
is($other->request(GET => '/Users/' . $other->make(Users => userName => 'x'))->{json}{groups}, undef, 'another tenant has no such templates');

# --- the role comes from the first template that has one --------------------------------------------------------------------------------

clear();
add(name => 'Second', priority => 20, role => 'read-only');
add(name => 'First', priority => 10, role => 'summary-only', condition => 'title eq "Boss"');
is(has(user(title => 'BOSS')), 'summary-only | - | -', 'the first that matches');
is(has(user(title => 'Other')), 'read-only | - | -', 'the next one where it does not');
is($t->admin(PATCH => '/templates/second', { priority => 5 })->{status}, 200, 'in another order');
is(has(user(title => 'BOSS')), 'read-only | - | -', 'another one is the first');

# --- conditions ---------------------------------------------------------------------------------------------------------------------------

my @conditions = (
    ['userName eq "C-EQ"', { userName => 'c-eq' }, { userName => 'c-eq2' }],
    ['title co "engin"', { title => 'Chief ENGINEER' }, { title => 'Clerk' }],
    ['title sw "Ing" or nickName ew "bot"', { nickName => 'Robot' }, { nickName => 'Botticelli' }],
    ['title pr and not (title eq "Temp")', { title => 'Clerk' }, { title => 'temp' }, {}],
    ['not (title eq "Temp") and (userType eq "Employee" or userType eq "Contractor")', { userType => 'contractor' }, { userType => 'Guest' }, { userType => 'Employee', title => 'Temp' }],
    ['emails[type eq "work" and value ew "@acme.example"]', { emails => [{ type => 'work', value => 'a@ACME.example' }] },
        { emails => [{ type => 'home', value => 'a@acme.example' }, { type => 'work', value => 'a@x.example' }] }, {}],
    ['emails.value eq "b@acme.example"', { emails => [{ type => 'home', value => 'B@acme.example' }] }, { emails => [{ value => 'c@acme.example' }] }],
    ["$ENTERPRISE:department eq \"Engineering\"", { $ENTERPRISE => { department => 'engineering' } }, { $ENTERPRISE => { department => 'Sales' } }, {}],
    ["$ENTERPRISE:employeeNumber eq \"E-1\"", { $ENTERPRISE => { employeeNumber => 'e-1' } }, { $ENTERPRISE => { employeeNumber => 'E-2' } }],
    ['name.familyName eq "Müller"', { name => { familyName => 'MÜLLER' } }, { name => { familyName => 'Muller' } }],
    ['title eq "O\'Neil $1 \\\\ %s"', { title => "o'neil \$1 \\ %s" }, { title => "o'neil" }],
    ['active eq true', { active => true }, { active => false }],
    ['title ne "Temp"', { title => 'Clerk' }, { title => 'Temp' }],
    ['meta.created gt "2020-01-01T00:00:00Z"', {}],
    ['meta.created lt "2020-01-01T00:00:00Z"', undef, {}],
    [qq(groups.value eq "$staff"), undef, {}],
    ['externalId eq "X-1"', { externalId => 'X-1' }, { externalId => 'x-1' }],
);
for (@conditions) {
    my ($condition, $yes, @no) = @$_;
    clear();
    add(name => 'Condition', flags => ['ai'], condition => $condition);
    is(has(user(%$yes)), '- | ai | -', "$condition: holds") if $yes;
    is(has(user(%$_)), '- | - | -', "$condition: does not hold") for @no;
}
unlike(sql("select condition_sql from scim.template where tenant = '$own'"), qr/X-1/, 'the SQL holds no value');
clear();
add(name => 'Group', priority => 1, groups => ['Staff', 'Team']);
add(name => 'In it', priority => 2, flags => ['ai'], condition => qq(groups.value eq "$team"));
is(has(user()), '- | ai | Staff,Team', 'a condition sees what templates before have given');

# A condition that cannot be evaluated gives nothing. The account is made anyway, and the log has the reason.
sql("update scim.template set condition = 'nothing eq \"x\"' where tenant = '$own' and name = 'In it'");
sql("update scim.token set rules = scim.raised(rules) where tenant = '$own'");
is(has(user()), '- | - | Staff,Team', 'a condition that is broken');
like(sql("select object_name || ' ' || (after ->> 'reason') from scim.audit where tenant = '$own' and action = 'template-failed'"), qr/^In it .*"nothing/, 'is told');

# --- objects in templates cannot be removed ---------------------------------------------------------------------------------------------

clear();
is($t->admin(POST => '/roles', { role => 'editor' })->{status}, 201, 'a role');
add(name => 'Named', role => 'editor', groups => ['Staff'], flags => ['ai']);
refused($t->admin(DELETE => '/groups/staff'), 409, 'group', 'The group "Staff" is in use: the template "Named" gives it. Change that first.', 'a group that a template gives');
refused($t->admin(DELETE => '/roles/editor'), 409, 'role', 'The role "editor" is in use: the template "Named" gives it. Change that first.', 'a role');
sql("update scim.resource set flags = null where tenant = '$own'");
refused($t->admin(DELETE => '/flags/ai'), 409, 'flag', 'The flag "ai" is in use: the template "Named" gives it. Change that first.', 'a flag');
is_admin($t->admin(PATCH => '/groups/staff', { displayName => 'People' }), 200, $t->admin(GET => '/groups/people')->{json}, 'a group may be renamed');
is_admin($t->admin(GET => '/templates/named'), 200, template('Named', 10, role => 'editor', groups => ['People'], flags => ['ai']), 'which the template shows');
is_empty($t->admin(DELETE => '/templates/named'), 204, 'without the template');
is_empty($t->admin(DELETE => '/groups/people'), 204, 'they go');
refused($t->admin(POST => '/templates', { name => 'x', groups => ['people'] }), 400, 'groups', 'groups: the group "People" is archived; restore it first.', 'an archived group');
is_problem($t->admin(GET => '/templates/named'), 404, $ANY, { template => $ANY }, 'a template that is gone');

is($t->admin(POST => '/subscriptions', { name => $_ })->{status}, 201, "subscription $_") for 'Web', 'Print';
add(name => 'Paid', subscriptions => ['WEB', 'print']);
is_admin($t->admin(GET => '/templates/paid'), 200, template('Paid', 10, subscriptions => ['Print', 'Web']), 'a template that grants');
my $lee = user();
is(sql("select string_agg(concat_ws(' ', s.name, a.source, a.granted_by), ',' order by s.name_key) from scim.access_grant a
    join scim.subscription s on s.tenant = a.tenant and s.id = a.subscription_id where a.tenant = '$own' and a.user_id = '$lee'"),
    'Print template Paid,Web template Paid', 'what it grants');
is_json($log->($lee), [['token', { template => 'Paid', subscriptions => ['Print', 'Web'] }]], 'is told');
sql("delete from scim.access_grant where tenant = '$own'");
refused($t->admin(DELETE => '/subscriptions/web'), 409, 'subscription', 'The subscription "Web" is in use: the template "Paid" gives it. Change that first.', 'a subscription stays');
clear();

# --- previews -----------------------------------------------------------------------------------------------------------------------------

my $p1 = $t->make(Users => userName => 'preview-1', displayName => 'Pia', title => 'Pilot');
my $p2 = $t->make(Users => userName => 'preview-2', title => 'PILOT', active => false);
my $asked = uri_escape_utf8('title eq "pilot"');
sub account { my ($id, $name, $display, $active) = @_; return { id => $id, userName => $name, displayName => $display, source => 'scim', active => $active } }
is_admin($t->admin(GET => "/template-preview?condition=$asked"), 200, items(account($p1, 'preview-1', 'Pia', true), account($p2, 'preview-2', 'preview-2', false)), 'who a condition is true of');
is_admin($t->admin(GET => "/template-preview?condition=$asked&limit=1"), 200, { items => [account($p1, 'preview-1', 'Pia', true)], next => $p1 }, 'a page');
is_admin($t->admin(GET => "/template-preview?condition=$asked&limit=1&after=$p1"), 200, items(account($p2, 'preview-2', 'preview-2', false)), 'the next');
is_admin($t->admin(GET => "/template-preview/count?condition=$asked"), 200, { accounts => 2, next => undef }, 'how many');
add(name => 'Pilots', condition => 'title eq "pilot" and active eq true', flags => ['ai']);
is_admin($t->admin(GET => '/template-preview?template=pilots'), 200, items(account($p1, 'preview-1', 'Pia', true)), 'who a template would be for');
is_admin($t->admin(GET => '/template-preview/count?template=pilots'), 200, { accounts => 1, next => undef }, 'how many');
is_admin($t->admin(GET => '/template-preview/count'), 200, { accounts => 0 + sql("select count(*) from scim.resource where tenant = '$own' and type = 'User' and deleted_at is null"), next => undef }, 'everybody');
is_problem($t->admin(GET => '/template-preview?condition=title'), 400, $ANY, { condition => $ANY }, 'a condition that is none');
refused($t->admin(GET => "/template-preview?template=pilots&condition=$asked"), 400, 'condition', 'condition: a template has a condition of its own; give one of them.', 'both');
refused($t->admin(GET => '/template-preview?template=none'), 404, 'template', 'There is no template "none"; the list of templates shows their names.', 'no such template');
is(has($p1), '- | - | -', 'a preview gives nothing');

# --- separation of tenants ------------------------------------------------------------------------------------------------------------------

my $as_web = sub { scalar run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -A -t -U scim_web -c), "set scim.tenant = '$_[0]'; $_[1]") };
like($as_web->($own, "update scim.template set condition_sql = 'true'"), qr/permission denied/, 'requests write no template');
like($as_web->($other->tenant, 'select count(*) from scim.template'), qr/^0$/m, 'nor see those of others');

# --- the same by scimctl --------------------------------------------------------------------------------------------------------------------

my @schemas = ('--schema-dir', "$ENV{SCIM_TEST_WORK}/schemas");
is_json(unjson(scimctl(qw(template add Clerks --condition), 'title eq "Clerk"', qw(--flags ai --role user --json --tenant), $own, @schemas)),
    template('Clerks', 20, condition => 'title eq "Clerk"', flags => ['ai'], role => 'user'), 'scimctl template add');
is_json(unjson(scimctl(qw(template set clerks --condition none --flags none --json --tenant), $own)), template('Clerks', 20, role => 'user'), 'set');
like(scimctl(qw(template list --tenant), $own), qr/^Name +Priority +Condition +Role +Groups +Subscriptions +Flags\nPilots +10 /, 'list');
like(scimctl(qw(template count --template pilots --tenant), $own), qr/^Accounts +1$/m, 'count');
like(scimctl(qw(template preview --condition), 'title eq "Pilot"', '--tenant', $own, @schemas), qr/preview-1 .*\n.*preview-2 /, 'preview');
my ($said, $code) = run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(template add Bad --role user --condition), 'title', '--tenant', $own, @schemas);
is($code, 2, 'a condition that is none');
is(scimctl(qw(template remove clerks --tenant), $own), '', 'remove');

done_testing;
