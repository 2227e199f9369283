#!/usr/bin/perl
# A database of the version before administration (6), with everything in it that it may hold, is brought to this version:
# forward, twice, by whom, and cut off in the middle; and one of the version before the guard added up for itself (15). What the endpoint then answers is told by t/http/upgrade.t.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/upgrade.t
use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";
use JSON::PP ();
use POSIX ();
use ScimCluster;
use Test::More;

start_cluster();

my $before = 6;

sub make_version {
    my ($version, $db) = @_;
    quietly("$bin/createdb", $db);
    for my $file (map { glob sprintf '%s/sql/%04d-*.sql', $root, $_ } 1 .. $version) {
        my ($name, $number) = $file =~ m{/((\d{4})-[^/]+)\.sql$};
        quietly("$bin/psql", '-Xq1', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $db, '-f', $file, '-c',
            "insert into scim.migration (number, name) values ($number, '$name')");
    }
    $ENV{PGDATABASE} = $db;
    return;
}

sub make_old {
    my ($db) = @_;
    make_version($before, $db);
    quietly("$bin/psql", '-Xq1', '-v', 'ON_ERROR_STOP=1', '-d', $db, '-o', '/dev/null', '-f', "$root/t/lib/version6.sql");
    return;
}

# All rows of the tables of version 6, in the columns of version 6.
my @tables = qw(tenant token resource membership lookup indexed secret);
my %columns;

