#!/usr/bin/perl
# scimctl against a PostgreSQL of its own: what it prints, its exit codes, and what is stored.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/scimctl.t
use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";
use JSON::PP ();
use POSIX ();
use ScimCluster;
use Test::More;

start_cluster();

# psql in the background; returns when its transaction has its first lock.
sub start_request {
    my ($db, $text) = @_;
    my $pid = fork // die;
    if (!$pid) {
        exec "$bin/psql", '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $db, '-o', '/dev/null', '-c', $text or POSIX::_exit(127);
    }
    my $waits = "select count(*) from pg_stat_activity where datname = '$db' and wait_event = 'PgSleep'";
    for (1 .. 100) {
        last if quietly("$bin/psql", '-XqAt', '-d', $db, '-c', $waits) == 1;
        select undef, undef, undef, 0.05;
    }
    return $pid;
}

my $time  = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/;
my $short = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;
my $user  = (getpwuid $<)[0];

# --- the command line ---------------------------------------------------------------------------------------------

is_run(['--version'], 0, qr/^scimctl \S+\n$/, '');
is_run(['--help'], 0, qr/^Usage: scimctl NOUN VERB .*^  role +list show add set remove\n.*^  --json  /ms, '');
is_run(['token', 'create', '--help'], 0, qr/^Usage: scimctl token add --tenant TENANT --name TEXT/, '');
is_run(['token', '--help'], 0, qr/^Usage: scimctl token VERB .*scimctl token revoke TOKEN --tenant TENANT\n/s, '');
is_run(['group', 'add-members', '--help'], 0, qr/^  --members MEMBER .*; several with commas, or repeated$/m, '');
is_run(['tenant', 'disable', '--help'], 0, <<'END', '');
Usage: scimctl tenant disable TENANT --accounts keep|local|deactivate

