# A tenant is removed piece by piece, if it is switched off and its name is confirmed. Its audit log stays.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('removal');
my $other = ScimTest->new('removal-other');
my $own = $t->tenant;

# A row in every table.
$other->admin(PATCH => '', { syncPolicy => 'groups' });
for my $tenant ($t, $other) {
    $tenant->admin(POST => '/flags', { flag => 'vip' });
    $tenant->admin(POST => '/subscriptions', { name => 'Web', seats => 5 });
    my ($ann, $ben) = map { $tenant->make(Users => userName => $_, externalId => "x-$_", emails => [{ value => "$_\@x.example" }]) } qw(ann ben);
    my $group = $tenant->make(Groups => displayName => 'Staff', members => [{ value => $ann }]);
    $tenant->admin(POST => '/mappings', { group => 'Staff', subscription => 'Web' });
    $tenant->admin(POST => '/grants', { user => 'ben', subscription => 'Web' });
    $tenant->admin(POST => '/templates', { name => 'All', flags => ['vip'] });
    $tenant->admin(POST => '/links', { user => 'ann', issuer => 'https://idp.example/', subject => 's1' });
    $tenant->admin(POST => '/imports', { file => "userName\nimported\n" });
    $tenant->admin(POST => '/duplicates/dismiss', { users => ['ann', 'ben'] });
    $tenant->admin(POST => '/users/ann/login', {});
    my $name = $tenant->tenant;
    sql("insert into scim.first_login (tenant, user_id) values ('$name', '$ann') on conflict do nothing;
         insert into scim.group_size (tenant, group_id, version, n) values ('$name', '$group', 1, 1);
         insert into scim.application_group (tenant, group_id, kind) values ('$name', '$group', 'profile');
         insert into scim.access_token (tenant, key_id, digest, expires) select tenant, key_id, sha256('x'), now() + interval '1 hour' from scim.token where tenant = '$name';
         insert into scim.hold (tenant, token, token_name, method, path, fingerprint, weight, total, threshold) values ('$name', 'k', 'n', 'PUT', '/x', 'f', 1, 1, 1);
         insert into scim.loss (tenant, weight, users, logins) values ('$name', 1, 1, 0);
         insert into scim.activity (tenant, at, token, token_name, method, path, status, duration)
         select '$name', timestamptz '2020-01-01' + n * interval '1 week', 'k', 'n', 'GET', '/Users', 200, 1 from generate_series(1, 5) n");
}
my @tables = split /\n/, sql("select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = 'scim'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1");
sub rows { my ($tenant) = @_; my %n = map { $_ => 0 + sql("select count(*) from scim.$_ where tenant = '$tenant'") } @tables; return \%n }
my $before = rows($own);
is(join(' ', grep { !$before->{$_} } @tables), '', 'there is something in every table');
# Its requests are recorded a moment later.
eventually(sub { sql("select count(*) from scim.activity where tenant = '@{[$other->tenant]}'") == 8 });
my $untouched = rows($other->tenant);

# --- refusals ----------------------------------------------------------------------------------------------------------------------
sub removes { my ($confirm, %more) = @_; return $t->admin(POST => '/remove', defined $confirm ? { confirm => $confirm } : {}, %more) }
is_problem(removes($own), 409, qq{Provisioning of the tenant "$own" is switched on. Switch it off first, so that its identity provider's requests are refused and nothing is written meanwhile.},
    undef, 'one that is switched on');
is($t->admin(POST => '/disable', { accounts => 'keep' })->{status}, 200, 'switch it off');
is_problem(removes(undef), 400, $ANY, { confirm => 'is missing; give its name again, to confirm.' }, 'without a word');
my $confirm = qq{All data of the tenant "$own" will be erased except its audit log; repeat its name here to confirm that.};
is_problem(removes($other->tenant), 400, "confirm: $confirm", { confirm => $confirm }, 'with another name');
is_problem($t->admin(POST => "//tenants/nobody-here/remove", { confirm => 'nobody-here' }), 404, $ANY, undef, 'one that is not there');
is_problem(removes($own, 'If-Match' => '"old"'), 412, $ANY, undef, 'another version');
is_problem($t->admin(POST => '/remove', { confirm => $own }, ':base' => '/own', ':user' => $own), 403, 'An administrator of only one tenant cannot remove it; ask an operator.', undef,
    "the tenant's own administrator");
is_json(rows($own), { %$before, audit => rows($own)->{audit}, tally => $before->{tally} + 1 }, 'nothing has changed; the tally tells of the switch');
is(sql("select count(*) from scim.audit where tenant = '$own' and action in ('remove', 'erase') and object_type = 'Tenant'"), 0, 'and nothing is noted');
is($t->admin(POST => '/enable', {})->{status}, 200, 'it can be switched on again');
$t->admin(POST => '/disable', { accounts => 'keep' });

# --- in pieces ---------------------------------------------------------------------------------------------------------------------
sql(<<"SQL");
insert into scim.resource (tenant, type, id, doc, user_name_key)
select '$own', 'User', gen_random_uuid(), jsonb_build_object('userName', 'u' || i), 'u' || i from generate_series(1, 12000) i;
insert into scim.activity (tenant, at, token, token_name, method, path, status, duration)
select '$own', timestamptz '2021-01-01' + n * interval '1 hour', 'k', 'n', 'GET', '/Users', 200, 1 from generate_series(1, 11000) n;
insert into scim.access_grant (tenant, user_id, subscription_id, source)
select '$own', r.id, s.id, 'template' from scim.resource r, scim.subscription s where r.tenant = '$own' and r.user_name_key ~ '^u[0-9]' and s.tenant = '$own';
SQL
# One piece only, as after httpd was killed.
my $prepared = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/statements.sql"; <> };
my ($erase) = $prepared =~ /^(prepare tenant_erase as\n.*?;)$/ms;
ok($erase, 'the statement of a piece');
my $piece = sql("$erase begin; set local role scim_manage; set local scim.tenant = '$own'; execute tenant_erase('$own', '{\"rows\": 5000}', 'admin', 'me', '', ''); rollback");
is_json(unjson($piece), { erased => 0, done => false }, 'nothing is erased of a tenant that nobody has removed');
sql("update scim.tenant set removing = now() where tenant = '$own'");
my $full = sql("select count(*) from scim.resource where tenant = '$own'");
$piece = unjson(sql("$erase begin; set local role scim_manage; set local scim.tenant = '$own'; execute tenant_erase('$own', '{\"rows\": 5000}', 'admin', 'me', '', ''); commit"));
is($piece->{done} ? 1 : 0, 0, 'a piece is not all');
is(sql("select count(*) from scim.resource where tenant = '$own'"), $full - 5000, 'but five thousand of each');
is(sql("select count(*) from scim.subscription where tenant = '$own'"), 1, 'what others refer to waits for them');
is_problem($t->admin(POST => '/enable', {}), 409, qq{The tenant "$own" is being removed, which cannot be cancelled; continue its removal.}, undef, 'it is not switched on in the middle');
like($t->admin(GET => '')->{json}{removing}, $TIME, 'it is shown as one that is being removed');
is_json([grep { $_->{kind} eq 'removing' } @{ $t->admin(GET => '/overview')->{json}{attention} }], [{ kind => 'removing', severity => 'warning', count => 1, objectType => 'Tenant', objectId => $own,
    object => $own, at => $TIME, text => 'The tenant is being removed.', fix => $ANY, operation => 'tenant-remove', arguments => {} }], 'which needs attention');
sql("update scim.tenant set removing = null where tenant = '$own'");
# An answer takes three seconds at most.
my ($done, $erased) = (undef, 0);
do {
    $done = removes($own);
    $erased += $done->{json}{erased} // 0;
} while ($done->{status} == 200 && !$done->{json}{done});
is_admin($done, 200, { tenant => $own, done => true, erased => $done->{json}{erased} }, 'all of it');
cmp_ok($erased, '>', 20_000, 'many rows');

# --- the remaining data ------------------------------------------------------------------------------------------------------------
my $left = rows($own);
is(join(' ', grep { $left->{$_} } @tables), 'audit', 'the audit log alone');
is_json(rows($other->tenant), $untouched, 'the other tenant is as it was');
is_error($t->request(GET => '/Users'), 401, undef, undef, 'its token is unknown');
is_problem($t->admin(GET => ''), 404, $ANY, undef, 'it is there no more');
is_problem(removes($own), 404, $ANY, undef, 'nor can it be removed again');
my @entries = grep { $_->{objectType} eq 'Tenant' } @{ $t->admin(GET => '/audit?limit=500')->{json}{items} };
is_json([map { @$_{qw(action actor objectName)} } @entries[0, 1]], ['erase', 'admin', undef, 'remove', 'admin', undef], 'the audit log tells of it');
is_json([@{ $t->admin(GET => "/audit/$entries[1]{id}")->{json}{before} }{qw(tenant localUsers enabled)}], [$own, 0, false], 'with what the tenant was');
is($t->admin(GET => "/audit/$entries[0]{id}")->{json}{action}, 'erase', 'entry by entry');
# The log is searched piece by piece, to its end.
my ($next, @old) = ('');
do { my $page = $t->admin(GET => "/audit?objectType=User&action=create&q=ann$next")->{json}; push @old, @{ $page->{items} }; $next = $page->{next} && "&after=$page->{next}" } while $next;
is($old[0]{objectName}, 'ann', 'and of all that was before');
is_problem($other->admin(GET => '//tenants/never-was/audit'), 404, $ANY, undef, 'of a tenant that never was there is none');
my $taken = qq{There was a tenant "$own", whose audit log is kept under this name; choose another name.};
is_problem($t->admin(POST => '//tenants', { tenant => $own }), 409, $taken, { tenant => $taken }, 'nobody else gets its name, and its audit log with it');

# --- while requests that began earlier change its rows ---------------------------------------------------------------
my $used = ScimTest->new('removal-used');
$used->make(Users => userName => 'ann');
sql("insert into scim.hold (tenant, token, token_name, method, path, fingerprint, weight, total, threshold) values ('@{[$used->tenant]}', 'k', 'n', 'PUT', '/x', 'f', 1, 1, 1)");
is($used->admin(POST => '/disable', { accounts => 'keep' })->{status}, 200, 'another one is switched off');
open my $psql, '-|', 'psql', '-qAtX', map { ('-c', $_) } 'begin', "update scim.token set last_used = now() where tenant = '@{[$used->tenant]}'",
    "update scim.hold set weight = 2 where tenant = '@{[$used->tenant]}'", "update scim.resource set version = 2 where tenant = '@{[$used->tenant]}'",
    'select pg_sleep(2)', 'commit' or die "psql: $!";
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query = 'select pg_sleep(2)' and state = 'active'") }), 'a use of its token is being stored, a hold decided and a user changed');
my $gone = $used->admin(POST => '/remove', { confirm => $used->tenant });
close $psql;
is_admin($gone, 200, { tenant => $used->tenant, done => true, erased => $gone->{json}{erased} }, 'it is removed all the same');
is(join(' ', grep { rows($used->tenant)->{$_} } @tables), 'audit', 'with its token, hold and user');

# --- scimctl -----------------------------------------------------------------------------------------------------------------------
my $third = ScimTest->new('removal-third')->tenant;
scimctl(qw(tenant disable --accounts keep), $third);
is(scimctl(qw(tenant remove), $third, '--confirm', $third, '--json') =~ s/"erased":\s*\d+/"erased":N/r =~ s/\s//gr, qq({"tenant":"$third","done":true,"erased":N}), 'scimctl tenant remove');
like(scimctl(qw(audit list --tenant), $third), qr/remove/, 'scimctl audit list');

done_testing;
