#!/usr/bin/perl
# scimctl db upgrade: with old or damaged views and functions, with a future migration, by different roles, with other roles' objects in the
# way, and interrupted. t/http/upgrade.t tests what the endpoint then answers.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/upgrade.t
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use FindBin ();
use lib "$FindBin::Bin/../lib";
use POSIX ();
use ScimCluster;
use Test::More;

start_cluster();

my $versions = sub { "Version before  $_[0]\nVersion now     $_[1]\n" };
my $status   = sub { qr/^Version of the database +$_[0]\nVersion of this software +$latest\nState +$_[1]\nSoftware +mod_scim \S+\nServer +PostgreSQL \d.*\n$/ };

# A database with all kinds of data of administrators and clients.
sub make {
    my ($db) = @_;
    quietly("$bin/createdb", $db);
    $ENV{PGDATABASE} = $db;
    is_run(['db', 'init'], 0, $versions->(0, $latest), '', "$db: init");
    run_json(qw(tenant add), $_) for qw(acme other);
    run_json(qw(flag add vip --tenant acme));
    run_json(qw(role add auditor --tenant acme));
    run_json(qw(subscription add Office --tenant acme --seats 1));
    run_json(qw(token create --tenant acme --name entra));
    run_json(qw(user add --tenant acme --user-name), $_, '--email', "$_\@example.com") for qw(anna bert);
    run_json(qw(group add Staff --tenant acme));
    run_json(qw(group add-members Staff --members anna --tenant acme));
    run_json(qw(grant add --tenant acme --user anna --subscription Office));
    return;
}

# The whole database as text, without the time at which the code was replaced, and without sequences, which may be ahead
# after a crash.
sub state_of {
    my $text = quietly("$bin/pg_dump", $ENV{PGDATABASE});
    $text =~ s/^\\(?:un)?restrict .*\n//mg;
    $text =~ s/^(COPY scim\.code .*\n).*\n/$1/m;
    $text =~ s/^SELECT pg_catalog\.setval.*\n//mg;
    return $text;
}

# --- repeated ---------------------------------------------------------------------------------------------------------------

make('again');
my $state = state_of();
is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'an upgrade where there is nothing new');
ok state_of() eq $state, 'changes nothing';

# --- old and damaged code -----------------------------------------------------------------------------------------------------

# Objects of an older version, and changes that somebody may make by hand.
sql(q{create or replace function scim.plain(value text) returns text language sql as 'select null::text'});
sql('drop function scim.etag');
sql('create function scim.of_old(x scim.access) returns int language sql as $$select 1$$; alter function scim.of_old owner to scim_owner');
sql('create view scim.of_old as select * from scim.access; alter view scim.of_old owner to scim_owner');
sql('create function scim.old_trigger() returns trigger language plpgsql as $$begin return null; end$$; alter function scim.old_trigger owner to scim_owner');
sql('create trigger of_old after insert on scim.resource for each row execute function scim.old_trigger()');
sql('drop view scim_app.memberships cascade');
sql('grant execute on function scim.keep_activity to public; revoke select on scim_app.accounts from scim_app');
sql("update scim.code set checksum = 'old'");
is_run(['db', 'status'], 3, $status->($latest, 'outdated'), '', 'other code');
for my $command ([qw(tenant list)], [qw(db index --schema-dir), "$root/conf/schemas"], [qw(token list --tenant acme)]) {
    is_run($command, 3, '', "scimctl: The database's views and functions are not those of this software; run: scimctl db upgrade\n", "@$command");
}
is_run(['db', 'init'], 3, '', "scimctl: The database is set up already, at version $latest; run: scimctl db upgrade\n", 'init');
is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'an upgrade');
ok state_of() eq $state, 'makes it what it was, data, grants and row-level security included';
is_run(['db', 'status'], 0, $status->($latest, 'current'), '', 'it is current');
is sql(q{select count(*) from scim.code where replaced > now() - interval '1 minute'}), 1, 'which is written down';

# --- a future migration ---------------------------------------------------------------------------------------------------------