sub columns { return sql("select string_agg(format('%I', attname), ', ' order by attnum) from pg_attribute
    where attrelid = 'scim.$_[0]'::regclass and attnum > 0 and not attisdropped") }

sub rows {
    my ($table) = @_;
    $columns{$table} //= columns($table);
    return sql("select string_agg(to_jsonb(x)::text, chr(10) order by to_jsonb(x)::text) from (select $columns{$table} from scim.$table) x");
}

sub state_of_old { return join "\n", map {"$_:\n" . rows($_)} @tables }

# All that there is, in words.
sub dump_all {
    my $text = quietly("$bin/pg_dump", $ENV{PGDATABASE});
    $text =~ s/^\\(?:un)?restrict .*\n//mg;
    return $text;
}

my $versions = sub { "Version before  $_[0]\nVersion now     $_[1]\n" };

# --- forward, twice -------------------------------------------------------------------------------------------------------

make_old('forward');
is_run(['db', 'status'], 3, qr/^Version of the database +$before\n.*^State +outdated$/ms, '', 'a database of the version before');
my %old = map { $_ => rows($_) } @tables;
is_run(['db', 'upgrade'], 0, $versions->($before, $latest), '', 'forward');
is rows($_), $old{$_}, "nothing of $_ is lost, and nothing has changed" for @tables;
is_run(['db', 'status'], 0, qr/^State +current$/m, '', 'it is current');

my $after = dump_all();
is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'and again');
ok dump_all() eq $after, 'which changes nothing at all';
is sql('select string_agg(number::text, chr(44) order by number) from scim.migration'), join(',', @migrations),
    'each migration is recorded once';

# --- what there is now ----------------------------------------------------------------------------------------------------

is sql("select count(*) from scim.resource where source <> 'scim' or wire <> (deleted_at is null)"), 0,
    'all came from the identity provider, and what is not deleted is on the wire';
is sql("select string_agg(concat_ws(':', doc ->> 'userName', coalesce(role, '-')), ' ' order by id)
    from scim.resource where tenant = 'acme' and type = 'User'"),
    'Anna:- bert:administrator cleo:- dora:Auditor emil:- fred:read-only gina:-', 'roles that there are count, others do not';
is sql("select count(*) from scim.resource where flags is not null or protected is not null"), 0, 'nobody is protected';
is sql("select string_agg(concat_ws(':', tenant, default_role, role_wins, user_name_email, derive_display_name), ' ' order by tenant)
    from scim.tenant"), join(' ', map {"$_:user:sync:f:f"} qw(acme empty off)), 'tenants have the usual settings';
is sql("select string_agg(concat_ws(':', t.tenant, t.type, t.n), ' ' order by t.tenant, t.type)
    from (select tenant, type, sum(n) as n from scim.tally group by tenant, type) t"),
    sql("select string_agg(concat_ws(':', t.tenant, t.type, t.n), ' ' order by t.tenant, t.type)
    from (select tenant, type, count(*) as n from scim.resource where wire group by tenant, type) t"), 'the tally is exact';
is sql("select string_agg(concat_ws(':', right(resource_id::text, 1), attribute, key), ' ' order by attribute, key) from scim.lookup"),
    '1:1:anna@example.com 1:2:+1 1:3:N-1', 'declared indexes are kept';
is sql('select count(*) from scim.audit'), 0, 'the audit log begins';
is sql("select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'scim' and not rowsecurity"),
    'indexed migration secret', 'every table of tenants is behind the wall';
# PostgreSQL refuses to add a column with a default to a table whose row type a function with a parsed body takes.
is sql(q{select string_agg(p.oid::regprocedure::text, ' ') from pg_proc p
          where p.pronamespace = 'scim'::regnamespace and p.prosqlbody is not null
            and exists (select from pg_depend d join pg_type t on t.oid = d.refobjid and t.typrelid <> 0
                         where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_type'::regclass)}), '',
    'no function stands in the way of later migrations';
is sql(q{select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
         where nspname like 'scim%' and relowner <> 'scim_owner'::regrole}), 0, 'scim_owner owns everything';

# Whoever has a role that is none is changed otherwise, and keeps what was sent.
sub by_token { return capture("$bin/psql", '-XqAt', '-U', 'scim_web', '-c', "begin; select set_config('scim.tenant', 'acme', true),
    set_config('scim.actor_kind', 'token', true), set_config('scim.actor', 'entra', true)", '-c', $_[0], '-c', 'commit') }
my ($code, $out, $err) = by_token(q{update scim.resource set doc = doc || '{"active": false}' where doc ->> 'userName' = 'cleo'});
is $code . $err, '0', 'an unknown role does not keep a user from being deactivated';
is sql(q{select concat_ws(' ', doc ->> 'active', doc -> 'roles' -> 0 ->> 'value', coalesce(role, '-')) from scim.resource
    where doc ->> 'userName' = 'cleo'}), 'false Editor -', 'as it is stored';
(undef, undef, $err) = by_token(q{update scim.resource set doc = jsonb_set(doc, '{roles,0,value}', '"Writer"') where doc ->> 'userName' = 'cleo'});
like $err, qr/ERROR:  Role not found: Writer$/m, 'another unknown one is refused';

is((run_json(qw(tenant show off)))->{enabled}, JSON::PP::false, 'scimctl works with it');
is_deeply [map {"$_->{name} $_->{status}"} sort { $a->{keyId} cmp $b->{keyId} } @{ run_json(qw(token list --tenant acme)) }],
    ['entra active', 'entra revoked', 'old expired', 'narrow active'], 'and with its tokens';

# --- a guard that is on ------------------------------------------------------------------------------------------------------

make_version(15, 'guarded');
sql("insert into scim.tenant (tenant, guard_limit) values ('acme', 3), ('free', null)");
sql("insert into scim.audit (tenant, at, actor_kind, actor, action, object_type, weight)
     select tenant, now() - age::interval, kind, 'someone', 'update', type, weight
       from (values ('acme', '2 hours', 'token', 'User', 1), ('acme', '10 minutes', 'token', 'Group', 4), ('acme', '5 minutes', 'token', 'User', 1),
                    ('acme', '5 minutes', 'token', 'User', 0), ('acme', '1 minute', 'admin', 'User', 1), ('free', '1 minute', 'token', 'User', 1)
            ) x (tenant, age, kind, type, weight)");
is_run(['db', 'upgrade'], 0, $versions->(15, $latest), '', 'a database with a guard');
is sql("select string_agg(concat_ws(' ', tenant, weight, users), ', ' order by weight) from scim.loss"), 'acme 1 1, acme 4 0',
    'which goes on with what the last hour took';

# --- cut off in the middle --------------------------------------------------------------------------------------------------

# Runs the upgrade until it waits for a table that somebody holds; calls $blow; returns the exit code and the message.
sub cut_off {
    my ($blow) = @_;
    my $holder = fork // die;
    if (!$holder) {
        open STDERR, '>', '/dev/null';
        exec "$bin/psql", '-Xq', '-o', '/dev/null', '-c', 'begin; lock table scim.tally in access share mode; select pg_sleep(60)'
            or POSIX::_exit(127);
    }
    wait_for("select 1 from pg_locks where relation = 'scim.tally'::regclass and granted");
    my $upgrade = fork // die;
    if (!$upgrade) {
        open STDOUT, '>', "$dir/cut";
        open STDERR, '>&', \*STDOUT;
        exec @scimctl, 'db', 'upgrade' or POSIX::_exit(127);
    }
    wait_for("select 1 from pg_locks where relation = 'scim.tally'::regclass and not granted");
    $blow->();
    waitpid $upgrade, 0;
    my $code = $? >> 8;
    kill 'TERM', $holder;
    waitpid $holder, 0;
    open my $in, '<', "$dir/cut" or die;
    local $/;
    return ($code, scalar <$in>);
}

sub wait_for {
    for (1 .. 200) {
        return if sql($_[0]) =~ /^1/;
        select undef, undef, undef, 0.05;
    }
    BAIL_OUT("$_[0]: not so after a while");
}

my $waiting = "select pid from pg_locks where relation = 'scim.tally'::regclass and not granted limit 1";
my %blows = (
    'its backend is ended' => sub { sql("select pg_terminate_backend(($waiting))") },
    'the server crashes'   => sub { stop_server('QUIT'); start_server() },
);
for my $name (sort keys %blows) {
    make_old($name =~ tr/ /_/r);
    my $state = state_of_old();
    my ($code, $message) = cut_off($blows{$name});
    is $code, 4, "$name: exit code";
    like $message, qr/^scimctl: The connection to the database was lost\. /m, "$name: message";
    is sql('select max(number) from scim.migration'), $before, "$name: the version is that of before";
    is state_of_old(), $state, "$name: nothing has changed";
    is sql("select count(*) from pg_class where relnamespace = 'scim'::regnamespace and relname = 'audit'"), 0, "$name: nothing is there by half";
    is_run(['db', 'upgrade'], 0, $versions->($before, $latest), '', "$name: the next upgrade does it all");
    is state_of_old(), $state, "$name: and loses nothing";
}

# --- by whom ------------------------------------------------------------------------------------------------------------------

# On a cluster that has seen no version with these roles: nobody but who may make roles makes them.
my @databases = split /\n/, sql("select datname from pg_database where not datistemplate and datname <> 'postgres'");
$ENV{PGDATABASE} = 'postgres';
quietly("$bin/dropdb", $_) for @databases;
my @roles = split /\n/, sql(q{select rolname from pg_roles where rolname like 'scim\_%' and rolname not in ('scim_owner', 'scim_web')});
sql("drop role $_") for @roles;
make_old('handed');
sql('create role alice login; grant scim_owner to alice');
my $state = state_of_old();
{
    local $ENV{PGUSER} = 'alice';
    is_run(['db', 'upgrade'], 1, '', qr/^scimctl: The database could not apply migration 0007.* "alice" may not make roles.*HINT: +Upgrade as a superuser, or .*create role scim_app nologin/s,
        'an administrator who may not make roles is told so');
}
is state_of_old(), $state, 'and nothing has changed';
is sql('select max(number) from scim.migration'), $before, 'nor the version';
is_run(['db', 'upgrade'], 0, $versions->($before, $latest), '', 'a superuser may');
is state_of_old(), $state, 'and nothing is lost';

# Where the roles are there, as a superuser has made them, the owner's rights do.
make_old('prepared');
sql('grant create on database prepared to alice');
$state = state_of_old();
{
    local $ENV{PGUSER} = 'alice';
    is_run(['db', 'upgrade'], 0, $versions->($before, $latest), qr/^(WARNING|$)/, 'where the roles are there, an administrator may');
}
is state_of_old(), $state, 'and nothing is lost';

done_testing;