switch provisioning off: every request of the tenant is answered 403

  TENANT                   which tenant
  --accounts keep|local|deactivate
                           what happens to provisioned accounts: they stay as they are, become local (users and groups), or are deactivated
  --yes                    do not ask
  --db CONNINFO            database to use (default: libpq's environment)
  --json                   print JSON, for programs
END
is_run([], 2, '', qr/^Usage: scimctl NOUN VERB/);
is_run(['people', 'list'], 2, '', qr/^scimctl: There is no command "people"; there are db, .*, role, .*\. See scimctl --help\.\n$/);
is_run(['role'], 2, '', qq{scimctl: "role" needs one of its verbs: list, show, add, set, remove. See scimctl role --help.\n});
is_run(['role', 'drop', 'a'], 2, '', qq{scimctl: "role" cannot "drop"; its verbs are list, show, add, set, remove. See scimctl role --help.\n});
is_run([$_, 'drop'], 2, '', qq{scimctl: "$_" takes no argument: leave "drop" out. See scimctl $_ --help.\n}) for 'doctor', 'export';
is_run(['role', 'drop', '--help'], 2, '', qr/^scimctl: "role" cannot "drop"/);
is_run(['role', '--help'], 0, qr/^Usage: scimctl role VERB .*^  scimctl role add ROLE --tenant TENANT \[--display-name TEXT\]\n      add a role/ms, '');
is_run(['role', 'add', '--help'], 0, <<'END', '');
Usage: scimctl role add ROLE --tenant TENANT [--display-name TEXT]

add a role of the tenant

  --tenant TENANT          which tenant
  ROLE                     its value; permanent, and unique without case
  --display-name TEXT      its name for people (default: its value)
  --db CONNINFO            database to use (default: libpq's environment)
  --json                   print JSON, for programs
END
is_run([qw(--json --db=x role list)], 2, '', qr/^scimctl: role list needs --tenant; usage: scimctl role list /);
is_run([qw(--db x role list --json)], 2, '', qr/^scimctl: role list needs --tenant; usage: scimctl role list /);
is_run(['openapi'], 0, qr/^\{\n  "openapi": "3\.1\.0",\n.*"operationId": "role-add",.*\}\n$/s, '');
is_run(['openapi', 'now'], 2, '', qr/^scimctl: There is no command "openapi"/);
is_run(['tenant', 'show'], 2, '', "scimctl: tenant show needs TENANT; usage: scimctl tenant show TENANT.\n");
is_run(['tenant', 'show', 'a', 'b'], 2, '', "scimctl: Too many arguments; usage: scimctl tenant show TENANT.\n");
is_run(['tenant', 'show', 'a', '--nosuch'], 2, '', "scimctl: tenant show takes no option --nosuch; usage: scimctl tenant show TENANT.\n");
is_run(['tenant', 'show', 'a', '-x'], 2, '', "scimctl: There is no option -x; options start with two hyphens.\n");
is_run(['tenant', 'list', '--json=1'], 2, '', "scimctl: The option --json takes no value; leave it out.\n");
is_run(['tenant', 'list', '--db'], 2, '', qr/^scimctl: The option --db needs a value; usage: scimctl tenant list /);
is_run(['tenant', 'list', '--json', '--json'], 2, '', "scimctl: The option --json was given twice; give it once.\n");
is_run(['tenant', 'list', '--name', 'x'],
    2, '', qr/^scimctl: tenant list takes no option --name; usage: scimctl tenant list /);
is_run(['token', 'list'], 2, '', qr/^scimctl: token list needs --tenant; usage: scimctl token list --tenant TENANT /);
is_run(['tenant', 'add', 'a', '--display-name', "\xff"], 2, '', qr/^scimctl: Argument 5 is not UTF-8; /);

sub capture_version { return (run('--version'))[1] =~ s/^scimctl (.*)\n$/mod_scim $1/r }
sub sql_in { local $ENV{PGDATABASE} = $_[0]; return sql($_[1]) }

# --- the database -------------------------------------------------------------------------------------------------

is_run(['db', 'status'], 4, '', qr/^scimctl: No connection to the database; .*database "scim" does not exist$/);
quietly("$bin/createdb", 'scim');

my ($software) = capture_version();
my $server = 'PostgreSQL ' . sql_in('postgres', 'show server_version');
my $status = "Version of the database   %d\nVersion of this software  $latest\nState                     %s\n"
    . "Software                  $software\nServer                    $server\n";
is_run(['tenant', 'list'], 3, '', qq{scimctl: The database "scim" is not set up yet; run: scimctl db init\n});
is_run(['db', 'init', '--distributed'], 1, '', qr/^scimctl: The database "scim" does not belong to a Citus cluster with servers for its rows\. Create .*; or leave out --distributed\.$/);
is(sql(q{select count(*) from pg_namespace where nspname = 'scim'}), 0, 'and nothing is made');
is_run(['db', 'upgrade'],  3, '', qq{scimctl: The database "scim" is not set up yet; run: scimctl db init\n});
is_run(['db', 'status'], 3, sprintf($status, 0, 'uninitialised'), '');

# Two at once: one works, the other waits and then finds nothing to do, even if it reads the version between two
# migrations.
my @both = map {
    my $pid = fork // die;
    if (!$pid) {
        select undef, undef, undef, 0.1 if $_ == 2;
        open STDOUT, '>', "$dir/init.$_";
        open STDERR, '>&', \*STDOUT;
        exec @scimctl, 'db', 'init', '--json' or POSIX::_exit(127);
    }
    $pid;
} 1, 2;
for (@both) {
    waitpid $_, 0;
    is $?, 0, 'init, two at once';
}
is sql('select string_agg(number::text, chr(44) order by number) from scim.migration'), join(',', @migrations),
    'each migration is recorded once';
is_run(['db', 'init'],    0, "Version before  $latest\nVersion now     $latest\n", '', 'init again');
is_run(['db', 'upgrade'], 0, "Version before  $latest\nVersion now     $latest\n", '');
is_run(['db', 'status'], 0, sprintf($status, $latest, 'current'), '');
is_deeply run_json('db', 'status'), { current => $latest, latest => $latest, state => 'current', software => $software, server => $server };
is_deeply run_json('db', 'upgrade'), { from => $latest, to => $latest };

is sql(q{select string_agg(rolname || ':' || rolcanlogin, ' ' order by rolname) from pg_roles where rolname like 'scim%'}),
    'scim_app:false scim_manage:false scim_owner:false scim_web:true', 'roles';
is sql(q{select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
         where nspname = 'scim' and relowner <> 'scim_owner'::regrole}), 0, 'scim_owner owns everything';
is sql(q{select has_schema_privilege('scim_web', 'scim', 'create')}), 'f', 'scim_web may not define anything';
is sql(q{select has_database_privilege('scim_web', current_database(), 'create, temporary')}), 'f', 'nor outside it';

# An upgrade of a database with resources in it.
quietly("$bin/createdb", 'old');
is_run(['db', 'init', '--db', 'old'], 0, "Version before  0\nVersion now     $latest\n", '');
sub with_fixtures { quietly("$bin/psql", '-Xq', '-d', $_[0], '-f', "$root/t/lib/fixtures.sql") }
with_fixtures('old');
quietly("$bin/psql", '-Xq', '-d', 'old', '-c', q{insert into scim.tenant (tenant) values ('acme');
    insert into scim.resource (tenant, id, type, last_modified, deleted_at, doc) values
        ('acme', '00000000-0000-7000-8000-000000000001', 'User', '2026-01-02T03:04:05Z', null,
            jsonb_build_object('userName', 'Anna', 'externalId', 'X', 'displayName', 'A', 'name', jsonb_build_object('familyName', repeat('Q', 5000)),
                'emails', jsonb_build_array(jsonb_build_object('value', 'A@x'), jsonb_build_object('type', 'home')),
                'phoneNumbers', jsonb_build_array(jsonb_build_object('value', repeat('7', 5000))))),
        ('acme', '00000000-0000-7000-8000-000000000002', 'User', now(), now(), '{"userName": "B", "emails": [{"value": "b@x"}]}'),
        ('acme', '00000000-0000-7000-8000-000000000003', 'Group', now(), null, '{"displayName": "G"}')});
# A request in progress has read its token, and then reads its tenant and resources.
my $request = start_request('old', 'begin; select from scim.token; select pg_sleep(1.5); select from scim.tenant, scim.resource; commit');
is_run(['db', 'upgrade', '--db', 'old'], 0, "Version before  $latest\nVersion now     $latest\n", '', 'an upgrade with resources');
waitpid $request, 0;
is $?, 0, 'while a request was under way';
sub in_old { my $text = quietly("$bin/psql", '-XqAtF ', '-d', 'old', '-c', $_[0]); chomp $text; return $text; }
is in_old(q{select string_agg(concat_ws(':', right(resource_id::text, 1), attribute, length(key), left(key, 3)), ' ' order by attribute, key)
    from scim.lookup}), '1:1:3:a@x 1:2:256:777', 'what is looked up, cut, of those that are not deleted';
is in_old(q{select concat_ws(' ', user_name_key, external_id, display_name_key, length(family_name_key), left(family_name_key, 1),
    modified_hour at time zone 'UTC') from scim.resource where external_id = 'X'}), 'anna X a 256 q 2026-01-02 03:00:00', 'its columns';
is in_old(q{select concat_ws(' ', coalesce(user_name_key, '-'), former_name_key) from scim.resource where doc ->> 'userName' = 'B'}), '- b',
    'those of a deleted user';
is in_old(q{select group_name_key from scim.resource where type = 'Group'}), 'g', 'and of a group';
is in_old(q{select string_agg(doc ->> 'value', ' ' order by id) from scim.resource where tenant = 'acme' and type = 'Role'}),
    'administrator office-admin user read-only summary-only', 'the tenant has roles';

# The attributes that schema files declare as indexed.
my @schemas = ('--schema-dir', "$root/conf/schemas");
my $both = "Type  Attribute           State\nUser  emails.value        ready\nUser  phoneNumbers.value  ready\n";
my $number = 'urn:example:params:scim:schemas:extension:badge:2.0:User:number';
sub states { my %state = map { ($_->{attribute} => $_->{state}) } @{ run_json(qw(db index --db old), @_) }; return $state{$number} // 'none'; }
is_run([qw(db index --db old), @schemas], 0, $both, '', 'db index: nothing is new');
in_old(q{update scim.resource set doc = doc || '{"urn:example:params:scim:schemas:extension:badge:2.0:User": {"number": "N-1"}}'});
is states(@schemas, "--schema-dir=$root/conf/examples"), 'added', 'an attribute is added';
is in_old(q{select concat_ws(' ', i.schema, i.attribute, i.sub, i.multi_valued, i.fold, i.ready) from scim.indexed i where i.id > 2}),
    'urn:example:params:scim:schemas:extension:badge:2.0:User number f f t', 'it is ready';
is in_old(q{select string_agg(right(resource_id::text, 1) || key, ' ') from scim.lookup where attribute > 2}), '1N-1', 'with its rows';
in_old(q{update scim.resource set doc = jsonb_set(doc, '{urn:example:params:scim:schemas:extension:badge:2.0:User,number}', '"N-2"')});
is in_old(q{select string_agg(right(resource_id::text, 1) || key, ' ') from scim.lookup where attribute > 2}), '1N-2', 'which are kept';
in_old(q{update scim.indexed set ready = false where id > 2; delete from scim.lookup where attribute > 2});
is states(@schemas, "--schema-dir=$root/conf/examples"), 'added', 'what was interrupted is resumed';
is in_old(q{select string_agg(right(resource_id::text, 1) || key, ' ') from scim.lookup where attribute > 2}), '1N-2', 'from the start';
is states(@schemas), 'undeclared', 'without its file it is kept';
is states(@schemas, '--drop'), 'dropped', 'and removed with --drop';
is in_old('select count(*) from scim.indexed where id > 2') . in_old('select count(*) from scim.lookup where attribute > 2'), '00', 'with its rows';
is_run([qw(db index --db old --schema-dir), "$root/t"], 1, '', qr/^scimctl: /, 'db index: a directory that holds no schemas');
is_run([qw(db index --schema-dir)], 2, '', "scimctl: The option --schema-dir needs a value: --schema-dir DIR.\n");
is_run([qw(db status --drop)], 2, '', "scimctl: db status takes no option --drop; usage: scimctl db status.\n");
is_run([qw(db index --help)], 0, qr/^Usage: scimctl db index \[--drop\] \[--schema-dir DIR\]|scimctl db index \[--drop\] \[--schema-dir DIR\]/m, '');

# A second database in the same cluster uses the existing roles.
quietly("$bin/createdb", 'other');
is_run(['db', 'init', '--db', 'other'], 0, "Version before  0\nVersion now     $latest\n", '', 'a second database');
is_run(['tenant', 'add', 'elsewhere', '--db', "dbname=other"], 0, qr/^Tenant +elsewhere$/m, '');

# --- tenants ------------------------------------------------------------------------------------------------------

my $headings = "Tenant  Display name  Enabled  Restore by  Profile  Created  Last request  Health\n";
is_run(['tenant', 'list'], 0, $headings, '');
is_run([qw(--db dbname=other tenant list)], 0, qr/^elsewhere /m, '', 'options before the noun');
is_run([qw(tenant --json list)], 0, "[]\n", '', 'and before the verb');
is_deeply run_json('tenant', 'list'), [];
is_run(
    ['tenant', 'add', 'acme', '--display-name', 'Zoë & Söhne'],
    0, qr/^Tenant +acme\nDisplay name +Zoë & Söhne\nEnabled +yes\nRestore by +externalId\nProfile +lenient\n.*^Created +$short\n/ms, '');
is_run(['tenant', 'add', 'acme'], 1, '', qq{scimctl: There is a tenant "acme" already; choose another name.\n});
is sql('select display_name from scim.tenant'), 'Zoë & Söhne', 'and it is not changed';
for my $bad ('Acme', '-a', '_a', 'a.b', 'a' x 64) {
    is_run(['tenant', 'add', '--', $bad], 2, '', qr/^scimctl: "\Q$bad\E" cannot name a tenant; use 1 to 63 char/);
}
for my $bad ('', "a\n") {
    is_run(['tenant', 'add', '--', $bad], 2, '', qr/^scimctl: The value of --tenant must be 1 to 4096 bytes of text without control characters\.$/);
}
is_run(['tenant', 'add', 'b', '--display-name', "a\e[2J"], 2, '', qr/without control characters\.$/);
is_run(['tenant', 'add', 'b', '--display-name', "a\xe2\x80\xaeb"], 2, '',
    qr/^scimctl: The value of --display-name holds the character U\+202E, which nobody sees or which changes how text is shown; remove it\.$/);
is_run(['tenant', 'add', "\xc2\x9b2J"], 2, '', qr/^scimctl: The value of --tenant must be 1 to 4096 bytes of text without control characters\.$/);
is_run(['tenant', "\e[2J"], 2, '', qr/^scimctl: [^\e]*\\u001b\[2J/);
is_run(['tenant', 'add', 'b', '--display-name='], 2, '', qr/^scimctl: The value of --display-name must be 1 to 200 bytes/);
is_run(['tenant', 'add', 'b', '--sync-policy', 'some'], 2, '', "scimctl: The value of --sync-policy must be one of: manual|all|groups.\n");
is_run(['tenant', 'add', 'a' x 63], 0, qr/^Tenant +a{63}\nDisplay name +-\n/, '');
sql("delete from scim.tenant where tenant <> 'acme'");

my $tenant = run_json('tenant', 'add', 'b-2_c', '--sync-policy', 'groups');
like delete $tenant->{created}, qr/^$time$/, 'created';
my %usual = (tenant => 'b-2_c', displayName => undef, enabled => JSON::PP::true, restore => 'externalId', profile => 'lenient',
    syncPolicy => 'groups');
is_deeply { map { ($_ => $tenant->{$_}) } keys %usual }, \%usual, 'a tenant as JSON';
is_run(
    ['tenant', 'list'], 0,
    qr/^Tenant  Display name  Enabled  Restore by  Profile  Created               Last request  Health
acme    Zoë & Söhne   yes      externalId  lenient  $short  -             no-token
b-2_c   -             yes      externalId  lenient  $short  -             no-token
$/, ''
);
is_deeply [map { $_->{tenant} } @{ run_json('tenant', 'list') }], [qw(acme b-2_c)];

is_run(['tenant', 'disable', 'acme'], 2, '', qr/^scimctl: --accounts is missing; give what happens to provisioned accounts: they stay as they are, become local \(users and groups\), or are deactivated\. Usage: scimctl tenant disable TENANT --accounts keep\|local\|deactivate\.$/);
is_run([qw(tenant disable acme --accounts keep)], 0, qr/^Enabled +no$/m, '');
is sql('select string_agg(tenant || enabled, chr(32) order by tenant) from scim.tenant'), 'acmefalse b-2_ctrue',
    'only the one is switched off';
is run_json('tenant', 'show', 'acme')->{enabled}, JSON::PP::false, 'shown so';
is_deeply [map { exists $_->{baseUrl} ? $_->{baseUrl} : 'missing' } run_json('tenant', 'show', 'acme'), run_json('tenant', 'list')->[0]], [undef, undef],
    'the base URL is null: httpd alone knows it';
is run_json('tenant', 'enable', 'acme')->{enabled}, JSON::PP::true, 'and on again';
is run_json('tenant', 'set', 'acme', '--restore', 'never')->{restore}, 'never';
is_run(['tenant', 'set', 'acme', '--restore', 'email'],
    2, '', "scimctl: The value of --restore must be one of: externalId|userName|never.\n");
is sql("select restore from scim.tenant where tenant = 'acme'"), 'never', 'stored';
is run_json('tenant', 'set', 'acme', '--profile', 'rfc')->{profile}, 'rfc';
is_run(['tenant', 'set', 'acme', '--profile', 'strict'],
    2, '', "scimctl: The value of --profile must be one of: lenient|rfc|interop.\n");
is_run(['tenant', 'set', 'acme'], 2, '', qr/^scimctl: Nothing to change: give at least one of displayName, restore, profile, .* Usage: scimctl tenant set TENANT /);
is sql("select restore || profile from scim.tenant where tenant = 'acme'"), 'neverrfc', 'each leaves the other';
is_run(['tenant', 'set', 'acme', '--profile', 'lenient', '--restore', 'never'], 0, qr/^Profile +lenient$/m, '');
is_deeply [@{ run_json(qw(tenant set acme --one-token --user-name-email=false --display-name none)) }{qw(oneToken userNameEmail displayName)}],
    [JSON::PP::true, JSON::PP::false, undef], 'flags, and what is taken away';
is_run([qw(tenant set acme --one-token=off --display-name), 'Zoë & Söhne'], 0, qr/^One token +no$/m, '');

my $missing = qq{scimctl: There is no tenant "nobody"; create it first or correct the name.\n};
for my $command (
    [qw(tenant show nobody)],           [qw(tenant enable nobody)],
    [qw(tenant disable nobody --accounts keep)],       [qw(tenant set nobody --restore never)],
    [qw(token list --tenant nobody)],   [qw(token create --tenant nobody --name n)],
    [qw(token revoke x --tenant nobody)]
    )
{
    is_run($command, 1, '', $missing);
}

# --- tokens -------------------------------------------------------------------------------------------------------

my @heads = ('Key id', 'Name', 'Status', 'Expires', 'Last used', 'Quiet');
is_run([qw(token list --tenant acme)], 0, join('  ', @heads) . "\n", '');
is_deeply run_json(qw(token list --tenant acme)), [];

my ($code, $secret, $note) = run(qw(token create --tenant acme --name entra), '--description', 'Entra ID, production');
is $code, 0, 'token create';
like $secret, qr/^scim_[0-9A-Za-z]{59}\n$/, 'prints the token alone';
chomp $secret;
my $key = substr $secret, 5, 10;
like $note, qr/^This is token "entra" \(key id $key\) of tenant "acme"\. It expires at $short\.
Copy it now: it will not be shown again\.
$/, 'with a note on standard error';

is sql("select encode(digest, 'hex') = encode(sha256('$secret'), 'hex') from scim.token where key_id = '$key'"), 't',
    'stored as SHA-256 of the whole text';
is sql("select expires - created between interval '30 days' - interval '1 minute' and interval '30 days'
        from scim.token"), 't', 'lives 30 days';
is sql('select created_by from scim.token'), "scimctl:$user", 'created_by';
my $dump = quietly("$bin/pg_dump", 'scim');
like $dump, qr/\t$key\t/, 'a dump of the database shows the key id';
unlike $dump, qr/\Q@{[substr $secret, 15]}\E/, 'and not the secret';

my $second = run_json(qw(token add --tenant acme --name okta --expires 2031-01-31));
like $second->{token}, qr/^scim_(?:$second->{keyId})[0-9A-Za-z]{49}$/, 'token as JSON';
isnt $second->{token}, $secret, 'differs';
like delete $second->{created}, qr/^$time$/, 'created';
delete @$second{qw(token keyId)};
is_deeply $second,
    {
    tenant      => 'acme',
    name        => 'okta',
    description => undef,
    status      => 'active',
    createdBy   => "scimctl:$user",
    expires     => '2031-01-31T00:00:00.000000Z',
    lastUsed    => undef,
    lastAddress => undef,
    revoked     => undef,
    revokedBy   => undef,
    readOnly    => JSON::PP::false,
    addresses   => undef,
    rate        => undef,
    burst       => undef,
    expectEvery => undef,
    usualEvery  => undef,
    quiet       => JSON::PP::false,
    external    => undef,
    userId      => undef,
    userName    => undef,
    external    => undef,
    scope       => 'tenant'
    },
    'the other members';

is_run([qw(token create --tenant acme --name entra)],
    1, '',
    qq{scimctl: Tenant "acme" already has an unrevoked token named "entra"; choose another name or revoke that token first.\n});
is_run([qw(token create --tenant acme --name OKTA)], 1, '', qr/^scimctl: Tenant "acme" already has an unrevoked token named "okta";/, 'in another case');
is_run(['token', 'create', '--tenant', 'acme', '--name', ''], 2, '', qr/^scimctl: The value of --name must be 1 to 200/);
is_run(['token', 'create', '--tenant', 'acme', '--name', "a\tb"], 2, '', qr/without control characters\.$/);

my %spans = ('12h' => '12 hours', '90d' => '90 days', '3653d' => '3653 days');
for my $span (sort keys %spans) {
    run_json(qw(token create --tenant b-2_c --name), $span, '--expires', $span);
    is sql("select expires - created between interval '$spans{$span}' - interval '1 minute' and interval '$spans{$span}'
            from scim.token where name = '$span'"), 't', "--expires $span";
}
is run_json(qw(token create --tenant b-2_c --name exact --expires 2030-06-01T12:00:00+02:00))->{expires},
    '2030-06-01T10:00:00.000000Z', '--expires with a zone';
my $form = 'is not a duration or date; write 90d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z.';
my %refused = (
    '2020-01-01' => 'The expiry of a token must be in the future; choose a later one.',
    '0d'         => 'The expiry of a token must be in the future; choose a later one.',
    '3654d'      => 'The expiry of a token must be at most 3653 days (10 years) from now; choose an earlier one.',
    '2099-01-01' => 'The expiry of a token must be at most 3653 days (10 years) from now; choose an earlier one.',
    map { ($_ => "The value of --expires $form") } 'never', '', '30', 'd', '-1d', '1.5d', '99999999d', '30days', '2027-02-30',
    '2027-1-1', '31.1.2027'
);
for my $text (sort keys %refused) {
    is_run([qw(token create --tenant acme --name x), "--expires=$text"],
        2, '', "scimctl: $refused{$text}\n", "--expires '$text'");
}
is sql("select count(*) from scim.token where tenant = 'acme'"), 2, 'nothing of that was stored';

is sql("select string_agg(name, ' ' order by name) from scim.token where tenant = 'b-2_c'"), '12h 3653d 90d exact', 'four';
is_deeply +{ map { ($_->{name} => $_->{status}) } @{ run_json(qw(token list --tenant b-2_c)) } },
    { '12h' => 'expiring', '90d' => 'active', '3653d' => 'active', 'exact' => 'active' }, 'status';
sql("update scim.token set expires = now() where name = '90d'");
is_deeply [map { [@$_{qw(name status)}] } @{ run_json(qw(token list --tenant b-2_c)) }],
    [['exact', 'active'], ['90d', 'expired'], ['3653d', 'active'], ['12h', 'expiring']], 'newest first, one expired';

# The tokens of all tenants
my @tenants = map { $_->{tenant} } @{ run_json(qw(tenant list)) };
is_deeply [map { "$_->{tenant} $_->{name}" } @{ run_json(qw(token list --all-tenants)) }],
    [map { my $t = $_; map { "$t $_->{name}" } @{ run_json(qw(token list --tenant), $t) } } @tenants], 'the tokens of all tenants';
is_deeply [map { "$_->{tenant} $_->{name}" } @{ run_json(qw(token list --all-tenants --expiring)) }], ['b-2_c 12h'], 'those that end soon';
is_run([qw(token list --all-tenants --expiring)], 0, qr/^Tenant +Key id +Name .*\nb-2_c +\w{10} +12h +expiring [^\n]*\n$/s, '', 'for people');
is_deeply [map { $_->{name} } @{ run_json(qw(token list --expiring --tenant b-2_c)) }], ['12h'], '--expiring of one tenant';
is_run([qw(token list --all-tenants --expiring --csv)], 0, qr/^tenant,keyId,name,[^\n]*\n"b-2_c","\w{10}","12h",[^\n]*\n$/, '', 'as CSV');
is_run([qw(token list --all-tenants --expiring --jsonl)], 0, qr/^\{[^\n]*"name":"12h"[^\n]*"tenant":"b-2_c"[^\n]*\}\n$/, '', 'as JSON, one a line');
is_run([qw(access review --tenant acme --at 2001-01-01 --csv)], 2, '', qr/^scimctl: at: The audit log begins at /, 'a list that is refused has no head');
is_run([qw(token list --all-tenants --tenant acme)], 2, '', "scimctl: --all-tenants and --tenant were both given; choose one.\n");
is_run([qw(token list --all-tenants --limit 3)], 2, '', "scimctl: --all-tenants and --limit were both given; choose one.\n");
is_run([qw(tenant list --all-tenants)], 2, '', qr/^scimctl: tenant list takes no option --all-tenants; usage: scimctl tenant list /);
is_run([qw(token show x --all-tenants)], 2, '', qr/^scimctl: token show takes no option --all-tenants; usage: scimctl token show /);
is_deeply [map { "$_->{tenant} $_->{role}" } @{ run_json(qw(role list --all-tenants --q office)) }], [map { "$_ office-admin" } @tenants], 'roles of all tenants';

my $revoked = run_json('token', 'revoke', '--tenant', 'acme', $key);
is_deeply [@$revoked{qw(name status revokedBy)}], ['entra', 'revoked', "scimctl:$user"], 'revoked by key id';
my $when = $revoked->{revoked};
like $when, qr/^$time$/, 'when';
is_deeply run_json('token', 'revoke', '--tenant', 'acme', $key), $revoked, 'again by key id: nothing changes';
is_deeply run_json('token', 'revoke', '--tenant', 'acme', 'entra'), $revoked, 'again by name: nothing changes';
my $third = run_json(qw(token create --tenant acme --name entra));
isnt $third->{keyId}, $key, 'the name is free again';
is run_json('token', 'revoke', '--tenant', 'acme', 'entra')->{keyId}, $third->{keyId}, 'by name: the unrevoked one';
is sql("select count(*) from scim.token where tenant = 'acme' and revoked is null"), 1, 'the other token is not touched';
is run_json(qw(token revoke --tenant acme --name entra))->{keyId}, $third->{keyId}, 'the name as an option';
is_run([qw(token set --tenant acme entra --name other)], 2, '', "scimctl: A token keeps its name; make another one of that name and revoke this one.\n");
is_run(
    [qw(token revoke --tenant acme entra --name entra)],
    2, '',
    "scimctl: --token and --name were both given; choose one.\n",
    'but not twice'
);
is_run([qw(token revoke --tenant acme 12h)],
    1, '', qq{scimctl: Tenant "acme" has no token with the key id or name "12h"; its list of tokens shows both.\n},
    "another tenant's token");
is sql("select revoked is null from scim.token where name = '12h'"), 't', 'stays';
sql("delete from scim.token where key_id = '$third->{keyId}'");
is_run(
    [qw(token list --tenant acme)], 0,
    qr/^Key id      Name   Status   Expires               Last used  Quiet
\w{10}  okta   active   2031-01-31T00:00:00Z  -          no
$key  entra  revoked  $short  -          no
$/, ''
);
my $by = "scimctl:$user";
is_run(
    [qw(token list --tenant acme --columns), 'key-id,created,created-by,last-address,revoked,revoked-by,read-only,addresses,rate,burst,user-name,external,scope,description'], 0,
    qr/^Key id      created               createdBy +lastAddress  revoked               revokedBy +readOnly  addresses  rate  burst  userName  external  scope   description
\w{10}  $short  \Q$by\E  -            -                     - +no        -          -     -      -         -         tenant  -
$key  $short  \Q$by\E  -            $short  \Q$by\E  no        -          -     -      -         -         tenant  Entra ID, production
$/, ''
);
unlike join('', map { (run(@$_))[1] } [qw(token list --tenant acme)], [qw(token list --tenant acme --json)]),
    qr/scim_|\Q@{[substr $secret, 15, 20]}\E/, 'no list shows a secret';

# The rights of a token.
with_fixtures('scim');
my ($jane, $gone) = map { sprintf '0192f000-0000-7000-8000-00000000000%d', $_ } 1, 2;
sql("insert into scim.resource (tenant, id, type, doc) values
    ('acme', '$jane', 'User', '{\"userName\":\"Jane\"}'), ('b-2_c', '$gone', 'User', '{\"userName\":\"other\"}')");
my @terms = qw(readOnly addresses rate burst userId userName);
sub terms { return [@{ $_[0] }{@terms}] }
my ($yes, $no) = (JSON::PP::true, JSON::PP::false);
my $bound = run_json(qw(token create --tenant acme --name bound --read-only --address 192.0.2.0/24 --address=2001:DB8::/32
    --address 10.0.0.7 --rate 5/s --user jane));
is_deeply terms($bound), [$yes, ['192.0.2.0/24', '2001:db8::/32', '10.0.0.7/32'], 5, 10, $jane, 'Jane'], 'all terms';
is sql("select read_only, addresses, rate, burst, user_id from scim.token where name = 'bound'"),
    "t|{192.0.2.0/24,2001:db8::/32,10.0.0.7/32}|5|10|$jane", 'as stored';
is_run([qw(token list --tenant acme --columns), 'name,status,read-only,addresses,rate,burst,quiet,user-name,external,scope,description'], 0,
    qr{^bound  active .*  yes       192\.0\.2\.0/24, 2001:db8::/32, 10\.0\.0\.7/32  5     10     no     Jane +-         me +-$}m, '', 'for people');
my $free = run_json(qw(token create --tenant acme --name free --rate 7 --burst 3), '--user', uc $jane);
is_deeply terms($free), [$no, undef, 7, 3, $jane, 'Jane'], 'some terms';

my $rates = 'The value of --rate must be a whole number from 1 to 100000.';
my $bursts = 'The value of --burst must be a whole number from 1 to 1000000.';
my $blocks = 'is neither an address nor a network; write 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32.';
for my $case (
    [['--rate', ''], $rates], [['--rate', 0], $rates], [['--rate', -1], $rates], [['--rate', '5/m'], $rates],
    [['--rate', 100001], $rates], [['--rate', '1.5'], $rates], [['--rate', '99999999999'], $rates],
    [['--rate', 5, '--burst', 0], $bursts], [['--rate', 5, '--burst', '5/s'], $bursts], [['--rate', 5, '--burst', 1000001], $bursts],
    [['--burst', 5], 'burst needs a rate; give rate, too.'],
    [['--rate', 'none', '--burst', 5], 'burst needs a rate; give rate, too.'],
    [['--address', 'example.org'], qq{"example.org" $blocks}], [['--address', ''], 'The list of addresses is empty. Name one address or block at least, or leave it out to allow any.'],
    [['--address', '192.0.2.0/24', '--address', '10.0.0.0/33'], qq{"10.0.0.0/33" $blocks}],
    [['--address', '192.0.2.7/24'], '"192.0.2.7/24" has bits beyond its prefix; its network is 192.0.2.0/24.'],
    [['--address', '::ffff:192.0.2.7'], '"::ffff:192.0.2.7" is an IPv4 address in the form of IPv6; write it as 192.0.2.7.'])
{
    is_run([qw(token create --tenant acme --name refused), @{ $case->[0] }], 2, '', "scimctl: $case->[1]\n", "@{ $case->[0] }");
    is_run([qw(token set --tenant acme bound), @{ $case->[0] }], 2, '', "scimctl: $case->[1]\n", "set @{ $case->[0] }");
}
for my $user ('nobody', 'other', $gone) {
    is_run([@$_, '--user', $user], 1, '', qq{scimctl: Tenant "acme" has no user with the id or userName "$user".\n}, "--user $user")
        for [qw(token create --tenant acme --name refused)], [qw(token set --tenant acme bound)];
}
is sql("select count(*) from scim.token where name = 'refused'"), 0, 'nothing of that was stored';
is_deeply terms((grep { $_->{name} eq 'bound' } @{ run_json(qw(token list --tenant acme)) })[0]), terms($bound), 'nor changed';

is_deeply terms(run_json(qw(token set --tenant acme bound --read-write))),
    [$no, ['192.0.2.0/24', '2001:db8::/32', '10.0.0.7/32'], 5, 10, $jane, 'Jane'], 'set --read-write, and nothing else';
is_deeply terms(run_json(qw(token set --tenant acme --address any --name bound))), [$no, undef, 5, 10, $jane, 'Jane'], 'set --address any';
is_deeply terms(run_json(qw(token set --tenant acme bound --rate 50/s --burst 60))), [$no, undef, 50, 60, $jane, 'Jane'], 'set --rate';
is_deeply terms(run_json('token', 'set', '--tenant', 'acme', $bound->{keyId}, qw(--no-user --rate none))),
    [$no, undef, undef, undef, undef, undef], 'set --no-user --rate none, by key id';
is_deeply terms(run_json(qw(token set --tenant acme bound --read-only --user Jane --address 192.0.2.1))),
    [$yes, ['192.0.2.1/32'], undef, undef, $jane, 'Jane'], 'set --read-only --user --address';
is_run([qw(token set --tenant acme bound)], 2, '',
    qr/^scimctl: Nothing to change: give at least one of description, readOnly, addresses, rate, burst, expectEvery, user, scope\. Usage: /);
is_run([qw(token set --tenant acme bound --read-only --read-write)], 2, '', qr/^scimctl: --read-only and --read-write were both given; /);
is_run([qw(token set --tenant acme bound --user Jane --no-user)], 2, '', qr/^scimctl: --user and --no-user were both given; /);
is_run([qw(token set --tenant acme entra --read-only)], 1, '', qq{scimctl: The token "entra" was revoked; add a new one instead.\n});
for my $command ([qw(token set --tenant acme nothing --read-only)],
    [qw(token set --tenant b-2_c bound --read-only)])
{
    is_run($command, 1, '', qr/^scimctl: Tenant "\S+" has no token with the key id or name "\S+"; its list/, "@$command");
}
is_run([qw(token set --tenant nobody bound --read-only)], 1, '', qr/^scimctl: There is no tenant "nobody"/);
is sql("select count(*) from scim.token where read_only"), 1, 'nothing of that was changed';

# --- lists --------------------------------------------------------------------------------------------------------

is_run([qw(role list --tenant acme --columns built-in,role)], 0, qr/^Built in +Role\nyes +administrator\nyes +office-admin\n/, '', 'columns, in their order');
is_run([qw(doctor --nosuch)], 2, '', "scimctl: Unknown option --nosuch; scimctl --help lists those of all commands.\n");
is_run([qw(role list --tenant acme --limit 1 --columns id)], 0, qr/^id *\n[0-9a-f-]{36}\n$/, qr/^There is more/, 'also one that the table does not have by itself');
is_run([qw(role list --tenant acme --csv --columns), 'role, displayName'], 0, qr/^role,displayName\r\n"?administrator"?,"?Administrator"?\r\n/, '', 'and of CSV');
is_run([qw(role list --tenant acme --columns role,name)], 2, '', qr/^scimctl: role list has no column "name"; it has role, displayName, /);
is_run([qw(role list --tenant acme --columns)], 2, '', qr/^scimctl: The option --columns needs a value; /);
is_run([qw(role list --tenant acme --json --columns role)], 2, '', "scimctl: --columns is for tables and CSV; leave it out with JSON.\n");
is_run([qw(role show --tenant acme user --columns role)], 2, '', qr/^scimctl: role show takes no option --columns; /);
is_run([qw(user list --tenant acme --order down)], 2, '', qr/^scimctl: The value of --order must be one of: ascending\|descending\.$/);

run_json(qw(flag add --tenant acme), $_) for 'Sales, EMEA', 'AI', '[Test]';
sub flags { return run_json(qw(user set Jane --tenant acme), @_)->{flags} }
is_deeply flags('--flags', 'AI,[Test]'), ['[Test]', 'AI'], 'several with commas';
is_deeply flags('--flags', 'AI', '--flags', '[Test]'), ['[Test]', 'AI'], 'or repeated';
is_deeply flags('--flags', '["Sales, EMEA"]'), ['Sales, EMEA'], 'one with a comma in it, as JSON';
is_deeply flags('--flags', '["Sales, EMEA", "AI"]', '--flags=[Test]'), ['[Test]', 'AI', 'Sales, EMEA'], 'beside others';
is_deeply flags('--flags', '[]'), [], 'an empty list';
is_run([qw(user set Jane --tenant acme --flags), '["AI", 7]'], 2, '', qr/^scimctl: The value of --flags each of the list must be a text\.$/);
is_run([qw(user set Jane --tenant acme --flags), '["AI"],"x":["AI"'], 2, '', qr/^scimctl: There is no flag /);

# --- rights -------------------------------------------------------------------------------------------------------

sql('create role helper login; create role hand login in role scim_owner');
{
    local $ENV{PGUSER} = 'helper';
    my $lacks = qr/^scimctl: The database user "helper" must be a member of scim_owner; .*: grant scim_owner to "helper" /;
    is_run($_, 1, '', qr/$lacks\(.*permission denied/) for ['tenant', 'list'], ['db', 'status'], ['db', 'upgrade'];
    local $ENV{PGUSER} = 'scim_web';
    is_run(['tenant', 'add', 'c'], 1, '', qr/^scimctl: The database user "scim_web" must be a member of scim_owner; /);
    local $ENV{PGUSER} = 'hand';
    is_deeply [map { $_->{tenant} } @{ run_json('tenant', 'list') }], [qw(acme b-2_c)], 'a member of scim_owner may';
}

# A superuser is not needed: a role that may create roles, and owns the database, can set it up.
sql('create role keeper login createrole');
quietly("$bin/createdb", '-O', 'keeper', 'kept');
{
    local @ENV{qw(PGUSER PGDATABASE)} = qw(keeper kept);
    is_deeply run_json('db', 'init'), { from => 0, to => $latest }, 'init without a superuser';
    is run_json('tenant', 'add', 'acme')->{tenant}, 'acme', 'and a tenant';
    is run_json('db', 'status')->{state}, 'current', 'and status';
}

# --- versions and outages -----------------------------------------------------------------------------------------

my $newer = $latest + 1;
sql("insert into scim.migration (number, name) values ($newer, 'future')");
is_run(['db', 'status'], 3, sprintf($status, $newer, 'newer'), '', 'a newer database');
for my $command ([qw(db init)], [qw(db upgrade)], [qw(tenant list)], [qw(token create --tenant acme --name n)]) {
    is_run($command, 3, '', qr/^scimctl: The database is at version $newer, which this software \(version $latest\) does not know; /);
}
sql("delete from scim.migration where number = $newer");

is_run(['tenant', 'list', '--db', "host=$dir/none"], 4, '', qr/^scimctl: No connection to the database; check --db, PGHOST and PGDATABASE: [^\\]*No such file or directory Is the server running locally[^\\]*\?\n$/);
stop_server();
is_run(['tenant', 'list'], 4, '', qr/^scimctl: No connection to the database; /, 'PostgreSQL is stopped');

SKIP: {
    open my $full, '>', '/dev/full' or skip 'there is no /dev/full', 1;
    my $pid = fork // die;
    if (!$pid) {
        open STDOUT, '>&', $full;
        open STDERR, '>', '/dev/null';
        exec @scimctl, '--help' or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    is $? >> 8, 1, 'output that cannot be written is a failure';
}

done_testing();