# A scimctl with one more migration, one more function, and one more column in a view.
sub make_next {
    my $build = Cwd::abs_path(File::Basename::dirname($scimctl[0]));
    my $next  = "$dir/next";
    my $add   = sub { my ($file, $text) = @_; open my $out, '>>', "$next/sql/$file" or die "$file: $!"; print {$out} $text; close $out };
    quietly('mkdir', $next);
    quietly('cp', '-R', "$root/sql", $next);
    $add->(sprintf('%04d-next.sql', $latest + 1), <<'SQL');
set local role scim_owner;
-- What a view and a function use.
alter table scim.access_grant rename column granted_by to giver;
alter table scim.resource drop column middle_name_key;
reset role;
SQL
    quietly('sed', '-i', 's/granted_by/giver/g', glob "$next/sql/code/*.sql");
    quietly('sed', '-i', '/middle_name_key/d', "$next/sql/code/030-resources.sql");
    $add->('code/130-application.sql', 'create view scim_app.next as select 1 as one; grant select on scim_app.next to scim_app;');
    quietly('sh', "$root/mod_scim/store/embed-sql", "$next/sql", "$next/out");
    quietly('make', '-s', '-C', $build, '--eval', "next: \$(scimctl_OBJECTS) libscim.a
\t\$(COMPILE) -I$root/mod_scim/store -c -o $next/migrations.o $next/out/migrations.c
\t\$(CCLD) \$(AM_CFLAGS) \$(CFLAGS) \$(AM_LDFLAGS) \$(LDFLAGS) -o $next/scimctl \$(scimctl_OBJECTS) $next/migrations.o \$(scimctl_LDADD) \$(LIBS)", 'next');
    return "$next/scimctl";
}

my $later = $latest + 1;
{
    my $next = make_next();
    my @this = @scimctl;
    @scimctl = ($next);
    is_run(['db', 'status'], 3, qr/^Version of the database +$latest\nVersion of this software +$later\nState +outdated\nSoftware +mod_scim/, '', 'a later version');
    is_run(['tenant', 'list'], 3, '', "scimctl: The database is at version $latest, this software needs $later; run: scimctl db upgrade\n", 'refuses');
    is_run(['db', 'upgrade'], 0, $versions->($latest, $later), '', 'and upgrades');
    is_run(['db', 'upgrade'], 0, $versions->($later, $later), '', 'again');
    is sql('select string_agg(number::text, chr(44) order by number) from scim.migration'), join(',', @migrations, $later), 'each migration is recorded once';
    is run_json(qw(flag list --tenant acme))->[0]{flag}, 'vip', 'administrators go on';
    is sql(q{select has_table_privilege('scim_app', 'scim_app.next', 'select')}), 't', 'a new view has its grant';
    is sql(q{select string_agg(concat_ws(' ', user_name, groups, entitlements), ', ' order by user_name)
             from (select set_config('scim.tenant', 'acme', false) offset 0) s, lateral (select * from scim_app.facts) f}),
        'anna {Staff} {Office}, bert {} {}', 'and applications see what they saw';
    @scimctl = @this;
    is_run(['db', 'upgrade'], 3, '', qr/^scimctl: The database is at version $later, which this software \(version $latest\) does not know; /, 'no way back');
}

# --- objects of other roles -----------------------------------------------------------------------------------------------------

make('shared');
sql('create role shop; create role crm');
sql('grant usage on schema scim_app to shop; grant select on scim_app.facts to shop; grant execute on function scim_app.fold to shop');
sql('create view public.people as select id, user_name from scim_app.accounts');
$state = state_of();
is_run(['db', 'upgrade'], 1, '', qr/^scimctl: The database could not drop views and functions\. \(ERROR:  other objects depend on .*: view public\.people HINT:  Drop them, run scimctl db upgrade, /,
    'a view of the application');
ok state_of() eq $state, 'nothing has changed';
sql('drop view public.people');
$state = state_of();
is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'without it');
ok state_of() eq $state, 'what was granted is granted again';

# --- row-level security -------------------------------------------------------------------------------------------------------------

is sql("select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'scim' and not rowsecurity"),
    'code indexed migration secret', 'every table of tenants is behind the wall';
is sql(q{select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
         where nspname like 'scim%' and relowner <> 'scim_owner'::regrole}), 0, 'scim_owner owns every table and view';
is sql(q{select count(*) from pg_proc p join pg_namespace n on n.oid = pronamespace
         where nspname like 'scim%' and proowner <> 'scim_owner'::regrole}), 0, 'and every function';

# --- interrupted ------------------------------------------------------------------------------------------------------------

sub wait_for {
    for (1 .. 200) {
        return if sql($_[0]) =~ /^1/;
        select undef, undef, undef, 0.05;
    }
    BAIL_OUT("$_[0]: not so after a while");
}

# Runs the upgrade until it waits for a view that another session reads; calls $blow; returns the exit code and the
# message.
my $waiting = "select pid from pg_locks where relation = 'scim_app.facts'::regclass and not granted limit 1";
sub cut_off {
    my ($blow) = @_;
    my $holder = fork // die;
    if (!$holder) {
        open STDERR, '>', '/dev/null';
        exec "$bin/psql", '-Xq', '-o', '/dev/null', '-c', 'begin; select from scim_app.facts; select pg_sleep(60)' or POSIX::_exit(127);
    }
    wait_for("select 1 from pg_locks where relation = 'scim_app.facts'::regclass and granted limit 1");
    my $upgrade = fork // die;
    if (!$upgrade) {
        open STDOUT, '>', "$dir/cut";
        open STDERR, '>&', \*STDOUT;
        exec @scimctl, 'db', 'upgrade' or POSIX::_exit(127);
    }
    wait_for("select 1 from ($waiting) w");
    $blow->();
    waitpid $upgrade, 0;
    my $code = $? >> 8;
    kill 'TERM', $holder;
    waitpid $holder, 0;
    open my $in, '<', "$dir/cut" or die;
    local $/;
    return ($code, scalar <$in>);
}

my %blows = (
    'its backend is ended' => sub { sql("select pg_terminate_backend(($waiting))") },
    'the server crashes'   => sub { stop_server('QUIT'); start_server() },
);
sql("update scim.code set checksum = 'old'; drop view scim_app.accounts");
$state = state_of();
for my $name (sort keys %blows) {
    my ($code, $message) = cut_off($blows{$name});
    is $code, 4, "$name: exit code";
    like $message, qr/^scimctl: The connection to the database was lost\. /m, "$name: message";
    ok state_of() eq $state, "$name: nothing has changed";
}
is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'the next upgrade does it all');

