# The applications' views: stable columns, one tenant, and a role that may do nothing else.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('app');
my $other = ScimTest->new('app-other');
my $own   = $t->tenant;
(my $role = "app_$own") =~ tr/-/_/;

sql("create role $role login in role scim_app; alter role $role in database scim set scim.tenant = '$own'");

# Runs a query as the application. Returns its answer, or the error.
sub app {
    my ($query) = @_;
    my ($text) = run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -U), $role, '-c', $query);
    chomp $text;
    utf8::decode($text);
    return $text;
}

my $ann = $t->make(Users => userName => 'Ann', externalId => 'e1', displayName => 'Ann A', roles => [{ value => 'read-only' }],
    emails => [{ value => 'ann@home.example', type => 'home' }, { value => 'ann@work.example', type => 'work', primary => true }],
    phoneNumbers => [{ value => '+1', type => 'work' }, { value => '+2', type => 'mobile' }]);
my $bob = $t->make(Users => userName => 'Bob', active => false);
my $theirs = $other->make(Users => userName => 'Ann');
my $group = $t->make(Groups => displayName => 'Staff', members => [{ value => $ann }, { value => $bob }]);
$t->admin(POST => '/subscriptions', { name => 'Web' });
$t->admin(POST => '/mappings', { group => 'Staff', subscription => 'Web' });
$t->admin(POST => '/mappings', { group => 'Staff', role => 'administrator' });
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'groups' })->{status}, 200, 'policy groups');

# --- columns --------------------------------------------------------------------------------------------------------------

my %columns = (
    accounts         => 'tenant,id,user_name,user_name_key,display_name,email,phone,active,source,role,flags,external_id,created,last_modified',
    memberships      => 'tenant,group_id,group_name,user_id,direct,added',
    effective_access => 'tenant,user_id,kind,id,name,since,seated,sources',
    facts            => 'tenant,id,user_name,user_name_key,active,role,roles,entitlements,groups,flags',
);
for my $view (sort keys %columns) {
    is(sql("select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'scim_app.$view'::regclass and attnum > 0"), $columns{$view},
        "$view has its columns");
    is(app("select count(*) > 0, bool_and(tenant = '$own') from scim_app.$view"), 't|t', "$view shows its tenant and no other");
    is(app("set scim.tenant = ''; select count(*) from scim_app.$view"), 0, "$view without a tenant");
    is(app("set scim.tenant = '*'; select count(*) from scim_app.$view"), 0, "$view of all tenants there is not");
    like(app("delete from scim_app.$view"), qr/permission denied|cannot delete/, "$view cannot be changed");
}
is(sql("select count(*) from pg_class c where relnamespace = 'scim_app'::regnamespace and relkind = 'v' and reloptions::text not like '%security_barrier%'"), 0,
    'what is behind the wall cannot be looked at by functions');
like(app('select * from scim.resource'), qr/permission denied for schema scim/, 'nothing else can be read');
like(app("select scim.facts_of('$other->{tenant}', '$theirs')"), qr/permission denied for schema scim/, 'or called');
like(app('create table x (y int)'), qr/permission denied/, 'or made');

# --- contents ----------------------------------------------------------------------------------------------------------------

is(app("select user_name, display_name, email, phone, active, source, role, flags, external_id from scim_app.accounts order by user_name"),
    "Ann|Ann A|ann\@work.example|+1|t|scim|read-only|{}|e1\nBob|Bob|||f|scim|user|{}|", 'accounts');
is(app("select group_name, user_id = '$ann', direct from scim_app.memberships order by user_id"), "Staff|t|t\nStaff|f|t", 'memberships');
is(app("select kind, name, seated, sources -> 0 ->> 'text' from scim_app.effective_access order by kind, name"),
    "role|administrator|t|group Staff\nrole|read-only|t|the account's own\nsubscription|Web|t|group Staff", 'effective access');
is(app("select active, role, roles, entitlements, groups, flags from scim_app.facts where user_name_key = scim_app.fold('ANN')"),
    't|read-only|{administrator,read-only}|{Web}|{Staff}|{}', 'all about an account by its name');
is(app("select active, role, roles, entitlements from scim_app.facts where user_name_key = scim_app.fold('bob')"), 'f|user|{}|{}', 'one that is not active has nothing');

# --- changes appear at once -----------------------------------------------------------------------------------------------------

my $facts = "select active, role, entitlements, groups from scim_app.facts where user_name_key = 'bob'";
is($t->patch("/Users/$bob", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'activate');
is(app($facts), 't|administrator|{Web}|{Staff}', 'he has what his group has, and its role, as he has none of his own');
is($t->patch("/Groups/$group", [{ op => 'remove', path => qq(members[value eq "$bob"]) }])->{status}, 204, 'he leaves');
is(app($facts), 't|user|{}|{}', 'he has nothing, and the default role');
is($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $bob }] }])->{status}, 204, 'he joins');
is(app($facts), 't|administrator|{Web}|{Staff}', 'he has it again');
is($t->request(DELETE => "/Users/$bob")->{status}, 204, 'he is deleted');
is(app($facts), '', 'he is not there');
is(app('select count(*) from scim_app.effective_access where user_id = \'' . $bob . "'"), 0, 'and has nothing');

sql("drop owned by $role; drop role $role");
done_testing;
