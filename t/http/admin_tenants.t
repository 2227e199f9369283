# Tenants in the admin API: settings, and switching provisioning off and on, with the effect on accounts.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('admin-tenants');
my $other = ScimTest->new('admin-tenants-other');
my $name  = $t->tenant;

my %settings = (baseUrl => undef, displayName => undef, enabled => true, restore => 'externalId', profile => $ENV{SCIM_TEST_PROFILE} // 'lenient', syncPolicy => 'manual',
    loginPolicy => 'manual', oneToken => false, defaultRole => 'user', roleWins => 'sync', userNameEmail => false,
    deriveDisplayName => false);
my %counts = (users => 0, localUsers => 0, groups => 0);

# The members that this test checks; later settings have their own tests.
sub known {
    my ($tenant) = @_;
    return { map { exists $tenant->{$_} ? ($_ => $tenant->{$_}) : () } 'tenant', 'created', keys %settings, keys %counts };
}
sub tenant { my ($tenant, %change) = @_; return { tenant => $tenant, created => $TIME, %settings, %counts, %change } }

sub is_tenant {
    my ($res, $status, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 400;
    return is_json(known($res->{json}), $expected, "$name: body");
}

# --- show and list -----------------------------------------------------------------------------------------------------------

my $shown = $t->admin(GET => '');
is_tenant($shown, 200, tenant($name), 'show');
$t->make(Users => userName => "u$_") for 1 .. 3;
$t->make(Groups => displayName => 'G');
sql("update scim.resource set source = 'local' where tenant = '$name' and doc ->> 'userName' = 'u3'");
my $counted = $t->admin(GET => '');
is_tenant($counted, 200, tenant($name, users => 2, localUsers => 1, groups => 1), 'counts');
is($counted->{headers}->header('ETag'), $shown->{headers}->header('ETag'), 'which are no part of the version');


my $page = $t->admin(GET => "//tenants?q=" . uc substr $name, 0, -1);
is($page->{status}, 200, 'list');
is_json([map { $_->{tenant} } @{ $page->{json}{items} }], [$name], 'list: those that are looked for, whatever the case');
my @all = map { $_->{tenant} } @{ $t->admin(GET => '//tenants?limit=500')->{json}{items} };
is_json([sort @all], \@all, 'list: in order');
my ($first, $second) = map { $t->admin(GET => $_)->{json} } '//tenants?limit=1', "//tenants?limit=1&after=$all[0]";
is_json([$first->{next}, map { $_->{items}[0]{tenant} } $first, $second], [$all[0], @all[0, 1]], 'list: pages');
is_problem($t->admin(GET => '//tenants/nobody'), 404, 'There is no tenant "nobody"; create it first or correct the name.', undef, 'no such tenant');

# --- the base URL ---------------------------------------------------------------------------------------------------------------

sub based { return "https://$_[0].example.org/$_[0]/v2" }
my @eager = (':base' => '/eager');
my $based = $t->admin(GET => '', undef, @eager);
is_tenant($based, 200, tenant($name, users => 2, localUsers => 1, groups => 1, baseUrl => based($name)), 'ScimBaseURL: {tenant} in it is the name');
is($based->{headers}->header('ETag'), $shown->{headers}->header('ETag'), 'it is no part of the version');
my ($listed) = @{ $t->admin(GET => "//tenants?q=$name", undef, @eager)->{json}{items} };
is($listed->{baseUrl}, based($name), 'in a list');
is($t->admin(GET => "//tenants?q=$name")->{json}{items}[0]{baseUrl}, undef, 'in a list, where it is not known');
is($t->admin(PATCH => '', { profile => $settings{profile} }, @eager, 'If-Match' => $shown->{headers}->header('ETag'))->{json}{baseUrl}, based($name),
    'set, with a version that another Location told');
is_problem($t->admin(PATCH => '', { baseUrl => 'https://x.example' }, @eager), 400, $ANY, { baseUrl => 'is unknown; the arguments are: displayName, restore, profile, passwordSchema, syncPolicy, loginPolicy, linkPolicy, oneToken, defaultRole, roleWins, unknownRole, reservedRoles, sentEntitlements, dryRun, guardLimit, guardShare, guardLogins, activityBodies, activityMask, activityReads, userNameEmail, deriveDisplayName, localMatch, deletion, restoreMappings, groupDepth, loginAttribute.' }, 'it is no setting');
is($other->admin(POST => '/disable', { accounts => 'keep' }, @eager)->{json}{baseUrl}, based($other->tenant), 'disable');
is($other->admin(POST => '/enable', {}, @eager)->{json}{baseUrl}, based($other->tenant), 'enable');
my @alone = (':base' => '/own', ':user' => $name);
is($t->admin(GET => '', undef, @alone)->{json}{baseUrl}, 'https://own.example.org/scim/v2', 'a URL without {tenant} is that of the one tenant of its Location');
is($t->admin(GET => '//tenants', undef, @alone)->{json}{items}[0]{baseUrl}, 'https://own.example.org/scim/v2', 'in its list');
is($t->admin(GET => '', undef, ':base' => '/outer/admin')->{json}{baseUrl}, undef, 'and no URL for several tenants');
my $told = unjson(scimctl(qw(tenant show --json), $name));
ok(exists $told->{baseUrl} && !defined $told->{baseUrl}, 'scimctl does not know it');

# --- settings ------------------------------------------------------------------------------------------------------------------

my %count = (users => 2, localUsers => 1, groups => 1);
my $etag = $counted->{headers}->header('ETag');
my %new = (displayName => 'Zoë & Söhne', restore => 'never', syncPolicy => 'groups', loginPolicy => 'first-login',
    roleWins => 'creation', defaultRole => 'Read-Only');
my $res = $t->admin(PATCH => '', \%new, 'If-Match' => $etag);
is_tenant($res, 200, tenant($name, %count, %new, defaultRole => 'read-only'), 'set several, and the others stay');
isnt($res->{headers}->header('ETag'), $etag, 'it is another version');
is($res->{headers}->header('ETag'), $t->admin(GET => '')->{headers}->header('ETag'), 'the one that is shown');
is_problem($t->admin(PATCH => '', { restore => 'userName' }, 'If-Match' => $etag), 412, $ANY, undef, 'the old version');
is_problem($t->admin(PATCH => '', {}), 400, qr/^Nothing to change: give at least one of displayName, restore, /, undef, 'nothing');
is_problem($t->admin(PATCH => '', { restore => 'email', profile => 1, oneToken => 'yes', created => '2026-01-01T00:00:00Z', nests => true, enabled => true }), 400, $ANY, {
    restore => 'must be one of: externalId|userName|never.', profile => 'must be one of: lenient|rfc|interop.',
    oneToken => 'must be true or false.', map { ($_ => 'is unknown; the arguments are: displayName, restore, profile, passwordSchema, syncPolicy, loginPolicy, linkPolicy, oneToken, defaultRole, roleWins, unknownRole, reservedRoles, sentEntitlements, dryRun, guardLimit, guardShare, guardLogins, activityBodies, activityMask, activityReads, userNameEmail, deriveDisplayName, localMatch, deletion, restoreMappings, groupDepth, loginAttribute.') } qw(created nests enabled) }, 'wrong ones');
is_problem($t->admin(PATCH => '', { defaultRole => 'nobody', restore => 'userName' }), 400, 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only.',
    { defaultRole => 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only.' }, 'a role that is none');
is_problem($other->admin(PATCH => '', { restore => undef }), 400, $ANY, { restore => 'must have a value, not null.' }, 'no value');
is_tenant($t->admin(GET => ''), 200, tenant($name, %count, %new, defaultRole => 'read-only'), 'nothing of that was done');
is_tenant($t->admin(PATCH => '', { displayName => undef }), 200, tenant($name, %count, %new, defaultRole => 'read-only', displayName => undef), 'a name is taken away');
my ($entry) = @{ $t->admin(GET => '/audit?limit=1')->{json}{items} };
is_json([@$entry{qw(actor action objectType objectId before after)}], ['admin', 'update', 'Tenant', $name, { displayName => 'Zoë & Söhne' }, { displayName => undef }],
    'the audit log has what has changed');
my $rows = sql("select count(*) from scim.audit where tenant = '$name'");
is($t->admin(PATCH => '', { restore => 'never' })->{status}, 200, 'as it is');
is(sql("select count(*) from scim.audit where tenant = '$name'"), $rows, 'which changes nothing');
is(sql("select string_agg(restore, ' ') from scim.tenant where tenant = '$other->{tenant}'"), 'externalId', 'another tenant is not touched');

# --- effects of the settings on SCIM requests -------------------------------------------------------------------------------------

my $s = ScimTest->new('admin-settings');
my $tenant = $s->tenant;
my %lenient = (profile => 'lenient');
sub role_of { return sql("select coalesce(role, '-') from scim.resource where tenant = '$tenant' and doc ->> 'userName' = '$_[0]'") }
sub set { return is($s->admin(PATCH => '', {@_})->{status}, 200, "set @_") }

set(userNameEmail => true, %lenient);
is_error($s->request(POST => '/Users', { schemas => [$USER], userName => 'plain' }), 400, 'invalidValue',
    'userName: "plain" is not an e-mail address, which this tenant requires. Map an attribute that holds the e-mail address to userName in the identity provider.', 'userNameEmail: a plain name');
my $mail = $s->make(Users => userName => 'Anna@x.example');
is_error($s->patch("/Users/$mail", [{ op => 'replace', path => 'userName', value => 'anna@x' }]), 400, 'invalidValue', $ANY, 'a PATCH, too');
is($s->row($mail)->{doc}{userName}, 'Anna@x.example', 'it stays');
set(userNameEmail => false);
is($s->patch("/Users/$mail", [{ op => 'replace', path => 'userName', value => 'anna' }])->{status}, 200, 'without it any name does');

set(deriveDisplayName => true);
$res = $s->request(POST => '/Users', { schemas => [$USER], userName => 'b', displayName => 'Boss', name => { givenName => 'Bea', familyName => 'Bly' } });
is($res->{json}{displayName}, 'Bea Bly', 'deriveDisplayName: made of the name');
$res = $s->patch("/Users/$res->{json}{id}", [{ op => 'replace', path => 'name.familyName', value => 'Blum' }, { op => 'replace', path => 'displayName', value => 'Boss' }]);
is($res->{json}{displayName}, 'Bea Blum', 'and again, whatever is sent');
set(deriveDisplayName => false);
is($s->patch("/Users/$res->{json}{id}", [{ op => 'replace', path => 'displayName', value => 'Boss' }])->{json}{displayName}, 'Boss', 'without it what is sent counts');

my $carl = $s->make(Users => userName => 'carl', roles => [{ value => 'read-only' }]);
is(role_of('carl'), 'read-only', 'roleWins sync: the first role');
$s->patch("/Users/$carl", [{ op => 'replace', path => 'roles', value => [{ value => 'Office-Admin' }] }]);
is(role_of('carl'), 'office-admin', 'and each one after it');
set(roleWins => 'creation');
$s->patch("/Users/$carl", [{ op => 'replace', path => 'roles', value => [{ value => 'user' }] }]);
is(role_of('carl'), 'office-admin', 'roleWins creation: not those that come later');
$s->make(Users => userName => 'dora', roles => [{ value => 'user' }]);
is(role_of('dora'), 'user', 'but the first');
$s->make(Users => userName => 'emil');
is(role_of('emil'), '-', 'who is sent none has the default');
is_error($s->request(POST => '/Users', { schemas => [$USER], userName => 'f', roles => [{ value => 'boss' }] }), 400, 'invalidValue', 'Role not found: boss. The roles here are: administrator, office-admin, user, read-only, summary-only. Correct the mapping of roles in the identity provider, or let an administrator add the role here.', 'a role that is none');

# --- adding a tenant --------------------------------------------------------------------------------------------------------------

my $made = "$name-new";
$res = $t->admin(POST => '//tenants', { tenant => $made, displayName => 'New', userNameEmail => true });
is_tenant($res, 201, tenant($made, %lenient, displayName => 'New', userNameEmail => true), 'make');
is($res->{headers}->header('Location'), "/admin/tenants/$made", 'its place');
is($res->{headers}->header('ETag'), $t->admin(GET => "//tenants/$made")->{headers}->header('ETag'), 'its version');
is(sql("select string_agg(doc ->> 'value', ' ' order by id) from scim.resource where tenant = '$made' and type = 'Role'"),
    'administrator office-admin user read-only summary-only', 'it has the built-in roles');
is(sql("select string_agg(action || actor, ' ') from scim.audit where tenant = '$made' and object_type = 'Tenant'"), 'createadmin', 'who made it');
is_problem($t->admin(POST => '//tenants', { tenant => $made }), 409, qq{There is a tenant "$made" already; choose another name.},
    { tenant => qq{There is a tenant "$made" already; choose another name.} }, 'again');
for my $bad ('UPPER', '-a', 'a.b', 'a' x 64, "a'b") {
    my $text = qq{"$bad" cannot name a tenant; use 1 to 63 characters of a-z, 0-9, "-" and "_", starting with a letter or a digit.};
    is_problem($t->admin(POST => '//tenants', { tenant => $bad }), 400, $text, { tenant => $text }, "a name that cannot be: $bad");
}
is_problem($t->admin(POST => '//tenants', { tenant => "$made-2", syncPolicy => 'some', defaultRole => 'nobody' }), 400, $ANY,
    { syncPolicy => 'must be one of: manual|all|groups.' }, 'a policy that is none');
is_problem($t->admin(POST => '//tenants', { tenant => "$made-2", defaultRole => 'nobody' }), 400, 'Role not found: nobody', { defaultRole => $ANY }, 'a role that is none');
is(sql("select count(*) from scim.tenant where tenant = '$made-2'"), 0, 'nothing half made');
is_tenant($t->admin(POST => '//tenants', { tenant => "$made-3" }, ':base' => '/eager'), 201, tenant("$made-3", %lenient, syncPolicy => 'all', baseUrl => based("$made-3")), 'ScimSyncPolicy');
is_tenant($t->admin(POST => '//tenants', { tenant => "$made-4", syncPolicy => 'groups' }, ':base' => '/eager'), 201,
    tenant("$made-4", %lenient, syncPolicy => 'groups', baseUrl => based("$made-4")), 'unless the request says another one');
is(unjson(scimctl(qw(tenant add), "$made-5", qw(--sync-policy all --json)))->{syncPolicy}, 'all', 'scimctl tenant add --sync-policy');

# --- separation of tenants --------------------------------------------------------------------------------------------------------

my @own = (':base' => '/own', ':user' => $name);
is_json([map { $_->{tenant} } @{ $t->admin(GET => '//tenants', undef, @own)->{json}{items} }], [$name], 'an own tenant is listed alone');
is($t->admin(PATCH => '', { displayName => 'Own' }, @own)->{status}, 200, 'it can be changed');
is_problem($other->admin($_->[0] => $_->[1], $_->[2], @own), 404, 'There is no tenant "' . $other->tenant . '"; create it first or correct the name.', undef,
    "another one is not there: $_->[0] $_->[1]")
    for [GET => ''], [PATCH => '', { displayName => 'X' }], [POST => '/disable', { accounts => 'keep' }], [POST => '/enable', {}];
is_problem($t->admin(POST => '//tenants', { tenant => "$made-6" }, @own), 403, qq{Here only the tenant "$name" can be changed.}, undef, 'none can be made');

# --- switching off and on -----------------------------------------------------------------------------------------------------------

my $off = ScimTest->new('admin-off');
$off->make(Users => userName => $_) for qw(a b main);
$off->make(Users => userName => 'gone', active => false);
$off->make(Groups => displayName => 'G', members => [map { { value => $_ } } split /\n/, sql("select id from scim.resource where tenant = '$off->{tenant}' and type = 'User'")]);
sql("update scim.resource set protected = 'main-contact' where tenant = '$off->{tenant}' and doc ->> 'userName' = 'main'");
sub accounts {
    return sql("select string_agg(concat_ws(':', coalesce(doc ->> 'userName', doc ->> 'displayName'), source, doc ->> 'active', wire), ' ' order by id)
        from scim.resource where tenant = '$off->{tenant}' and type <> 'Role'");
}
my $accounts = accounts();
is_problem($off->admin(POST => '/disable', {}), 400, 'accounts: is missing; give what happens to provisioned accounts: they stay as they are, become local (users and groups), or are deactivated.', { accounts => 'is missing; give what happens to provisioned accounts: they stay as they are, become local (users and groups), or are deactivated.' }, 'it must be said what becomes of the accounts');
is_problem($off->admin(POST => '/disable', { accounts => 'delete' }), 400, $ANY, { accounts => 'must be one of: keep|local|deactivate.' }, 'and be one of three');
is($off->request(GET => '/Users')->{status}, 200, 'it is on');
$res = $off->admin(POST => '/disable', { accounts => 'keep' });
is_json([@{ $res->{json} }{qw(enabled users localUsers groups)}], [false, 4, 0, 1], 'keep');
is(accounts(), $accounts, 'all stay as they are');
for (['/Users'], ['/Groups'], ['/Roles'], ['/Users', POST => { schemas => [$USER], userName => 'n' }]) {
    is_error($off->request($_->[1] // 'GET', $_->[0], $_->[2]), 403, undef, 'Provisioning is switched off for this tenant. An administrator can switch it on again.',
        'switched off: ' . ($_->[1] // 'GET') . " $_->[0]");
}
is($off->request(GET => '/ServiceProviderConfig', undef, Authorization => undef)->{status}, 200, 'what it can do is told all the same');
($entry) = @{ $off->admin(GET => '/audit?limit=1')->{json}{items} };
is_json([@$entry{qw(actor action objectType before after)}], ['admin', 'disable', 'Tenant', { enabled => true },
    { enabled => false, accounts => 'keep', accountsChanged => 0 }], 'the audit log');
is_problem($off->admin(POST => '/enable', { expires => '2099-01-01T00:00:00Z' }), 400, qr/may have several tokens/,
    { expires => $ANY }, 'an expiry of no token');
is($off->admin(GET => '')->{json}{enabled}, false, 'which changes nothing');
is($off->admin(POST => '/enable', {})->{json}{enabled}, true, 'on again');
is($off->request(GET => '/Users')->{status}, 200, 'it answers');
is(sql("select actor || action from scim.audit where tenant = '$off->{tenant}' order by id desc limit 1"), 'adminenable', 'the audit log');

$res = $off->admin(POST => '/disable', { accounts => 'deactivate' });
is_json([@{ $res->{json} }{qw(enabled users localUsers groups)}], [false, 4, 0, 1], 'deactivate');
is(accounts(), 'a:scim:false:t b:scim:false:t main:scim:true:t gone:scim:false:t G:scim:t', 'all but who is protected');
is(sql("select string_agg(object_name, ' ' order by object_name) from scim.audit where tenant = '$off->{tenant}' and action = 'update' and object_type = 'User'
    and actor = 'admin' and after ->> 'active' = 'false'"), 'a b', 'each of them is in the audit log');
is($off->admin(POST => '/enable', {})->{status}, 200, 'on again');
is($off->request(GET => '/Users?filter=active%20eq%20false')->{json}{totalResults}, 3, 'they stay deactivated, as the identity provider sees');

$res = $off->admin(POST => '/disable', { accounts => 'local' });
is_json([@{ $res->{json} }{qw(enabled users localUsers groups)}], [false, 1, 3, 0], 'local');
is(accounts(), 'a:local:false:f b:local:false:f main:scim:true:t gone:local:false:f G:local:f', 'users and groups, but who is protected');
is($off->admin(POST => '/enable', {})->{status}, 200, 'on again');
is_json([map { $_->{userName} } @{ $off->request(GET => '/Users')->{json}{Resources} }], ['main'], 'the identity provider does not see them');
is(sql("select count(*) from scim.membership where tenant = '$off->{tenant}'"), 4, 'memberships stay');
my $old = $off->admin(GET => '')->{headers}->header('ETag');
$off->admin(PATCH => '', { displayName => 'Changed' });
is_problem($off->admin(POST => '/disable', { accounts => 'local' }, 'If-Match' => $old), 412, $ANY, undef, 'an old version');
is($off->request(GET => '/Users')->{status}, 200, 'it is on still');

# --- simultaneous requests ----------------------------------------------------------------------------------------------------------

# The statuses of the same request from several administrators at the same time, sorted.
sub at_once {
    my ($n, @request) = @_;
    my @pids = map {
        my $pid = fork // die;
        if (!$pid) {
            $off->{agent} = LWP::UserAgent->new(timeout => 60);
            require POSIX;
            POSIX::_exit($off->admin(@request)->{status} % 256);
        }
        $pid;
    } 1 .. $n;
    my %status = map { ($_ % 256 => $_) } 200, 201, 409, 412;
    return join ' ', sort map { waitpid $_, 0; $status{ $? >> 8 } // $? >> 8 } @pids;
}
$old = $off->admin(GET => '')->{headers}->header('ETag');
is(at_once(4, PATCH => '', { displayName => 'Four' }, 'If-Match' => $old), '200 412 412 412', 'one of four changes of a version is made');
is($off->admin(PATCH => '', { oneToken => true })->{status}, 200, 'one token');
is($off->admin(POST => '/tokens/test/revoke', {})->{status}, 200, 'which is revoked');
is(at_once(4, POST => '/tokens', { name => 'new' }), '201 409 409 409', 'one of four new ones is made');

# --- one token at a time ----------------------------------------------------------------------------------------------------------

my $one = ScimTest->new('admin-one');
my $spare = $one->new_token('spare');
is_problem($one->admin(PATCH => '', { oneToken => true }), 409, 'The tenant has several valid tokens; revoke all but one first.',
    { oneToken => $ANY }, 'one token, where there are two');
is($one->admin(POST => '/tokens/spare/revoke', {})->{status}, 200, 'revoke one');
is($one->admin(PATCH => '/tokens/test', { description => 'Okta', readOnly => true, rate => 1000 })->{status}, 200, 'terms of the other');
is($one->admin(PATCH => '', { oneToken => true })->{json}{oneToken}, true, 'one token');
my $refusal = 'Tenant "' . $one->tenant . '" allows one token at a time, and "test" is valid. Switch provisioning off and on again for a new one, or revoke that token first.';
is_problem($one->admin(POST => '/tokens', { name => 'more' }), 409, $refusal, undef, 'no other one is made');
$res = $one->admin(POST => '/enable', {});
is_json([@{ $res->{json} }{qw(enabled token issued)}], [true, undef, undef], 'enable what is on: no new token');
is($one->request(GET => '/Users')->{status}, 200, 'the token is valid');
is($one->admin(POST => '/disable', { accounts => 'keep' })->{status}, 200, 'off');
is($one->request(GET => '/Users')->{status}, 403, 'the token is known, and refused');
$res = $one->admin(POST => '/enable', {});
like($res->{json}{token}, qr/^scim_$res->{json}{issued}{keyId}\w{49}$/, 'on: a new token');
is_json([@{ $res->{json}{issued} }{qw(name description readOnly rate burst status createdBy)}], ['test', 'Okta', true, 1000, 2000, 'active', 'admin'],
    'with the name and the terms of the old one');
is_error($one->request(GET => '/Users'), 401, undef, undef, 'the old one is refused');
is($one->request(GET => '/Users', undef, Authorization => "Bearer $res->{json}{token}")->{status}, 200, 'the new one is valid');
unlike($one->admin(GET => $_)->{body}, qr/\Q@{[substr $res->{json}{token}, 15, 20]}\E/, "$_ does not show it again") for '', '/tokens', '/audit';
is_json([map { [@$_{qw(name status revokedBy)}] } @{ $one->admin(GET => '/tokens')->{json}{items} }],
    [['test', 'active', undef], ['spare', 'revoked', 'admin'], ['test', 'revoked', 'admin']], 'the old ones are listed, with who revoked them');
is($one->admin(POST => '/disable', { accounts => 'keep' })->{status}, 200, 'off');
my ($out) = run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(tenant enable --expires 12h), $one->tenant);
like($out, qr/^scim_\w{59}$/m, 'scimctl tenant enable prints the new token');
like($out, qr/^This is token "test" \(key id \w{10}\) of tenant "\Q$one->{tenant}\E"\. It expires at /m, 'with a note');
is($one->request(GET => '/Users', undef, Authorization => 'Bearer ' . ($out =~ /^(scim_\w{59})$/m)[0])->{status}, 200, 'which is valid');
is(sql("select expires < now() + interval '12 hours' from scim.token where tenant = '$one->{tenant}' and revoked is null"), 't', '--expires');
$t->admin(POST => "//tenants", { tenant => "$name-one", oneToken => true });
$t->admin(POST => "//tenants/$name-one/disable", { accounts => 'keep' });
$res = $t->admin(POST => "//tenants/$name-one/enable", { expires => '2020-01-01T00:00:00Z' });
is_problem($res, 400, 'The expiry of a token must be in the future; choose a later one.', { expires => 'The expiry of a token must be in the future; choose a later one.' }, 'an end in the past');
is($t->admin(GET => "//tenants/$name-one")->{json}{enabled}, false, 'it is off still');
is($t->admin(POST => "//tenants/$name-one/enable", {})->{json}{issued}{name}, 'provisioning', 'where there was none it has a name of its own');
is_problem($t->admin(POST => "//tenants/$name-one/enable", { expires => '2099-01-01T00:00:00Z' }), 400, qr/is switched on already/, { expires => $ANY },
    'no second one when it is on');

done_testing;