# --- acting roles -------------------------------------------------------------------------------------------------------------

sql('create role alice login; revoke temporary on database shared from public');
{
    local $ENV{PGUSER} = 'alice';
    is_run(['db', 'upgrade'], 1, '', qr/^scimctl: The database user "alice" must be a member of scim_owner; /, 'a stranger');
}
sql('grant scim_owner to alice; grant temporary on database shared to public');
{
    local $ENV{PGUSER} = 'alice';
    is_run(['db', 'upgrade'], 0, $versions->($latest, $latest),
        qr/^WARNING:  everybody may create temporary tables in this database\nHINT:  .*revoke temporary on database shared from public;$/,
        'the rights of the owner are enough, but for what is the database owner\'s');
}
is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'who may');
is sql("select has_database_privilege('alice', 'shared', 'temporary')"), 'f', 'does it';

# Without a superuser: a role that may create roles, and owns the database.
my @databases = split /\n/, sql("select datname from pg_database where not datistemplate and datname <> 'postgres'");
$ENV{PGDATABASE} = 'postgres';
sql("drop database $_") for @databases;
sql("drop role $_") for qw(scim_app scim_web scim_owner scim_manage);
sql('create role keeper login createrole createdb');
{
    local $ENV{PGUSER} = 'keeper';
    make('kept');
    $state = state_of_kept();
    quietly("$bin/pg_dump", qw(--role=scim_owner --enable-row-security --format=custom), "--file=$dir/kept.dump", 'kept');
    quietly("$bin/createdb", 'restored');
    $ENV{PGDATABASE} = 'restored';
    quietly("$bin/pg_restore", '--exit-on-error', '--dbname=restored', "$dir/kept.dump");
    is_run(['db', 'status'], 0, $status->($latest, 'current'), '', 'a dump is restored without a superuser');
    is_run(['db', 'upgrade'], 0, $versions->($latest, $latest), '', 'made what a dump does not have');
    ok state_of_kept() eq $state, 'with everything in it';
    is sql("select has_database_privilege('scim_app', 'restored', 'temporary')"), 'f', 'and TEMPORARY for nobody';
    is run_json(qw(user show anna --tenant acme))->{userName}, 'anna', 'scimctl works';
}
sub state_of_kept { local $ENV{PGUSER} = 'postgres'; return state_of() }
is sql(q{select string_agg(pg_has_role('scim_web', role, 'usage')::text, ' ') from unnest(array['scim_owner', 'scim_manage']) role}), 'false false',
    "httpd's role has no rights of others";
is quietly("$bin/psql", '-XqAt', '-U', 'scim_web', '-c', "begin; set local role scim_manage; set local scim.tenant = 'acme';
    select count(*) from scim.resource where type = 'User'; commit"), "2\n", 'before it takes up their role';

done_testing;
